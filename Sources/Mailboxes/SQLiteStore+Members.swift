// Who may open a mailbox (A5, E2): the accounts whose own it is, and those that were made its members.

import GRDB

extension SQLiteStore {
    public func isMember(_ account: ExtensionID, of mailbox: MailboxID) async throws -> Bool {
        try door.lookUp { database in
            try Bool.fetchOne(
                database.cachedStatement(sql: MemberRow.isMember),
                arguments: ["account": account.rawValue, "mailbox": mailbox.rawValue]) ?? false
        }
    }

    /// The accounts that were made members, by number.
    public func members(of mailbox: MailboxID) async throws -> [Extension] {
        try await door.read { try MemberRow.members(of: mailbox, $0) }
    }

    /// - Throws: `StoreError.unknownMailbox`, `.unknownExtension`, also for one of another organisation.
    public func addMember(_ account: ExtensionID, to mailbox: MailboxID) async throws {
        try await door.write { try MemberRow.add(account, to: mailbox, $0) }
    }

    /// - Returns: false when it was none.
    public func removeMember(_ account: ExtensionID, from mailbox: MailboxID) async throws -> Bool {
        try await door.write { database in
            try database.execute(
                sql: "DELETE FROM member WHERE mailbox = ? AND account = ?",
                arguments: [mailbox.rawValue, account.rawValue])
            return database.changesCount > 0
        }
    }
}

/// The `member` table.
enum MemberRow {
    static let isMember = """
        SELECT EXISTS (SELECT 1 FROM extension WHERE id = :account AND mailbox = :mailbox AND removedAt IS NULL)
            OR EXISTS (SELECT 1 FROM member m JOIN extension e ON e.id = m.account
                WHERE m.mailbox = :mailbox AND m.account = :account AND e.removedAt IS NULL)
        """
    static let all =
        ExtensionRow.columns + """
             JOIN member m ON m.account = e.id WHERE m.mailbox = ? AND e.removedAt IS NULL ORDER BY e.number
            """

    static func members(of mailbox: MailboxID, _ database: Database) throws -> [Extension] {
        try Row.fetchAll(database, sql: all, arguments: [mailbox.rawValue]).map(Extension.init(row:))
    }

    static func add(_ account: ExtensionID, to mailbox: MailboxID, _ database: Database) throws {
        let organisation = try MailboxRow.require(mailbox, database).organisation
        let isThere = try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM extension WHERE id = ? AND organisation = ? AND removedAt IS NULL)",
            arguments: [account.rawValue, organisation.rawValue])
        guard isThere == true else { throw StoreError.unknownExtension(account) }
        try database.execute(
            sql: "INSERT OR IGNORE INTO member (mailbox, account) VALUES (?, ?)",
            arguments: [mailbox.rawValue, account.rawValue])
    }
}
