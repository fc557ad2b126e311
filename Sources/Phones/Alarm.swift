// Wakes an actor at the next deadline of its machine. The actor keeps one, sets it after each event, and calls
// `rang` first when it is woken.

struct Alarm {
    private var time: Double?
    private var task: Task<Void, Never>?

    /// - Parameters:
    ///   - next: when to ring, in seconds on the clock that `now` is read from; nil: not at all.
    mutating func set(_ next: Double?, now: Double, ring: @escaping @Sendable () async -> Void) {
        guard next != time else { return }
        task?.cancel()
        time = next
        task = next.map { next in
            Task {
                try? await Task.sleep(for: .seconds(max(0, next - now)))
                if !Task.isCancelled { await ring() }
            }
        }
    }

    mutating func rang() {
        time = nil
        task = nil
    }

    mutating func cancel() {
        task?.cancel()
        rang()
    }
}
