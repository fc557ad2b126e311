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

    public init(equipment: Equipment, logger: Logger) {
        self.equipment = equipment
        self.logger = logger
    }

    /// Runs `flow` with the call until it is over.
    public func connect(
        _ invite: IncomingInvite, as invitation: Invitation, to flow: @escaping @Sendable (any IncomingCall) async -> Void
    ) async {
        var logger = logger
        logger[metadataKey: "call-id"] = "\(invitation.callID)"
        let answered = Answered()
        calls.withLock { $0[ObjectIdentifier(answered)] = answered }
        defer { calls.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(answered)) } }
        let call = RingingCall(invite, as: invitation, equipment: equipment, logger: logger, answered: answered)
        await flow(call)
        if let live = await answered.call {
            await live.hangUp()
        } else {
            // Ignored when the flow has rejected it, as it should.
            invite.reject(480)
        }
    }

    public var count: Int { calls.withLock { $0.count } }

    /// Ends what is still running: recordings keep what they have, then the flows end and the calls are hung up.
    public func endCalls() async {
        for answered in calls.withLock({ Array($0.values) }) {
            await answered.call?.end(.shutdown)
        }
    }
}
