// Sending within an organisation: to whom, and what came of it, one mailbox at a time (B6, C5, C6).

/// Whom a number that an owner typed stands for.
public enum Addressee: Hashable, Sendable {
    case mailbox(Mailbox)
    case list(DistributionList, [Mailbox])
    /// The whole organisation, for those who may broadcast.
    case everyone([Mailbox])
}

/// Mailboxes under one number: 1 to 9 are an owner's own lists, longer numbers the organisation's.
public struct DistributionList: Hashable, Sendable {
    public var id: Int64
    /// Nil: the organisation's.
    public var owner: MailboxID?
    public var number: String
    public var name: String
    public init(id: Int64, owner: MailboxID?, number: String, name: String) {
        self.id = id
        self.owner = owner
        self.number = number
        self.name = name
    }
}

/// What came of a message to one mailbox.
public enum Delivery: Hashable, Sendable {
    case delivered(RecordingID)
    case mailboxFull
    /// Disabled or announcement-only.
    case takesNoMessages
    case noSuchMailbox
    /// The message or the comment is no longer there.
    case gone
}

/// What is to be delivered: recordings one after the other as one message.
public struct Sending: Hashable, Sendable {
    /// Drafts and messages of the sender's mailbox, in the order in which they are heard.
    public var parts: [RecordingID]
    public var sender: MailboxID
    public var callerNumber: String?
    public var callerName: String?
    public var urgent: Bool
    public init(
        parts: [RecordingID], sender: MailboxID, callerNumber: String?, callerName: String?, urgent: Bool = false
    ) {
        self.parts = parts
        self.sender = sender
        self.callerNumber = callerNumber
        self.callerName = callerName
        self.urgent = urgent
    }
}

/// Somebody who can be dialled by name (A9).
public struct DirectoryEntry: Hashable, Sendable {
    public var mailbox: MailboxID
    public var number: String
    /// As in `Extension.displayName`: "John Smith".
    public var name: String
    /// Whether the mailbox has another number than the extension: the name that is recorded in it is not theirs.
    public var isGuest: Bool
    public init(mailbox: MailboxID, number: String, name: String, isGuest: Bool = false) {
        self.mailbox = mailbox
        self.number = number
        self.name = name
        self.isGuest = isGuest
    }
}
