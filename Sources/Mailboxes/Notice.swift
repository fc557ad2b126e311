// What somebody is to be told by e-mail (D1, D3, E6): a record with its addresses, queued in the transaction that is the
// reason for it. A PIN inside is sealed; there is none where the default PIN was kept by an earlier version.

public struct Notice: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case pinCreated = "pin-created", pinReset = "pin-reset"
        /// The mailbox holds its owner's percentage of the quota, or has no room for two more seconds.
        case mailboxWarning = "mailbox-warning", mailboxFull = "mailbox-full"
        /// Wrong PINs have locked the mailbox, or a source that tried it.
        case locked
    }
    public var id: Int64
    public var organisation: OrganisationID
    public var mailbox: MailboxID?
    public var kind: Kind
    /// The mailbox's e-mail addresses when it was queued; none: for the administrator to see.
    public var addresses: [String]
    public var detail: String?
    public var hasPIN: Bool
    /// Seconds since 1970.
    public var createdAt: Double
}
