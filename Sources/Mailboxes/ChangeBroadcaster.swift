// Tells every subscriber which mailboxes, or which extensions, have changed. A slow subscriber misses nothing and costs
// little: what waits for it is a set of them, so one that changes a thousand times meanwhile is told once, and what
// waits is never more than all of them.

import Synchronization

final class ChangeBroadcaster<ID: Hashable & Sendable>: Sendable {
    private struct Members {
        var isClosed = false
        var subscriptions: [WeakSubscription] = []
    }
    private struct WeakSubscription: Sendable {
        weak let subscription: ChangeSubscription<ID>?
    }
    private let members = Mutex(Members())

    func subscribe() -> AsyncStream<ID> {
        let subscription = ChangeSubscription<ID>()
        let isClosed = members.withLock { members in
            members.subscriptions.removeAll { $0.subscription == nil }
            members.subscriptions.append(WeakSubscription(subscription: subscription))
            return members.isClosed
        }
        if isClosed { subscription.finish() }
        return AsyncStream { await subscription.next() }
    }

    func tell(_ changed: [ID]) {
        guard !changed.isEmpty else { return }
        for subscription in current { subscription.add(changed) }
    }

    func finish() {
        members.withLock { $0.isClosed = true }
        for subscription in current { subscription.finish() }
    }

    private var current: [ChangeSubscription<ID>] {
        members.withLock { $0.subscriptions.compactMap(\.subscription) }
    }
}

/// What one subscriber has yet to be told; it lives as long as the subscriber's stream.
final class ChangeSubscription<ID: Hashable & Sendable>: Sendable {
    private struct State {
        var changed: Set<ID> = []
        /// Being handed out, one by one: all of it before anything that changed later.
        var batch: [ID] = []
        var waiter: CheckedContinuation<ID?, Never>?
        var isFinished = false
    }
    private let state = Mutex(State())

    func add(_ more: [ID]) {
        let waiting = state.withLock { state -> (CheckedContinuation<ID?, Never>, ID)? in
            guard !state.isFinished else { return nil }
            state.changed.formUnion(more)
            guard let waiter = state.waiter, let next = Self.take(&state) else { return nil }
            state.waiter = nil
            return (waiter, next)
        }
        waiting?.0.resume(returning: waiting?.1)
    }

    /// The next that has changed; nil when the store is closed or the Task cancelled.
    func next() async -> ID? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> ID?? in
                    if let next = Self.take(&state) { return .some(next) }
                    // One reader per stream: a second one ends.
                    if state.isFinished || state.waiter != nil || Task.isCancelled { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            finish()
        }
    }

    /// What is waiting is still handed out.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    private static func take(_ state: inout State) -> ID? {
        if state.batch.isEmpty {
            state.batch = Array(state.changed)
            state.changed.removeAll()
        }
        return state.batch.popLast()
    }
}
