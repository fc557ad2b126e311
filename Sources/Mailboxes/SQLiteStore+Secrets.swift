// Passwords and PINs as an administrator handles them: replaced, or held against one that is known too widely.

import GRDB

extension SQLiteStore {
    /// Replaces the SIP password of an account. Phones that are registered with the old one stay so until they refresh.
    /// - Throws: `StoreError.badPassword`.
    public func setPassword(_ password: String, of account: Extension) async throws {
        let secrets = AccountSecrets(
            user: account.number, realm: account.domain, password: try Spelling.password(password))
        try await door.write { database in
            try database.execute(
                sql: """
                    UPDATE extension SET ha1MD5 = ?, ha1SHA256 = ?, addressHA1MD5 = ?, addressHA1SHA256 = ? WHERE id = ?
                    """,
                arguments: [
                    secrets.md5, secrets.sha256, secrets.addressMD5, secrets.addressSHA256, account.id.rawValue,
                ])
        }
    }

    /// Whether this is the account's SIP password.
    public func hasPassword(_ password: String, _ account: Extension) -> Bool {
        AccountSecrets(user: account.number, realm: account.domain, password: password).sha256 == account.ha1SHA256
    }

    public func hasPIN(_ pin: String, _ mailbox: MailboxID) async throws -> Bool {
        guard let kept = try await door.read({ try PINRow.hash(of: mailbox, $0) }) else { return false }
        return try await slowLanes.run { () throws(StoreError) in try kept.matches(pin) }
    }
}
