// Extensions: SIP accounts, each with a mailbox of its own from the moment it exists (E1).

import GRDB

extension SQLiteStore {
    /// - Throws: as `create`.
    public func addExtension(_ new: NewExtension) async throws -> Extension {
        try await create(new).thing
    }

    /// Adds an extension with its personal mailbox, and tells the PIN if one was drawn.
    /// - Throws: `StoreError.unknownDomain`, `.badNumber`, `.badPassword`, `.badPIN`, `.weakPIN`, `.noDefaultPIN`,
    ///   `.noPINLeft`, `.badQuota`, `.badSetting`, `.numberTaken`.
    public func create(_ new: NewExtension) async throws -> Created<Extension> {
        let domain = new.domain.lowercased()
        let number = try Spelling.number(new.number)
        let quota = try Spelling.quota(new.quota)
        let secrets = AccountSecrets(user: number, realm: domain, password: try Spelling.password(new.password))
        let pin = try await preparePIN(new.pin, for: number, domain: domain)
        let account = try await door.write { [self] database in
            let organisation = try OrganisationRow.require(domain: domain, database)
            try MailboxRow.requireFree(number, in: organisation, database)
            let mailbox = try insertMailbox(
                number, .personal, quota: quota, emails: new.emails, pin, organisation, database)
            try ExtensionRow.insert(number, new, secrets, mailbox, organisation.id, database)
            guard let account = try ExtensionRow.find(number: number, domain: domain, database) else {
                throw StoreError.failed("an extension vanished while it was made")
            }
            return account
        }
        return Created(thing: account, pin: pin.drawn)
    }

    /// Gives an account another mailbox of its organisation as its own: 5001 opens it, and it lights the lamp (A5).
    /// - Throws: `StoreError.unknownExtension`, `.unknownMailbox`.
    public func setMailbox(_ mailbox: MailboxID, of account: ExtensionID) async throws {
        try await door.write { database in
            let organisation = try MailboxRow.require(mailbox, database).organisation
            try database.execute(
                sql: "UPDATE extension SET mailbox = ? WHERE id = ? AND organisation = ? AND removedAt IS NULL",
                arguments: [mailbox.rawValue, account.rawValue, organisation.rawValue])
            guard database.changesCount > 0 else { throw StoreError.unknownExtension(account) }
        }
    }

    /// The name that phones show and the directory knows.
    /// - Throws: `StoreError.unknownExtension`.
    public func setDisplayName(_ name: String?, of account: ExtensionID) async throws {
        try await door.write { database in
            try database.execute(
                sql: "UPDATE extension SET displayName = ? WHERE id = ? AND removedAt IS NULL",
                arguments: [Spelling.name(name), account.rawValue])
            guard database.changesCount > 0 else { throw StoreError.unknownExtension(account) }
        }
    }

    public func account(_ id: ExtensionID) async throws -> Extension? {
        try door.lookUp { try ExtensionRow.find(id, $0) }
    }

    public func account(number: String, domain: String) async throws -> Extension? {
        try door.lookUp { try ExtensionRow.find(number: number, domain: domain.lowercased(), $0) }
    }

    public func digest(ofStranger name: String, in organisation: Organisation) async throws -> DigestAlgorithm {
        try door.lookUp { database in
            // Every request that proves itself asks this; where all accounts are alike, nothing is to be chosen.
            let mixed = try ExtensionRow.haveOther(than: organisation.digest, of: organisation.id, database)
            guard mixed else { return nil }
            return try ExtensionRow.digest(at: key.share(of: name, in: organisation.id), of: organisation.id, database)
        } ?? organisation.digest
    }

    public func accounts(ofMailbox mailbox: MailboxID) async throws -> [Extension] {
        try await door.read { database in
            try Row.fetchAll(database, sql: ExtensionRow.byMailbox, arguments: [mailbox.rawValue])
                .map(Extension.init(row:))
        }
    }

    public func accounts(domain: String) async throws -> [Extension] {
        do { return try await extensions(domain: domain) } catch StoreError.unknownDomain { return [] }
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
            e.addressHA1MD5, e.addressHA1SHA256, coalesce(e.digest, o.digest) AS digest, e.mailbox, e.settings
        FROM extension e JOIN organisation o ON o.id = e.organisation
        """
    static let byID = columns + " WHERE e.id = ? AND e.removedAt IS NULL"
    static let byNumber = columns + " WHERE o.domain = ? AND e.number = ? AND e.removedAt IS NULL"
    /// Whether an account has another algorithm than this one; by ranges, as `<>` would go through all that have this.
    static let other = """
        SELECT EXISTS (
            SELECT 1 FROM extension
            WHERE organisation = :organisation AND removedAt IS NULL AND digest IS NOT NULL AND digest < :digest
        ) OR EXISTS (
            SELECT 1 FROM extension
            WHERE organisation = :organisation AND removedAt IS NULL AND digest IS NOT NULL AND digest > :digest
        )
        """
    /// The first from a place between the first and the last of an organisation.
    static let byShare =
        columns + """
             WHERE e.organisation = :organisation AND e.removedAt IS NULL AND e.id >= (
                SELECT min(id) FROM extension WHERE organisation = :organisation AND removedAt IS NULL
            ) + CAST(:share * (1 + (
                SELECT max(id) FROM extension WHERE organisation = :organisation AND removedAt IS NULL
            ) - (
                SELECT min(id) FROM extension WHERE organisation = :organisation AND removedAt IS NULL
            )) AS INTEGER) ORDER BY e.id LIMIT 1
            """
    static let byMailbox = columns + " WHERE e.mailbox = ? AND e.removedAt IS NULL"
    static let byOrganisation = columns + " WHERE e.organisation = ? AND e.removedAt IS NULL ORDER BY e.number"

    static func insert(
        _ number: String, _ new: NewExtension, _ secrets: AccountSecrets, _ mailbox: MailboxID,
        _ organisation: OrganisationID, _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO extension (organisation, number, displayName, ha1MD5, ha1SHA256, addressHA1MD5,
                    addressHA1SHA256, digest, mailbox)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                organisation.rawValue, number, Spelling.name(new.displayName), secrets.md5, secrets.sha256,
                secrets.addressMD5,
                secrets.addressSHA256, new.digest?.rawValue, mailbox.rawValue,
            ])
    }

    static func find(_ id: ExtensionID, _ database: Database) throws -> Extension? {
        let statement = try database.cachedStatement(sql: byID)
        return try Row.fetchOne(statement, arguments: [id.rawValue]).map(Extension.init(row:))
    }

    static func find(number: String, domain: String, _ database: Database) throws -> Extension? {
        let statement = try database.cachedStatement(sql: byNumber)
        return try Row.fetchOne(statement, arguments: [domain, number]).map(Extension.init(row:))
    }

    static func haveOther(
        than digest: DigestAlgorithm, of organisation: OrganisationID, _ database: Database
    ) throws -> Bool {
        let statement = try database.cachedStatement(sql: other)
        return try Bool.fetchOne(
            statement, arguments: ["organisation": organisation.rawValue, "digest": digest.rawValue]) ?? false
    }

    /// - Parameter share: from 0 up to 1.
    static func digest(
        at share: Double, of organisation: OrganisationID, _ database: Database
    ) throws -> DigestAlgorithm? {
        let statement = try database.cachedStatement(sql: byShare)
        return try Row.fetchOne(statement, arguments: ["organisation": organisation.rawValue, "share": share])?
            .value("digest")
    }
}

extension Extension {
    init(row: Row) throws(StoreError) {
        self.init(
            Fields(
                id: ExtensionID(rawValue: row["id"]), organisation: OrganisationID(rawValue: row["organisation"]),
                domain: row["domain"], number: row["number"], displayName: row["displayName"],
                ha1MD5: row["ha1MD5"], ha1SHA256: row["ha1SHA256"], addressHA1MD5: row["addressHA1MD5"],
                addressHA1SHA256: row["addressHA1SHA256"], digest: try row.value("digest"),
                mailbox: MailboxID(rawValue: row["mailbox"]),
                settings: try SettingsDocument.decode(
                    row["settings"], over: ExtensionSettings(), of: "extension \(row["number"] as String)")))
    }
}
