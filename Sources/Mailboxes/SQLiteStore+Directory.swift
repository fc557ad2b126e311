// The directory (A9): who can be dialled by name.

import GRDB

extension SQLiteStore {
    public func directory(domain: String) async throws -> [DirectoryEntry] {
        try await door.read { database in
            try MailboxRow.all(MailboxRow.byDomain, [domain.lowercased()], database)
                .filter { $0.settings.isEnabled && !$0.settings.isHiddenFromDirectory }
                .compactMap { mailbox in
                    mailbox.name.map { DirectoryEntry(mailbox: mailbox.id, number: mailbox.number, name: $0) }
                }
                .sorted { ($0.name.lowercased(), $0.number) < ($1.name.lowercased(), $1.number) }
        }
    }
}
