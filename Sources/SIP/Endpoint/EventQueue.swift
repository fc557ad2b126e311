// Carries events from the event loop to the one Task that reads them. An AsyncStream can either grow without
// bound or drop its newest or oldest element; here what a peer can send at will (INFO, refreshes) is refused when
// the reader is behind, and what happens a bounded number of times (the end) always arrives. One made of a closure would
// also keep 3 kB of frames for each call and each subscription that waits.

internal import Synchronization

/// Events for one reader, in order. It ends when nothing more will come, or the reader's Task is cancelled.
public struct EventStream<Event: Sendable>: AsyncSequence, Sendable {
    let queue: EventQueue<Event>

    public func makeAsyncIterator() -> Iterator { Iterator(queue: queue) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let queue: EventQueue<Event>

        public func next() async -> Event? { await next(isolation: nil) }

        public func next(isolation: isolated (any Actor)?) async -> Event? {
            await withTaskCancellationHandler {
                await queue.next(isolation: isolation)
            } onCancel: {
                queue.finish()
            }
        }
    }
}

final class EventQueue<Event: Sendable>: Sendable {
    private struct State {
        var waiting: [Event] = []
        var reader: CheckedContinuation<Event?, Never>?
        var finished = false
    }
    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var stream: EventStream<Event> { EventStream(queue: self) }

    /// False when `limit` events wait already, or nobody will read any more.
    func offer(_ event: Event) -> Bool { push(event, limit: limit) }

    /// For events that happen a bounded number of times.
    func push(_ event: Event) { _ = push(event, limit: .max) }

    /// What waits is still delivered.
    func finish() {
        state.withLock { state -> CheckedContinuation<Event?, Never>? in
            state.finished = true
            defer { state.reader = nil }
            return state.reader
        }?.resume(returning: nil)
    }

    private func push(_ event: Event, limit: Int) -> Bool {
        let (taken, reader) = state.withLock { state -> (Bool, CheckedContinuation<Event?, Never>?) in
            guard !state.finished else { return (false, nil) }
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            guard state.waiting.count < limit else { return (false, nil) }
            state.waiting.append(event)
            return (true, nil)
        }
        reader?.resume(returning: event)
        return taken
    }

    fileprivate func next(isolation: isolated (any Actor)?) async -> Event? {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Event?? in
                if !state.waiting.isEmpty { return .some(state.waiting.removeFirst()) }
                if state.finished { return .some(nil) }
                state.reader = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
