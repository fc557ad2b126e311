// The body of a message-summary NOTIFY (RFC 3842 §5.2): whether messages wait, whose they are, and how many.

internal import Mailboxes

struct MessageSummary: Hashable, Sendable {
    static let contentType = "application/simple-message-summary"

    /// The URI that a phone dials to hear the messages.
    var account: String
    var counts: MessageCounts

    var body: [UInt8] {
        let lines = [
            "Messages-Waiting: \(counts.new > 0 ? "yes" : "no")",
            "Message-Account: \(account)",
            "Voice-Message: \(counts.new)/\(counts.saved) (\(counts.newUrgent)/\(counts.savedUrgent))",
        ]
        return lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] }
    }
}
