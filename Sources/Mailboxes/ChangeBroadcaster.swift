// Tells every subscriber which mailboxes have changed. A slow subscriber misses nothing and costs little: what
// waits for it is a set of mailboxes, so a mailbox that changes a thousand times meanwhile is told once, and
// what waits is never more than all mailboxes.

import Synchronization

final class ChangeBroadcaster: Sendable {
    private struct Members {
        var isClosed = false
        var subscriptions: [WeakSubscription] = []
    }
    private struct WeakSubscription: Sendable {
        weak let subscription: ChangeSubscription?
    }
    private let members = Mutex(Members())

    func subscribe() -> AsyncStream<MailboxID> {
        let subscription = ChangeSubscription()
        let isClosed = members.withLock { members in
            members.subscriptions.removeAll { $0.subscription == nil }
            members.subscriptions.append(WeakSubscription(subscription: subscription))
            return members.isClosed
        }
        if isClosed { subscription.finish() }
        return AsyncStream { await subscription.next() }
    }

    func tell(_ mailboxes: [MailboxID]) {
        for subscription in current { subscription.add(mailboxes) }
    }

    func finish() {
        members.withLock { $0.isClosed = true }
        for subscription in current { subscription.finish() }
    }

    private var current: [ChangeSubscription] {
        members.withLock { $0.subscriptions.compactMap(\.subscription) }
    }
}

/// What one subscriber has yet to be told; it lives as long as the subscriber's stream.
final class ChangeSubscription: Sendable {
    private struct State {
        var changed: Set<MailboxID> = []
        /// Being handed out, one by one: all of it before anything that changed later.
        var batch: [MailboxID] = []
        var waiter: CheckedContinuation<MailboxID?, Never>?
        var isFinished = false
    }
    private let state = Mutex(State())

    func add(_ mailboxes: [MailboxID]) {
        let waiting = state.withLock { state -> (CheckedContinuation<MailboxID?, Never>, MailboxID)? in
            guard !state.isFinished else { return nil }
            state.changed.formUnion(mailboxes)
            guard let waiter = state.waiter, let mailbox = Self.take(&state) else { return nil }
            state.waiter = nil
            return (waiter, mailbox)
        }
        waiting?.0.resume(returning: waiting?.1)
    }

    /// The next changed mailbox; nil when the store is closed or the Task cancelled.
    func next() async -> MailboxID? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> MailboxID?? in
                    if let mailbox = Self.take(&state) { return .some(mailbox) }
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

    private static func take(_ state: inout State) -> MailboxID? {
        if state.batch.isEmpty {
            state.batch = Array(state.changed)
            state.changed.removeAll()
        }
        return state.batch.popLast()
    }
}
