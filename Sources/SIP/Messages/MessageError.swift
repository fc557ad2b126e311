// What is wrong with a message or a header value, and the status that answers it (RFC 3261 §21.4).

public struct MessageError: Error, Hashable, Sendable {
    /// 400, 414, 416, 505 or 513.
    public let status: Int
    /// Fit for a reason phrase: it names the header and the defect and quotes nothing that came from outside.
    public let reason: String

    public init(status: Int = 400, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
