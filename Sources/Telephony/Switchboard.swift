// The calls in progress. Each INVITE gets a Task that runs its flow; when the flow is over, however it ended,
// the call is hung up and its media closed. At shutdown running calls are counted, and ended when time is up.

public import CallControl
public import Logging
public import SIP
internal import Synchronization

public final class Switchboard: Sendable {
    private let equipment: Equipment
    private let logger: Logger
    private let calls = Mutex<[ObjectIdentifier: Answered]>([:])
    private let idle = Mutex(WaitingRoom())

    /// Who waits for the last call to end.
    private struct WaitingRoom {
        private var waiting: [CheckedContinuation<Void, Never>] = []
        mutating func add(_ one: CheckedContinuation<Void, Never>) { waiting.append(one) }
        mutating func release() {
            for one in waiting { one.resume() }
            waiting = []
        }
    }

    public init(equipment: Equipment, logger: Logger) {
        self.equipment = equipment
        self.logger = logger
    }

    /// Runs `flow` with the call until it is over.
    public func connect(
        _ invite: IncomingInvite, as invitation: Invitation,
        to flow: @escaping @Sendable (any IncomingCall) async -> Void
    ) async {
        var logger = logger
        logger[metadataKey: "call-id"] = "\(invitation.callID)"
        let answered = Answered()
        calls.withLock { $0[ObjectIdentifier(answered)] = answered }
        defer { remove(answered) }
        let call = RingingCall(invite, as: invitation, equipment: equipment, logger: logger, answered: answered)
        await flow(call)
        if let live = await answered.call {
            await live.hangUp()
        } else {
            // Ignored when the flow has rejected it, as it should.
            invite.reject(480)
        }
    }

    /// Returns when no call is left, or after `limit`.
    public func waitUntilIdle(atMost limit: Duration) async {
        let alarm = Task { [self] in
            try await equipment.sleep(limit)
            idle.withLock { $0.release() }
        }
        await withCheckedContinuation { continuation in
            idle.withLock { $0.add(continuation) }
            if count == 0 { idle.withLock { $0.release() } }
        }
        alarm.cancel()
    }

    public var count: Int { calls.withLock { $0.count } }

    private func remove(_ answered: Answered) {
        let isLast = calls.withLock { calls in
            calls[ObjectIdentifier(answered)] = nil
            return calls.isEmpty
        }
        if isLast { idle.withLock { $0.release() } }
    }

    /// Ends what is still running: recordings keep what they have, then the flows end and the calls are hung up.
    public func endCalls() async {
        for answered in calls.withLock({ Array($0.values) }) {
            await answered.end()
        }
    }
}
