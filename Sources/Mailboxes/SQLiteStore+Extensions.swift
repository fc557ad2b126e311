// Extensions: SIP accounts, each with a mailbox of its own from the moment it exists (E1).

import GRDB

extension SQLiteStore {
    /// - Throws: `StoreError.unknownDomain`, `.badNumber`, `.badPassword`, `.badPIN`, `.badQuota`, `.numberTaken`.
    public func addExtension(_ new: NewExtension) async throws -> Extension {
        let domain = new.domain.lowercased()
        let number = try Spelling.number(new.number)
        let quota = try Spelling.quota(new.quota)
        let secrets = AccountSecrets(user: number, realm: domain, password: try Spelling.password(new.password))
        let pin = try await hash(new.pin)
        let (displayName, digest) = (Spelling.name(new.displayName), new.digest)
        return try await door.write { database in
            let organisation = try OrganisationRow.require(domain: domain, database)
            let mailbox = try MailboxRow.insert(number, .personal, quota: quota, in: organisation, database)
            try PINRow.set(pin, of: mailbox, database)
            try database.execute(
                sql: """
                    INSERT INTO extension (organisation, number, displayName, ha1MD5, ha1SHA256, addressHA1MD5,
                        addressHA1SHA256, digest, mailbox)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    organisation.id.rawValue, number, displayName, secrets.md5, secrets.sha256, secrets.addressMD5,
                    secrets.addressSHA256, digest?.rawValue, mailbox.rawValue,
                ])
            guard let account = try ExtensionRow.find(number: number, domain: domain, database) else {
                throw StoreError.failed("an extension vanished while it was made")
            }
            return account
        }
    }

    public func account(number: String, domain: String) async throws -> Extension? {
        try await door.read { try ExtensionRow.find(number: number, domain: domain.lowercased(), $0) }
    }

    public func accounts(ofMailbox mailbox: MailboxID) async throws -> [Extension] {
        try await door.read { database in
            try Row.fetchAll(database, sql: ExtensionRow.byMailbox, arguments: [mailbox.rawValue])
                .map(Extension.init(row:))
        }
    }

    /// All extensions of an organisation by number, for the command line.
    /// - Throws: `StoreError.unknownDomain`.
    public func extensions(domain: String) async throws -> [Extension] {
        try await door.read { database in
            let organisation = try OrganisationRow.require(domain: domain.lowercased(), database)
            return try Row.fetchAll(
                database, sql: ExtensionRow.byOrganisation, arguments: [organisation.id.rawValue]
            ).map(Extension.init(row:))
        }
    }
}

/// The `extension` table.
enum ExtensionRow {
    static let columns = """
        SELECT e.id, e.organisation, o.domain, e.number, e.displayName, e.ha1MD5, e.ha1SHA256,
            e.addressHA1MD5, e.addressHA1SHA256, coalesce(e.digest, o.digest) AS digest, e.mailbox
        FROM extension e JOIN organisation o ON o.id = e.organisation
        """
    static let byNumber = columns + " WHERE o.domain = ? AND e.number = ? AND e.removedAt IS NULL"
    static let byMailbox = columns + " WHERE e.mailbox = ? AND e.removedAt IS NULL"
    static let byOrganisation = columns + " WHERE e.organisation = ? AND e.removedAt IS NULL ORDER BY e.number"

    static func find(number: String, domain: String, _ database: Database) throws -> Extension? {
        let statement = try database.cachedStatement(sql: byNumber)
        return try Row.fetchOne(statement, arguments: [domain, number]).map(Extension.init(row:))
    }
}

extension Extension {
    init(row: Row) throws(StoreError) {
        self.init(
            id: ExtensionID(rawValue: row["id"]), organisation: OrganisationID(rawValue: row["organisation"]),
            domain: row["domain"], number: row["number"], displayName: row["displayName"],
            ha1MD5: row["ha1MD5"], ha1SHA256: row["ha1SHA256"], addressHA1MD5: row["addressHA1MD5"],
            addressHA1SHA256: row["addressHA1SHA256"], digest: try row.value("digest"),
            mailbox: MailboxID(rawValue: row["mailbox"]))
    }
}
