// The server side of a request other than INVITE and ACK (RFC 3261 §17.2.2), and what both kinds of server
// transaction take in and want done. Messages are opaque bytes here.

enum ServerTransactionEvent {
    /// The request again.
    case request
    case ack
    case respond(status: Int, [UInt8])
    case time
}

enum ServerTransactionAction: Hashable {
    case send([UInt8])
    /// An ACK of a 2xx with the branch of its INVITE: it is the dialog's.
    case passACK
    /// The user has not answered for 30 s; the request wants a 500.
    case unanswered
    case terminate
}

/// Knows no provisional responses: requests other than INVITE are answered within seconds (RFC 4320 §4.1).
struct ServerTransaction: Hashable, Sendable {
    enum State: Hashable, Sendable { case trying, completed, terminated }

    private(set) var state = State.trying
    private let reliable: Bool
    private var response: [UInt8] = []
    /// When `.time` is to be handled next.
    private(set) var deadline: Duration?

    init(reliable: Bool, now: Duration) {
        self.reliable = reliable
        deadline = now + TransactionTiming.unanswered
    }

    mutating func handle(_ event: ServerTransactionEvent, now: Duration) -> [ServerTransactionAction] {
        switch (state, event) {
        case (.completed, .request):
            return [.send(response)]
        case (.trying, .respond(200..., let bytes)) where reliable:
            return [.send(bytes)] + terminate()  // timer J is zero
        case (.trying, .respond(200..., let bytes)):
            state = .completed
            response = bytes
            deadline = now + TransactionTiming.whole  // timer J
            return [.send(bytes)]
        case (.trying, .time) where isDue(now):
            deadline = nil
            return [.unanswered]
        case (.completed, .time) where isDue(now):
            return terminate()
        case (.trying, _), (.completed, _), (.terminated, _):
            return []
        }
    }

    private func isDue(_ now: Duration) -> Bool { deadline.map { now >= $0 } ?? false }

    private mutating func terminate() -> [ServerTransactionAction] {
        state = .terminated
        deadline = nil
        return [.terminate]
    }
}
