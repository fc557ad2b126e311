// Not built.
extension SQLiteStore {
    public func changeSettings(
        of mailbox: MailboxID, _ change: @escaping @Sendable (inout MailboxSettings) -> Void
    ) async throws -> Mailbox { throw StoreError.failed("not built") }
    public func changeSettings(
        of organisation: OrganisationID, _ change: @escaping @Sendable (inout OrganisationSettings) -> Void
    ) async throws -> Organisation { throw StoreError.failed("not built") }
    public func isMember(_ account: ExtensionID, of mailbox: MailboxID) async throws -> Bool { false }
    public func directory(domain: String) async throws -> [DirectoryEntry] { [] }
    public func setBookmark(_ bookmark: Bookmark?, of mailbox: MailboxID) async throws {}
    public func bookmark(of mailbox: MailboxID) async throws -> Bookmark? { nil }
    public func addressee(_ number: String, for mailbox: MailboxID) async throws -> Addressee? { nil }
    public func lists(of mailbox: MailboxID) async throws -> [DistributionList] { [] }
    public func deliver(_ sending: Sending, to mailbox: MailboxID) async throws -> Delivery { .noSuchMailbox }
}
