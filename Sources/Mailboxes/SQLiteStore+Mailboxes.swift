// Mailboxes and their accounts of bytes (B4). `used` is summed by triggers; this file only reads it.

import GRDB

extension SQLiteStore {
    /// Adds a general mailbox.
    /// - Throws: `StoreError.unknownDomain`, `.badNumber`, `.badPIN`, `.badQuota`, `.numberTaken`.
    public func addMailbox(_ new: NewMailbox) async throws -> Mailbox {
        let domain = new.domain.lowercased()
        let number = try Spelling.number(new.number)
        let quota = try Spelling.quota(new.quota)
        let pin = try await hash(new.pin)
        return try await door.write { database in
            let organisation = try OrganisationRow.require(domain: domain, database)
            let id = try MailboxRow.insert(number, .general, quota: quota, in: organisation, database)
            try PINRow.set(pin, of: id, database)
            guard let mailbox = try MailboxRow.find(id, database) else { throw StoreError.unknownMailbox(id) }
            return mailbox
        }
    }

    public func mailbox(_ id: MailboxID) async throws -> Mailbox? {
        try await door.read { try MailboxRow.find(id, $0) }
    }

    public func mailbox(number: String, domain: String) async throws -> Mailbox? {
        let domain = domain.lowercased()
        return try await door.read { database in
            let statement = try database.cachedStatement(sql: MailboxRow.byNumber)
            return try Row.fetchOne(statement, arguments: [domain, number]).map(Mailbox.init(row:))
        }
    }

    public func mailboxes(domain: String) async throws -> [Mailbox] {
        let domain = domain.lowercased()
        return try await door.read { database in
            try Row.fetchAll(database, sql: MailboxRow.byDomain, arguments: [domain]).map(Mailbox.init(row:))
        }
    }

    /// Sets a quota in bytes. Deleted messages give way to a smaller one.
    /// - Throws: `StoreError.quotaBelowUse` when the mailbox holds more than that, `.badQuota`, `.unknownMailbox`.
    public func setQuota(_ bytes: Int, of mailbox: MailboxID) async throws {
        let quota = try Spelling.quota(bytes)
        try await door.write { database in
            let before = try MailboxRow.space(of: mailbox, database)
            let surplus = before.used - quota
            if surplus > 0 { _ = try RecordingRow.makeRoom(before.free + surplus, in: mailbox, database) }
            let used = try MailboxRow.space(of: mailbox, database).used
            guard used <= quota else { throw StoreError.quotaBelowUse(quota: quota, used: used) }
            try database.execute(
                sql: "UPDATE mailbox SET quota = ? WHERE id = ?", arguments: [quota, mailbox.rawValue])
        }
    }
}

/// The `mailbox` table.
enum MailboxRow {
    struct Space: Sendable {
        var quota: Int
        var used: Int
        /// Of `used`, what deleted messages hold: they give way when a recording needs room.
        var deleted: Int
        var free: Int { quota - used }
        var available: Int { quota - used + deleted }
    }

    private static let columns = """
        SELECT m.id, m.organisation, o.domain, m.number, m.kind, m.quota, o.language, o.timeZone, m.keymap,
            coalesce(p.temporary, 0) AS temporary
        FROM mailbox m JOIN organisation o ON o.id = m.organisation LEFT JOIN pin p ON p.mailbox = m.id
        """
    static let byID = columns + " WHERE m.id = ?"
    static let byNumber = columns + " WHERE o.domain = ? AND m.number = ?"
    static let byDomain = columns + " WHERE o.domain = ? ORDER BY m.number"
    static let bySpace = """
        SELECT quota, used,
            (SELECT coalesce(sum(bytes), 0) FROM recording WHERE mailbox = m.id AND state = 'deleted') AS deleted
        FROM mailbox m WHERE id = ?
        """

    static func find(_ id: MailboxID, _ database: Database) throws -> Mailbox? {
        let statement = try database.cachedStatement(sql: byID)
        return try Row.fetchOne(statement, arguments: [id.rawValue]).map(Mailbox.init(row:))
    }

    static func exists(_ id: MailboxID, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM mailbox WHERE id = ?)"),
            arguments: [id.rawValue]) ?? false
    }

    static func space(of mailbox: MailboxID, _ database: Database) throws -> Space {
        let statement = try database.cachedStatement(sql: bySpace)
        guard let row = try Row.fetchOne(statement, arguments: [mailbox.rawValue]) else {
            throw StoreError.unknownMailbox(mailbox)
        }
        return Space(quota: row["quota"], used: row["used"], deleted: row["deleted"])
    }

    static func insert(
        _ number: String, _ kind: Mailbox.Kind, quota: Int, in organisation: Organisation, _ database: Database
    ) throws -> MailboxID {
        let taken = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM mailbox WHERE organisation = ? AND number = ?)",
            arguments: [organisation.id.rawValue, number])
        guard taken == false else { throw StoreError.numberTaken(number, domain: organisation.domain) }
        try database.execute(
            sql: "INSERT INTO mailbox (organisation, number, kind, quota) VALUES (?, ?, ?, ?)",
            arguments: [organisation.id.rawValue, number, kind.rawValue, quota])
        return MailboxID(rawValue: database.lastInsertedRowID)
    }
}

extension Mailbox {
    init(row: Row) throws(StoreError) {
        self.init(
            id: MailboxID(rawValue: row["id"]), organisation: OrganisationID(rawValue: row["organisation"]),
            domain: row["domain"], number: row["number"], kind: try row.value("kind"), quota: row["quota"],
            language: row["language"], timeZone: row["timeZone"], keymap: row["keymap"],
            pinIsTemporary: row["temporary"])
    }
}
