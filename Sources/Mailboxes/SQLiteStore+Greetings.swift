// Greetings and names that callers hear, and which of the numbered ones they hear (B1, C8). What is chosen is there: both
// are read and changed in one transaction, so that a greeting deleted by one phone is none that another has just chosen.

import GRDB

extension SQLiteStore {
    public func greeting(_ kind: GreetingKind, of mailbox: MailboxID) async throws -> Greeting? {
        try door.lookUp { database in
            guard try MailboxRow.exists(mailbox, database) else { return nil }
            return try GreetingRow.find(kind, of: mailbox, database)
        }
    }

    public func greetings(of mailbox: MailboxID) async throws -> [Greeting] {
        try door.lookUp { database in
            guard try MailboxRow.exists(mailbox, database) else { return [] }
            let statement = try database.cachedStatement(sql: RecordingRow.greetings)
            let all = try Row.fetchAll(statement, arguments: [mailbox.rawValue]).map(Greeting.init(row:))
            return GreetingKind.allCases.compactMap { kind in all.first { $0.kind == kind } }
        }
    }

    public func deleteGreeting(_ kind: GreetingKind, of mailbox: MailboxID) async throws -> Bool {
        try await door.write { database in
            try database.execute(
                sql: RecordingRow.deleteGreeting, arguments: [mailbox.rawValue, kind.rawValue])
            guard database.changesCount > 0 else { return false }
            try GreetingRow.forgetChoices(of: kind, mailbox, database)
            return true
        }
    }

    /// - Throws: `StoreError.unknownMailbox`, `.badSetting`.
    public func chooseGreeting(_ number: Int?, of mailbox: MailboxID) async throws -> Bool {
        try await door.write { database in
            _ = try MailboxRow.require(mailbox, database)
            guard let number else {
                try GreetingRow.set(GreetingRow.choice, to: nil, of: mailbox, database)
                return true
            }
            guard let kind = GreetingKind.slot(number) else {
                throw StoreError.badSetting("greeting", reason: "\(number) is not between 1 and 9")
            }
            guard try GreetingRow.find(kind, of: mailbox, database) != nil else { return false }
            try GreetingRow.set(GreetingRow.choice, to: number, of: mailbox, database)
            return true
        }
    }
}

/// Greetings in the `recording` table, and the choices about them in the mailbox's settings.
enum GreetingRow {
    static let choice = "$.chosenGreeting"
    private static let end = "$.temporaryGreetingEnds"

    static func find(_ kind: GreetingKind, of mailbox: MailboxID, _ database: Database) throws -> Greeting? {
        try Row.fetchOne(
            database.cachedStatement(sql: RecordingRow.findGreeting), arguments: [mailbox.rawValue, kind.rawValue]
        ).map(Greeting.init(row:))
    }

    /// That callers hear it, and when it ends.
    fileprivate static func forgetChoices(
        of kind: GreetingKind, _ mailbox: MailboxID, _ database: Database
    ) throws {
        if kind == .temporary { try set(end, to: nil, of: mailbox, database) }
        guard let number = kind.slot else { return }
        let chosen = try Int.fetchOne(
            database, sql: "SELECT json_extract(settings, ?) FROM mailbox WHERE id = ?",
            arguments: [choice, mailbox.rawValue])
        if chosen == number { try set(choice, to: nil, of: mailbox, database) }
    }

    /// Nil is not written in a settings document.
    fileprivate static func set(
        _ setting: String, to value: Int?, of mailbox: MailboxID, _ database: Database
    ) throws {
        if let value {
            try database.execute(
                sql: "UPDATE mailbox SET settings = json_set(settings, ?, ?) WHERE id = ?",
                arguments: [setting, value, mailbox.rawValue])
        } else {
            try database.execute(
                sql: "UPDATE mailbox SET settings = json_remove(settings, ?) WHERE id = ?",
                arguments: [setting, mailbox.rawValue])
        }
    }
}
