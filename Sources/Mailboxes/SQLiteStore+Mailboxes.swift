// Mailboxes and their accounts of bytes (B4). `used` is summed by triggers; this file only reads it.

import GRDB

extension SQLiteStore {
    /// Adds a general mailbox.
    /// - Throws: as `create`.
    public func addMailbox(_ new: NewMailbox) async throws -> Mailbox {
        try await create(new).thing
    }

    /// Adds a general mailbox with its members, and tells the PIN if one was drawn.
    /// - Throws: `StoreError.unknownDomain`, `.badNumber`, `.badPIN`, `.weakPIN`, `.noDefaultPIN`, `.noPINLeft`,
    ///   `.badQuota`, `.badSetting`, `.unknownExtension`, `.numberTaken`.
    public func create(_ new: NewMailbox) async throws -> Created<Mailbox> {
        let domain = new.domain.lowercased()
        let number = try Spelling.number(new.number)
        let quota = try Spelling.quota(new.quota)
        let pin = try await preparePIN(new.pin, for: number, domain: domain)
        let mailbox = try await door.write { [self] database in
            let organisation = try OrganisationRow.require(domain: domain, database)
            try MailboxRow.requireFree(number, in: organisation, database)
            let id = try insertMailbox(
                number, .general, name: new.name, quota: quota, emails: new.emails, pin, organisation, database)
            for account in new.members { try MemberRow.add(account, to: id, database) }
            return try MailboxRow.require(id, database)
        }
        return Created(thing: mailbox, pin: pin.drawn)
    }

    /// The rows of a new mailbox and its PIN, and the notice of a PIN that was drawn. Its number is known to be free.
    func insertMailbox(
        _ number: String, _ kind: Mailbox.Kind, name: String? = nil, quota: Int, emails: [String], _ pin: PreparedPIN,
        _ organisation: Organisation, _ database: Database
    ) throws -> MailboxID {
        var settings = MailboxSettings()
        settings.emails = emails
        settings.needsIntroduction = pin.isTemporary && organisation.settings.introducesOwners
        try settings.validate()
        let document =
            settings == MailboxSettings() ? "{}" : try SettingsDocument.encode(settings, of: "mailbox \(number)")
        try database.execute(
            sql: "INSERT INTO mailbox (organisation, number, kind, name, quota, settings) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [organisation.id.rawValue, number, kind.rawValue, Spelling.name(name), quota, document])
        let id = MailboxID(rawValue: database.lastInsertedRowID)
        try RemovalRow.endCopies(to: number, in: organisation, database)
        try PINRow.set(pin, of: id, database)
        try tell(.pinCreated, pin, id, database)
        return id
    }

    public func mailbox(_ id: MailboxID) async throws -> Mailbox? {
        try door.lookUp { try MailboxRow.find(id, $0) }
    }

    public func mailbox(number: String, domain: String) async throws -> Mailbox? {
        let domain = domain.lowercased()
        return try door.lookUp { database in
            try MailboxRow.all(MailboxRow.byNumber, [domain, number], database).first
        }
    }

    public func mailbox(reachedBy number: String, domain: String) async throws -> Mailbox? {
        let domain = domain.lowercased()
        return try door.lookUp { try MailboxRow.find(reachedBy: number, domain: domain, $0) }
    }

    public func mailboxes(domain: String) async throws -> [Mailbox] {
        let domain = domain.lowercased()
        return try await door.read { database in
            try MailboxRow.all(MailboxRow.byDomain, [domain], database)
        }
    }

    /// Sets a quota in bytes. Deleted messages give way to a smaller one.
    /// - Throws: `StoreError.quotaBelowUse` when the mailbox holds more than that, `.badQuota`, `.unknownMailbox`.
    public func setQuota(_ bytes: Int, of mailbox: MailboxID) async throws {
        let quota = try Spelling.quota(bytes)
        try await door.write { database in
            let before = try MailboxRow.space(of: mailbox, database)
            if before.used > quota {
                _ = try RecordingRow.makeRoom(before.quota - quota, in: mailbox, database)
            }
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
        var available: Int { quota - used + deleted }
    }

    /// A personal mailbox without a name of its own is called as the extension of its number.
    static let columns = """
        SELECT m.id, m.organisation, o.domain, m.number, m.kind, m.quota, o.language, o.timeZone, m.settings,
            o.settings AS organisationSettings, coalesce(p.temporary, 0) AS temporary, coalesce(m.name,
                (SELECT displayName FROM extension
                    WHERE mailbox = m.id AND number = m.number AND removedAt IS NULL)) AS name
        FROM mailbox m JOIN organisation o ON o.id = m.organisation LEFT JOIN pin p ON p.mailbox = m.id
        """
    static let byID = columns + " WHERE m.id = ? AND m.removedAt IS NULL"
    static let byNumber = columns + " WHERE o.domain = ? AND m.number = ? AND m.removedAt IS NULL"
    static let byDomain = columns + " WHERE o.domain = ? AND m.removedAt IS NULL ORDER BY m.number"
    static let bySpace = "SELECT quota, used, deleted FROM mailbox WHERE id = ?"

    static func find(_ id: MailboxID, _ database: Database) throws -> Mailbox? {
        let statement = try database.cachedStatement(sql: byID)
        return try Row.fetchOne(statement, arguments: [id.rawValue]).map(Mailbox.init(row:))
    }

    static func find(reachedBy number: String, domain: String, _ database: Database) throws -> Mailbox? {
        if let account = try ExtensionRow.find(number: number, domain: domain, database) {
            return try find(account.mailbox, database)
        }
        return try all(byNumber, [domain, number], database).first
    }

    static func require(_ id: MailboxID, _ database: Database) throws -> Mailbox {
        guard let mailbox = try find(id, database) else { throw StoreError.unknownMailbox(id) }
        return mailbox
    }

    /// Also of a removed one.
    static func organisation(of id: MailboxID, _ database: Database) throws -> OrganisationID? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT organisation FROM mailbox WHERE id = ?"), arguments: [id.rawValue]
        ).map(OrganisationID.init(rawValue:))
    }

    static func exists(_ id: MailboxID, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM mailbox WHERE id = ? AND removedAt IS NULL)"),
            arguments: [id.rawValue]) ?? false
    }

    static func space(of mailbox: MailboxID, _ database: Database) throws -> Space {
        let statement = try database.cachedStatement(sql: bySpace)
        guard let row = try Row.fetchOne(statement, arguments: [mailbox.rawValue]) else {
            throw StoreError.unknownMailbox(mailbox)
        }
        return Space(quota: row["quota"], used: row["used"], deleted: row["deleted"])
    }

    static func all(_ sql: String, _ arguments: StatementArguments, _ database: Database) throws -> [Mailbox] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments).map(Mailbox.init(row:))
    }

    static let isTaken = """
        SELECT EXISTS (SELECT 1 FROM mailbox
                WHERE organisation = :organisation AND number = :number AND removedAt IS NULL)
            OR EXISTS (SELECT 1 FROM extension
                WHERE organisation = :organisation AND number = :number AND removedAt IS NULL)
            OR EXISTS (SELECT 1 FROM list WHERE organisation = :organisation AND number = :number AND owner IS NULL)
        """

    /// Mailboxes, extensions and an organisation's lists share their numbers.
    static func requireFree(_ number: String, in organisation: Organisation, _ database: Database) throws {
        let taken = try Bool.fetchOne(
            database, sql: isTaken, arguments: ["organisation": organisation.id.rawValue, "number": number])
        guard taken == false else { throw StoreError.numberTaken(number, domain: organisation.domain) }
    }
}

extension Mailbox {
    init(row: Row) throws(StoreError) {
        let number: String = row["number"]
        let settings = try SettingsDocument.decode(
            row["settings"], over: MailboxSettings(), of: "mailbox \(number)")
        let organisation = try SettingsDocument.decode(
            row["organisationSettings"], over: OrganisationSettings(), of: row["domain"])
        self.init(
            Fields(
                id: MailboxID(rawValue: row["id"]), organisation: OrganisationID(rawValue: row["organisation"]),
                domain: row["domain"], number: number, kind: try row.value("kind"), quota: row["quota"],
                language: settings.language ?? row["language"], timeZone: settings.timeZone ?? row["timeZone"],
                keymap: settings.keymap ?? organisation.keymap, pinIsTemporary: row["temporary"], name: row["name"],
                settings: settings, organisationSettings: organisation))
    }
}
