// Distribution lists (C6): an owner's own under one digit, the organisation's among its other numbers.

import GRDB

extension SQLiteStore {
    /// The owner's own, by number.
    public func lists(of mailbox: MailboxID) async throws -> [DistributionList] {
        try await door.read { database in
            try Row.fetchAll(database, sql: ListRow.ofOwner, arguments: [mailbox.rawValue])
                .map(DistributionList.init(row:))
        }
    }

    /// The organisation's, by number.
    /// - Throws: `StoreError.unknownDomain`.
    public func lists(domain: String) async throws -> [DistributionList] {
        try await door.read { database in
            let organisation = try OrganisationRow.require(domain: domain.lowercased(), database)
            return try Row.fetchAll(database, sql: ListRow.ofOrganisation, arguments: [organisation.id.rawValue])
                .map(DistributionList.init(row:))
        }
    }

    /// - Parameters:
    ///   - number: 1 to 9 for an owner's list; 2 to 10 digits that nothing else has for the organisation's.
    ///   - owner: nil for the organisation's.
    /// - Throws: `StoreError.unknownDomain`, `.unknownMailbox`, `.badNumber`, `.numberTaken`.
    public func addList(
        _ number: String, name: String, owner: MailboxID? = nil, domain: String
    ) async throws -> DistributionList {
        let number = try owner == nil ? Spelling.number(number) : Spelling.ownList(number)
        return try await door.write { database in
            let organisation = try OrganisationRow.require(domain: domain.lowercased(), database)
            if let owner {
                guard try MailboxRow.require(owner, database).organisation == organisation.id else {
                    throw StoreError.unknownMailbox(owner)
                }
                let own = try Row.fetchOne(
                    database, sql: ListRow.byOwnNumber, arguments: [owner.rawValue, number])
                guard own == nil else { throw StoreError.numberTaken(number, domain: organisation.domain) }
            } else {
                try MailboxRow.requireFree(number, in: organisation, database)
            }
            let name = Spelling.name(name) ?? number
            try database.execute(
                sql: "INSERT INTO list (organisation, owner, number, name) VALUES (?, ?, ?, ?)",
                arguments: [organisation.id.rawValue, owner?.rawValue, number, name])
            return DistributionList(id: database.lastInsertedRowID, owner: owner, number: number, name: name)
        }
    }

    /// - Returns: false when there is none of that id.
    public func removeList(_ id: Int64) async throws -> Bool {
        try await door.write { database in
            try database.execute(sql: "DELETE FROM list WHERE id = ?", arguments: [id])
            return database.changesCount > 0
        }
    }

    /// Who is on a list, by number; removed mailboxes are not, until they are restored.
    public func mailboxes(onList id: Int64) async throws -> [Mailbox] {
        try await door.read { try ListRow.members(of: id, $0) }
    }

    /// - Throws: `StoreError.unknownMailbox`, also for one of another organisation; `.unknownList`.
    public func addMailbox(_ mailbox: MailboxID, toList id: Int64) async throws {
        try await door.write { database in
            let organisation = try Int64.fetchOne(
                database, sql: "SELECT organisation FROM list WHERE id = ?", arguments: [id])
            guard let organisation else { throw StoreError.unknownList(id) }
            guard try MailboxRow.require(mailbox, database).organisation.rawValue == organisation else {
                throw StoreError.unknownMailbox(mailbox)
            }
            try database.execute(
                sql: "INSERT OR IGNORE INTO listMember (list, mailbox) VALUES (?, ?)",
                arguments: [id, mailbox.rawValue])
        }
    }

    /// - Returns: false when it was not on it.
    public func removeMailbox(_ mailbox: MailboxID, fromList id: Int64) async throws -> Bool {
        try await door.write { database in
            try database.execute(
                sql: "DELETE FROM listMember WHERE list = ? AND mailbox = ?", arguments: [id, mailbox.rawValue])
            return database.changesCount > 0
        }
    }
}

/// The `list` and `listMember` tables.
enum ListRow {
    private static let columns = "SELECT id, owner, number, name FROM list"
    static let byOwnNumber = columns + " WHERE owner = ? AND number = ?"
    static let byNumber = columns + " WHERE organisation = ? AND number = ? AND owner IS NULL"
    static let ofOwner = columns + " WHERE owner = ? ORDER BY number"
    static let ofOrganisation = columns + " WHERE organisation = ? AND owner IS NULL ORDER BY number"
    static let members =
        MailboxRow.columns
        + " JOIN listMember l ON l.mailbox = m.id WHERE l.list = ? AND m.removedAt IS NULL ORDER BY m.number"
    static let withMailbox = columns + " WHERE id IN (SELECT list FROM listMember WHERE mailbox = ?) ORDER BY id"

    static func find(_ number: String, for sender: Mailbox, _ database: Database) throws -> DistributionList? {
        let isOwn = number.utf8.count == 1
        return try Row.fetchOne(
            database, sql: isOwn ? byOwnNumber : byNumber,
            arguments: [isOwn ? sender.id.rawValue : sender.organisation.rawValue, number]
        ).map(DistributionList.init(row:))
    }

    static func members(of list: Int64, _ database: Database) throws -> [Mailbox] {
        try MailboxRow.all(members, [list], database)
    }
}

extension DistributionList {
    init(row: Row) {
        self.init(
            id: row["id"], owner: (row["owner"] as Int64?).map(MailboxID.init(rawValue:)), number: row["number"],
            name: row["name"])
    }
}
