// Wakes an actor at the next deadline of its machine. The actor keeps one, sets it after each event, and calls
// `rang` first when it is woken.

struct Alarm {
    /// Waits so many seconds, or until its Task is cancelled.
    typealias Sleep = @Sendable (Double) async -> Void

    static let sleep: Sleep = { try? await Task.sleep(for: .seconds($0)) }

    private let sleep: Sleep
    private var time: Double?
    private var task: Task<Void, Never>?

    init(sleep: @escaping Sleep) { self.sleep = sleep }

    /// - Parameters:
    ///   - next: when to ring, in seconds on the clock that `now` is read from; nil: not at all.
    mutating func set(_ next: Double?, now: Double, ring: @escaping @Sendable () async -> Void) {
        guard next != time else { return }
        task?.cancel()
        time = next
        task = next.map { next in
            Task { [sleep] in
                await sleep(max(0, next - now))
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
