// Not built.
extension SQLiteStore {
    public func addressee(_ number: String, for mailbox: MailboxID) async throws -> Addressee? { nil }
    public func lists(of mailbox: MailboxID) async throws -> [DistributionList] { [] }
    public func deliver(_ sending: Sending, to mailbox: MailboxID) async throws -> Delivery { .noSuchMailbox }
}
