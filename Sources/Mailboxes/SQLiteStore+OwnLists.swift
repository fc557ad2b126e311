// An owner's own lists as their owner keeps them by telephone (C6): 1 to 9, there as soon as somebody is put on one.

import GRDB

extension SQLiteStore {
    public func members(ofOwnList number: Int, of mailbox: MailboxID) async throws -> [Mailbox] {
        try await door.read { database in
            let list = try ListRow.own(number, of: mailbox, database)
            return try list.map { try ListRow.members(of: $0.id, database) } ?? []
        }
    }

    public func changeOwnList(
        _ number: Int, of mailbox: MailboxID, adding: [MailboxID], removing: [MailboxID]
    ) async throws {
        let digit = try Spelling.ownList("\(number)")
        try await door.write { database in
            let owner = try MailboxRow.require(mailbox, database)
            for id in removing {
                try database.execute(
                    sql: "DELETE FROM listMember WHERE mailbox = ? AND list IN (\(ListRow.idOfOwn))",
                    arguments: [id.rawValue, mailbox.rawValue, digit])
            }
            // Somebody may have been removed while the owner was still naming others.
            let others = try adding.filter { id in
                try MailboxRow.find(id, database)?.organisation == owner.organisation
            }
            guard !others.isEmpty else { return }
            if try ListRow.own(number, of: mailbox, database) == nil {
                try database.execute(
                    sql: "INSERT INTO list (organisation, owner, number, name) VALUES (?, ?, ?, ?)",
                    arguments: [owner.organisation.rawValue, mailbox.rawValue, digit, digit])
            }
            for id in others {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO listMember (list, mailbox) SELECT id, ? FROM list "
                        + "WHERE owner = ? AND number = ?",
                    arguments: [id.rawValue, mailbox.rawValue, digit])
            }
        }
    }
}

extension ListRow {
    fileprivate static let idOfOwn = "SELECT id FROM list WHERE owner = ? AND number = ?"

    fileprivate static func own(
        _ number: Int, of mailbox: MailboxID, _ database: Database
    ) throws -> DistributionList? {
        try Row.fetchOne(database, sql: byOwnNumber, arguments: [mailbox.rawValue, "\(number)"])
            .map(DistributionList.init(row:))
    }
}
