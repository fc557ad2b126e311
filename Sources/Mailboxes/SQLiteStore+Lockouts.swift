// Lockouts as an administrator sees and ends them (D3, G4).

import GRDB

/// Who has to wait before another PIN or password is looked at.
public struct CurrentLockout: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        /// For a PIN.
        case mailbox(MailboxID)
        /// For a PIN of any mailbox: a numeric address.
        case source(String)
        case password(PasswordLockout.Subject)
    }
    public var subject: Subject
    /// Wrong tries so far.
    public var wrong: Int
    public var seconds: Int
}

extension CurrentLockout {
    fileprivate init?(_ subject: Subject, _ lockout: Lockout, _ rule: Lockout.Rule, at now: Double) {
        guard let seconds = lockout.secondsLeft(at: now, rule) else { return nil }
        self.init(subject: subject, wrong: lockout.wrong, seconds: seconds)
    }
}

extension SQLiteStore {
    /// Everybody who is locked out now, the longest first.
    public func lockouts() async throws -> [CurrentLockout] {
        let now = options.now()
        return try await door.read { [ledger] database in
            let forPINs = try ledger.all(at: now, database).compactMap { subject, lockout in
                let shown: CurrentLockout.Subject =
                    switch subject {
                    case .mailbox(let id): .mailbox(id)
                    case .source(let address): .source(address)
                    }
                return CurrentLockout(shown, lockout, subject.rule, at: now)
            }
            let forPasswords = try PasswordLockoutRow.all(at: now, database).compactMap {
                CurrentLockout(.password($0.subject), $0.lockout, .source, at: now)
            }
            return (forPINs + forPasswords).sorted { $0.seconds > $1.seconds }
        }
    }

    /// Forgets the wrong tries at a mailbox, of a source, or at an account or of an address.
    /// - Returns: false when there were none.
    public func unlock(_ subject: CurrentLockout.Subject) async throws -> Bool {
        try await door.write { [ledger] database in
            switch subject {
            case .mailbox(let id): try ledger.forget(.mailbox(id), database)
            case .source(let address): try ledger.forget(.source(address), database)
            case .password(let subject): try PasswordLockoutRow.forget(subject, database)
            }
        }
    }

    public func passwordLockouts() async throws -> [PasswordLockout] {
        let now = options.now()
        return try await door.read { try PasswordLockoutRow.all(at: now, $0) }
    }

    public func keep(_ lockout: PasswordLockout) async throws {
        try await phoneJournal.write(.lockout(lockout))
    }

    public func isKept(_ subject: PasswordLockout.Subject) async throws -> Bool {
        try door.lookUp { try PasswordLockoutRow.exists(subject, $0) }
    }
}

/// The `passwordLockout` table.
enum PasswordLockoutRow {
    static let byKey = "SELECT 1 FROM passwordLockout WHERE account = ? AND address = ?"
    static let locked = """
        SELECT account, address, wrong, lastWrong, lockedUntil FROM passwordLockout WHERE lockedUntil > ?
        """

    static func exists(_ subject: PasswordLockout.Subject, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: byKey)
        return try Bool.fetchOne(statement, arguments: [subject.account ?? "", subject.address ?? ""]) ?? false
    }

    static func all(at now: Double, _ database: Database) throws -> [PasswordLockout] {
        try Row.fetchAll(database, sql: locked, arguments: [now]).map { row in
            func named(_ column: String) -> String? { (row[column] as String).isEmpty ? nil : row[column] }
            return PasswordLockout(
                subject: .init(account: named("account"), address: named("address")), lockout: Lockout(row: row))
        }
    }

    static func write(_ new: PasswordLockout, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO passwordLockout (account, address, wrong, lastWrong, lockedUntil)
                VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            new.subject.account ?? "", new.subject.address ?? "", new.lockout.wrong, new.lockout.lastWrong,
            new.lockout.lockedUntil,
        ])
    }

    /// With an account also what it is locked for from single addresses, with an address also its accounts.
    /// - Returns: false when there was nothing.
    static func forget(_ subject: PasswordLockout.Subject, _ database: Database) throws -> Bool {
        try database.execute(
            sql: "DELETE FROM passwordLockout WHERE account = coalesce(?, account) AND address = coalesce(?, address)",
            arguments: [subject.account, subject.address])
        return database.changesCount > 0
    }

    static func forgetEnded(at now: Double, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM passwordLockout WHERE lockedUntil <= ?", arguments: [now])
    }
}
