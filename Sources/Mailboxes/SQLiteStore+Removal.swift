// Removing mailboxes and extensions, and undoing it (E3). What is removed is found by nobody any more, and its number
// is free at once; the next person under it gets rows of their own and meets nothing of the old ones. Nothing is lost
// until housekeeping comes.

import GRDB

extension SQLiteStore {
    /// - Throws: `StoreError.unknownMailbox`.
    public func removalPreview(of mailbox: MailboxID) async throws -> RemovalPreview {
        try await door.read { database in
            var preview = RemovalPreview(mailbox: try MailboxRow.require(mailbox, database))
            for row in try Row.fetchAll(database, sql: RemovalRow.contents, arguments: [mailbox.rawValue]) {
                guard let folder = Folder(rawValue: row["state"]) else { continue }
                preview.messages[folder] = row["count"]
                preview.newestMessage = max(preview.newestMessage ?? 0, row["newest"])
            }
            preview.greetings = try String.fetchAll(database, sql: RemovalRow.greetings, arguments: [mailbox.rawValue])
                .compactMap(GreetingKind.init(rawValue:))
            preview.accounts = try Row.fetchAll(database, sql: ExtensionRow.byMailbox, arguments: [mailbox.rawValue])
                .map(Extension.init(row:))
            preview.members = try MemberRow.members(of: mailbox, database)
            preview.lists = try Row.fetchAll(database, sql: ListRow.withMailbox, arguments: [mailbox.rawValue])
                .map(DistributionList.init(row:))
            preview.copiedFrom = try MailboxRow.all(MailboxRow.byDomain, [preview.mailbox.domain], database)
                .filter { $0.settings.copies.contains(preview.mailbox.number) }.map(\.number)
            return preview
        }
    }

    /// - Throws: `StoreError.unknownMailbox`; `.mailboxInUse` when it is an extension's own: then the extension is
    ///   removed with it, or gets a fresh one by `renewMailbox`.
    public func removeMailbox(_ mailbox: MailboxID) async throws {
        let now = options.now()
        try await door.write { database in
            let number = try MailboxRow.require(mailbox, database).number
            let accounts = try String.fetchAll(
                database, sql: "SELECT number FROM extension WHERE mailbox = ? AND removedAt IS NULL ORDER BY number",
                arguments: [mailbox.rawValue])
            guard accounts.isEmpty else { throw StoreError.mailboxInUse(number, by: accounts) }
            try RemovalRow.remove(mailbox, at: now, database)
        }
    }

    /// Removes a mailbox and gives its extensions a fresh, empty one of the same number, kind and quota: the next
    /// person's.
    /// - Throws: `StoreError.unknownMailbox`, `.noDefaultPIN`, `.noPINLeft`, `.weakPIN`.
    public func renewMailbox(_ mailbox: MailboxID) async throws -> Created<Mailbox> {
        let now = options.now()
        let old = try await door.read { try MailboxRow.require(mailbox, $0) }
        let pin = try await preparePIN(nil, for: old.number, domain: old.domain)
        let fresh = try await door.write { [self] database in
            let old = try MailboxRow.require(mailbox, database)
            let organisation = try OrganisationRow.require(old.organisation, database)
            try RemovalRow.remove(mailbox, at: now, database)
            let id = try insertMailbox(old.number, old.kind, quota: old.quota, emails: [], pin, organisation, database)
            try database.execute(
                sql: "UPDATE extension SET mailbox = ? WHERE mailbox = ? AND removedAt IS NULL",
                arguments: [id.rawValue, mailbox.rawValue])
            return try MailboxRow.require(id, database)
        }
        return Created(thing: fresh, pin: pin.drawn)
    }

    /// Removes an extension with its registrations, and its personal mailbox unless that is to be kept or is another
    /// extension's too.
    /// - Throws: `StoreError.unknownExtension`.
    public func removeExtension(_ account: ExtensionID, keepingMailbox: Bool = false) async throws {
        let now = options.now()
        try await door.write { database in
            let mailbox = try Int64.fetchOne(
                database, sql: "SELECT mailbox FROM extension WHERE id = ? AND removedAt IS NULL",
                arguments: [account.rawValue])
            guard let mailbox else { throw StoreError.unknownExtension(account) }
            try database.execute(
                sql: "UPDATE extension SET removedAt = ? WHERE id = ?", arguments: [now, account.rawValue])
            for table in ["binding", "subscription"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE account = ?", arguments: [account.rawValue])
            }
            let isGoing = try Bool.fetchOne(
                database, sql: RemovalRow.isNobodysPersonal, arguments: ["mailbox": mailbox])
            guard !keepingMailbox, isGoing == true else { return }
            try RemovalRow.remove(MailboxID(rawValue: mailbox), at: now, database)
        }
    }

    /// Undoes the last removal of a mailbox of that number.
    /// - Throws: `StoreError.nothingToRestore`; `.numberHeld`, which names the new holder; `.unknownDomain`.
    public func restoreMailbox(_ number: String, domain: String) async throws -> Mailbox {
        try await door.write { database in
            let organisation = try OrganisationRow.require(domain: domain.lowercased(), database)
            let id = try Int64.fetchOne(
                database, sql: RemovalRow.lastMailbox, arguments: [organisation.id.rawValue, number])
            guard let id = id.map(MailboxID.init(rawValue:)) else {
                throw StoreError.nothingToRestore(number, domain: organisation.domain)
            }
            try RemovalRow.restore(id, number, organisation, database)
            return try MailboxRow.require(id, database)
        }
    }

    /// Undoes the last removal of an extension of that number, and of its mailbox if that is removed too.
    /// - Throws: as `restoreMailbox`.
    public func restoreExtension(_ number: String, domain: String) async throws -> Extension {
        try await door.write { database in
            let organisation = try OrganisationRow.require(domain: domain.lowercased(), database)
            let row = try Row.fetchOne(
                database, sql: RemovalRow.lastExtension, arguments: [organisation.id.rawValue, number])
            guard let row else { throw StoreError.nothingToRestore(number, domain: organisation.domain) }
            if let holder = try ExtensionRow.find(number: number, domain: organisation.domain, database) {
                throw StoreError.numberHeld(
                    number, domain: organisation.domain, by: holder.displayName ?? "another extension")
            }
            let mailbox = MailboxID(rawValue: row["mailbox"])
            if row["isMailboxRemoved"] { try RemovalRow.restore(mailbox, row["mailboxNumber"], organisation, database) }
            try database.execute(
                sql: "UPDATE extension SET removedAt = NULL WHERE id = ?", arguments: [row["id"] as Int64])
            guard let account = try ExtensionRow.find(number: number, domain: organisation.domain, database) else {
                throw StoreError.failed("an extension vanished while it was restored")
            }
            return account
        }
    }

    /// What can still be restored, the last removal first.
    /// - Throws: `StoreError.unknownDomain`.
    public func removed(domain: String) async throws -> [Removed] {
        try await door.read { database in
            let id = try OrganisationRow.require(domain: domain.lowercased(), database).id.rawValue
            return try [(Removed.Kind.mailbox, RemovalRow.mailboxes), (.extension, RemovalRow.extensions)]
                .flatMap { kind, sql in
                    try Row.fetchAll(database, sql: sql, arguments: [id]).map {
                        Removed(kind: kind, number: $0["number"], name: $0["name"], removedAt: $0["removedAt"])
                    }
                }.sorted { $0.removedAt > $1.removedAt }
        }
    }
}

/// Removed rows of `mailbox` and `extension`.
enum RemovalRow {
    static let contents = """
        SELECT state, count(*) AS count, max(receivedAt) AS newest FROM recording
        WHERE mailbox = ? AND purpose = 'message' AND state NOT IN ('open', 'current') GROUP BY state
        """
    static let greetings = "SELECT purpose FROM recording WHERE mailbox = ? AND state = 'current' ORDER BY purpose"
    static let isNobodysPersonal = """
        SELECT EXISTS (SELECT 1 FROM mailbox WHERE id = :mailbox AND kind = 'personal' AND removedAt IS NULL)
            AND NOT EXISTS (SELECT 1 FROM extension WHERE mailbox = :mailbox AND removedAt IS NULL)
        """
    static let lastMailbox = """
        SELECT id FROM mailbox WHERE organisation = ? AND number = ? AND removedAt IS NOT NULL
        ORDER BY removedAt DESC, id DESC LIMIT 1
        """
    static let lastExtension = """
        SELECT e.id, e.mailbox, m.number AS mailboxNumber, m.removedAt IS NOT NULL AS isMailboxRemoved
        FROM extension e JOIN mailbox m ON m.id = e.mailbox
        WHERE e.organisation = ? AND e.number = ? AND e.removedAt IS NOT NULL
        ORDER BY e.removedAt DESC, e.id DESC LIMIT 1
        """
    static let mailboxes = """
        SELECT number, name, removedAt FROM mailbox WHERE organisation = ? AND removedAt IS NOT NULL
        """
    static let extensions = """
        SELECT number, displayName AS name, removedAt FROM extension WHERE organisation = ? AND removedAt IS NOT NULL
        """

    static func remove(_ mailbox: MailboxID, at now: Double, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE mailbox SET removedAt = ? WHERE id = ?", arguments: [now, mailbox.rawValue])
        try database.execute(sql: "DELETE FROM bookmark WHERE mailbox = ?", arguments: [mailbox.rawValue])
    }

    /// Copies that mailboxes made for the person who had this number before are not for the next one.
    static let endCopies = """
        UPDATE mailbox SET settings = json_set(settings, '$.copies',
            (SELECT json_group_array(value) FROM json_each(settings, '$.copies') WHERE value <> :number))
        WHERE organisation = :organisation AND json_extract(settings, '$.copies') IS NOT NULL
            AND EXISTS (SELECT 1 FROM json_each(settings, '$.copies') WHERE value = :number)
            AND EXISTS (SELECT 1 FROM mailbox
                WHERE organisation = :organisation AND number = :number AND removedAt IS NOT NULL)
        """

    static func endCopies(to number: String, in organisation: Organisation, _ database: Database) throws {
        try database.execute(
            sql: endCopies, arguments: ["organisation": organisation.id.rawValue, "number": number])
    }

    static func restore(
        _ mailbox: MailboxID, _ number: String, _ organisation: Organisation, _ database: Database
    ) throws {
        if let holder = try MailboxRow.all(MailboxRow.byNumber, [organisation.domain, number], database).first {
            throw StoreError.numberHeld(number, domain: organisation.domain, by: holder.name ?? "another mailbox")
        }
        let list = try Row.fetchOne(database, sql: ListRow.byNumber, arguments: [organisation.id.rawValue, number])
        if let list = list.map(DistributionList.init(row:)) {
            throw StoreError.numberHeld(number, domain: organisation.domain, by: "the list \(list.name)")
        }
        try database.execute(sql: "UPDATE mailbox SET removedAt = NULL WHERE id = ?", arguments: [mailbox.rawValue])
    }
}
