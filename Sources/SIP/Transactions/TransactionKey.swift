// What a message finds its transaction by (RFC 3261 §17.1.3 and §17.2.3).

/// An ACK has the key of its INVITE; a CANCEL has a transaction of its own beside that of its INVITE.
struct ServerTransactionKey: Hashable, Sendable {
    private let branch: String
    private let sentBy: String
    let method: Method
}
