// Changing settings: read, changed, checked and written in one transaction, so that two changes at once lose nothing.

import GRDB

extension SQLiteStore {
    /// - Throws: `StoreError.unknownMailbox`, `.badSetting`, `.badLanguage`, `.badTimeZone`.
    public func changeSettings(
        of mailbox: MailboxID, _ change: @escaping @Sendable (inout MailboxSettings) -> Void
    ) async throws -> Mailbox {
        try await door.write { database in
            var changed = try MailboxRow.require(mailbox, database)
            change(&changed.settings)
            try changed.settings.validate()
            if changed.settings.copies.contains(changed.number) {
                throw StoreError.badSetting("copies", reason: "\(changed.number) is the mailbox itself")
            }
            let document = try SettingsDocument.encode(changed.settings, of: "mailbox \(changed.number)")
            try database.execute(
                sql: "UPDATE mailbox SET settings = ? WHERE id = ?", arguments: [document, mailbox.rawValue])
            return try MailboxRow.require(mailbox, database)
        }
    }

    /// - Throws: `StoreError.unknownOrganisation`, `.badSetting`.
    public func changeSettings(
        of organisation: OrganisationID, _ change: @escaping @Sendable (inout OrganisationSettings) -> Void
    ) async throws -> Organisation {
        try await door.write { database in
            var changed = try OrganisationRow.require(organisation, database)
            change(&changed.settings)
            try changed.settings.validate()
            let document = try SettingsDocument.encode(changed.settings, of: changed.domain)
            try database.execute(
                sql: "UPDATE organisation SET settings = ? WHERE id = ?", arguments: [document, organisation.rawValue])
            return changed
        }
    }

    /// - Throws: `StoreError.unknownExtension`, `.badSetting`.
    public func changeSettings(
        of account: ExtensionID, _ change: @escaping @Sendable (inout ExtensionSettings) -> Void
    ) async throws -> Extension {
        try await door.write { database in
            guard var changed = try ExtensionRow.find(account, database) else {
                throw StoreError.unknownExtension(account)
            }
            change(&changed.settings)
            try changed.settings.validate()
            for number in changed.settings.alsoShows {
                let mailbox = try MailboxRow.all(MailboxRow.byNumber, [changed.domain, number], database).first
                guard let mailbox, mailbox.kind == .general, mailbox.id != changed.mailbox else {
                    throw StoreError.badSetting("also-shows", reason: "\(number) is no general mailbox besides its own")
                }
            }
            let document = try SettingsDocument.encode(changed.settings, of: "extension \(changed.number)")
            try database.execute(
                sql: "UPDATE extension SET settings = ? WHERE id = ?", arguments: [document, account.rawValue])
            return changed
        }
    }

    /// A general mailbox's name, or how a personal one is called instead of its extension's display name.
    /// - Throws: `StoreError.unknownMailbox`.
    public func setName(_ name: String?, of mailbox: MailboxID) async throws {
        try await door.write { database in
            _ = try MailboxRow.require(mailbox, database)
            try database.execute(
                sql: "UPDATE mailbox SET name = ? WHERE id = ?", arguments: [Spelling.name(name), mailbox.rawValue])
        }
    }

    /// What all of an organisation's mailboxes have in common, apart from its settings; nil leaves one as it is.
    /// - Throws: `StoreError.unknownOrganisation`, `.badLanguage`, `.badTimeZone`.
    public func change(
        _ organisation: OrganisationID, name: String? = nil, timeZone: String? = nil, language: String? = nil,
        digest: DigestAlgorithm? = nil
    ) async throws -> Organisation {
        let timeZone = try timeZone.map { text throws(StoreError) in try Spelling.timeZone(text) }
        let language = try language.map { text throws(StoreError) in try Spelling.language(text) }
        return try await door.write { database in
            try database.execute(
                sql: """
                    UPDATE organisation SET name = coalesce(?, name), timeZone = coalesce(?, timeZone),
                        language = coalesce(?, language), digest = coalesce(?, digest) WHERE id = ?
                    """,
                arguments: [name, timeZone, language, digest?.rawValue, organisation.rawValue])
            return try OrganisationRow.require(organisation, database)
        }
    }
}
