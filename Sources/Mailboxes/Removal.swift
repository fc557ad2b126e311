// What an administrator is shown before a mailbox is removed, and what can still be had back (E3).

public struct RemovalPreview: Sendable {
    public var mailbox: Mailbox
    /// Folders with something in them.
    public var messages: [Folder: Int] = [:]
    /// When the newest message was left, in seconds since 1970.
    public var newestMessage: Double?
    public var greetings: [GreetingKind] = []
    /// Extensions whose own mailbox it is.
    public var accounts: [Extension] = []
    public var members: [Extension] = []
    /// Lists that it is on.
    public var lists: [DistributionList] = []
    /// Numbers of the mailboxes whose messages are copied to it.
    public var copiedFrom: [String] = []
}

/// A removed mailbox or extension that can be restored until the organisation's `keepsRemoved` days have passed.
public struct Removed: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case mailbox, `extension` }
    public var kind: Kind
    public var number: String
    public var name: String?
    /// Seconds since 1970.
    public var removedAt: Double
}
