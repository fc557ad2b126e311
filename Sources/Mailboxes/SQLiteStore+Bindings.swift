// Registered contacts and subscriptions, kept over a restart (F1, F2).

import GRDB

extension SQLiteStore {
    public func bindings() async throws -> [StoredBinding] {
        try await door.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT account, contact, callID, cseq, expiresAt, flow FROM binding ORDER BY account, id"
            ).map(StoredBinding.init(row:))
        }
    }

    /// - Throws: `StoreError.unknownExtension`.
    public func replaceBindings(of account: ExtensionID, with bindings: [StoredBinding]) async throws {
        try await phoneJournal.write(.bindings(of: account, bindings))
    }

    public func subscriptions() async throws -> [StoredSubscription] {
        try await door.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT account, tag, mailbox, expiresAt, keptAt, dialog FROM subscription ORDER BY id"
            ).map(StoredSubscription.init(row:))
        }
    }

    /// - Throws: `StoreError.unknownExtension`.
    public func keep(_ subscription: StoredSubscription) async throws {
        try await phoneJournal.write(.subscription(subscription))
    }

    public func forgetSubscriptions(_ tags: [String]) async throws {
        guard !tags.isEmpty else { return }
        try await phoneJournal.write(.forget(tags))
    }
}

extension PhoneChange {
    /// In a transaction. What an account that there is not would have changed changes nothing; any other error is the
    /// database's.
    func apply(_ database: Database) throws -> Result<Void, StoreError> {
        switch self {
        case .bindings(let account, let bindings):
            guard try exists(account, database) else { return .failure(.unknownExtension(account)) }
            try database.cachedStatement(sql: "DELETE FROM binding WHERE account = ?")
                .execute(arguments: [account.rawValue])
            let insert = try database.cachedStatement(
                sql: "INSERT INTO binding (account, contact, callID, cseq, expiresAt, flow) VALUES (?, ?, ?, ?, ?, ?)")
            for binding in bindings {
                try insert.execute(arguments: [
                    account.rawValue, binding.contact, binding.callID, Int64(binding.cseq), binding.expiresAt,
                    binding.flow,
                ])
            }
        case .subscription(let new):
            guard try exists(new.account, database) else { return .failure(.unknownExtension(new.account)) }
            let upsert = try database.cachedStatement(
                sql: """
                    INSERT INTO subscription (account, tag, mailbox, expiresAt, keptAt, dialog)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tag) DO UPDATE SET account = excluded.account,
                        mailbox = excluded.mailbox, expiresAt = excluded.expiresAt, keptAt = excluded.keptAt,
                        dialog = excluded.dialog
                    """)
            try upsert.execute(arguments: [
                new.account.rawValue, new.tag, new.mailbox?.rawValue, new.expiresAt, new.keptAt, new.dialog,
            ])
        case .forget(let tags):
            let delete = try database.cachedStatement(sql: "DELETE FROM subscription WHERE tag = ?")
            for tag in tags { try delete.execute(arguments: [tag]) }
        case .lockout(let new): try PasswordLockoutRow.write(new, database)
        }
        return .success(())
    }

    private func exists(_ account: ExtensionID, _ database: Database) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM extension WHERE id = ? AND removedAt IS NULL)")
        return try Bool.fetchOne(statement, arguments: [account.rawValue]) ?? false
    }
}

extension StoredBinding {
    init(row: Row) throws(StoreError) {
        guard let cseq = UInt32(exactly: row["cseq"] as Int64) else {
            throw .failed("an unexpected value in the column cseq")
        }
        self.init(
            account: ExtensionID(rawValue: row["account"]), contact: row["contact"], callID: row["callID"],
            cseq: cseq, expiresAt: row["expiresAt"], flow: row["flow"])
    }
}

extension StoredSubscription {
    init(row: Row) {
        self.init(
            account: ExtensionID(rawValue: row["account"]), tag: row["tag"],
            mailbox: (row["mailbox"] as Int64?).map(MailboxID.init(rawValue:)), expiresAt: row["expiresAt"],
            keptAt: row["keptAt"], dialog: row["dialog"])
    }
}
