// What is in a mailbox: messages in folders, and recorded greetings and names.

/// The codec of stored audio; raw values are the RTP encoding names, 8,000 bytes a second each.
public enum StoredEncoding: String, Hashable, Sendable, Codable { case pcmu = "PCMU", pcma = "PCMA" }

public enum Folder: String, Hashable, Sendable, Codable, CaseIterable { case new, saved, deleted }

public struct Message: Hashable, Sendable {
    public var id: RecordingID
    public var mailbox: MailboxID
    public var folder: Folder
    public var urgent: Bool
    public var callerNumber: String?
    public var callerName: String?
    /// Seconds since 1970, when the beep was heard.
    public var receivedAt: Double
    public var encoding: StoredEncoding
    /// Audio bytes; 8,000 are a second.
    public var byteCount: Int
}

/// Recordings that belong to the mailbox itself and are played to callers (B1, C8).
public enum GreetingKind: String, Hashable, Sendable, Codable, CaseIterable { case unavailable, name }

public struct Greeting: Hashable, Sendable {
    public var id: RecordingID
    public var mailbox: MailboxID
    public var kind: GreetingKind
    public var encoding: StoredEncoding
    public var byteCount: Int
}

/// What the lamp and the menu say. `new` and `saved` include the urgent ones (RFC 3842 §5.2).
public struct MessageCounts: Hashable, Sendable {
    public var new = 0
    public var newUrgent = 0
    public var saved = 0
    public var savedUrgent = 0
    public init(new: Int = 0, newUrgent: Int = 0, saved: Int = 0, savedUrgent: Int = 0) {
        self.new = new
        self.newUrgent = newUrgent
        self.saved = saved
        self.savedUrgent = savedUrgent
    }
}
