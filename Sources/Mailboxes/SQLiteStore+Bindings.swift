// Registered contacts, kept over a restart (F1).

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
        try await door.write { database in
            let exists = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM extension WHERE id = ? AND removedAt IS NULL)",
                arguments: [account.rawValue])
            guard exists == true else { throw StoreError.unknownExtension(account) }
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
        }
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
