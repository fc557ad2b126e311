// The server side of an INVITE (RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1). A transport error
// leaves the state as it is (RFC 6026), so there is no event for it.

struct ServerInviteTransaction: Hashable, Sendable {
    enum State: Hashable, Sendable { case proceeding, completed, confirmed, accepted, terminated }

    private(set) var state = State.proceeding
    private let reliable: Bool
    private var response: [UInt8]?
    private var retransmission: Retransmission?
    private var end: Duration?

    init(reliable: Bool) { self.reliable = reliable }

    /// When `.time` is to be handled next.
    var deadline: Duration? { earlier(retransmission?.due, end) }

    mutating func handle(_ event: ServerTransactionEvent, now: Duration) -> [ServerTransactionAction] {
        switch (state, event) {
        case (.proceeding, .request), (.completed, .request):
            return response.map { [.send($0)] } ?? []
        case (.proceeding, .respond(let status, let bytes)):
            return finish(status, bytes, now: now)
        case (.accepted, .respond(200...299, let bytes)):
            return [.send(bytes)]
        case (.accepted, .ack):
            return [.passACK]
        case (.completed, .ack):
            retransmission = nil
            response = nil
            state = reliable ? .terminated : .confirmed
            end = reliable ? nil : now + TransactionTiming.t4  // timer I
            return reliable ? [.terminate] : []
        case (_, .time):
            return timePassed(now)
        case (.accepted, .request), (.accepted, .respond), (.completed, .respond), (.confirmed, _), (.terminated, _),
            (.proceeding, .ack):
            return []
        }
    }

    private mutating func finish(_ status: Int, _ bytes: [UInt8], now: Duration) -> [ServerTransactionAction] {
        switch status {
        case ..<200:
            response = bytes
        case 200...299:
            state = .accepted
            response = nil
            end = now + TransactionTiming.whole  // timer L
        default:
            state = .completed
            response = bytes
            retransmission = reliable ? nil : Retransmission(from: now)  // timer G
            end = now + TransactionTiming.whole  // timer H
        }
        return [.send(bytes)]
    }

    private mutating func timePassed(_ now: Duration) -> [ServerTransactionAction] {
        if let end, now >= end {
            state = .terminated
            self.end = nil
            retransmission = nil
            return [.terminate]
        }
        guard retransmission?.isDue(now) == true, let response else { return [] }
        return [.send(response)]
    }
}
