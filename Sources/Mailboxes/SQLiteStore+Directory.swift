// The directory (A9): who can be dialled by name: mailboxes that have one, and extensions whose own mailbox is another's
// or a general one.

import GRDB

extension SQLiteStore {
    public func directory(domain: String) async throws -> [DirectoryEntry] {
        try await door.read { database in
            let mailboxes = try MailboxRow.all(MailboxRow.byDomain, [domain.lowercased()], database)
                .filter { $0.settings.isEnabled && !$0.settings.isHiddenFromDirectory }
            let guests = try Row.fetchAll(database, sql: DirectoryRow.guests, arguments: [domain.lowercased()])
            let listed = Set(mailboxes.map(\.id.rawValue))
            let entries =
                mailboxes.compactMap { mailbox in
                    mailbox.name.map { DirectoryEntry(mailbox: mailbox.id, number: mailbox.number, name: $0) }
                }
                + guests.filter { listed.contains($0["mailbox"]) }.map { row in
                    DirectoryEntry(
                        mailbox: MailboxID(rawValue: row["mailbox"]), number: row["number"], name: row["displayName"],
                        isGuest: true)
                }
            return entries.sorted { ($0.name.lowercased(), $0.number) < ($1.name.lowercased(), $1.number) }
        }
    }
}

private enum DirectoryRow {
    /// Extensions with a name whose own mailbox has another number.
    static let guests = """
        SELECT e.number, e.displayName, e.mailbox FROM extension e
            JOIN organisation o ON o.id = e.organisation JOIN mailbox m ON m.id = e.mailbox
        WHERE o.domain = ? AND e.removedAt IS NULL AND e.displayName IS NOT NULL AND e.number <> m.number
        """
}
