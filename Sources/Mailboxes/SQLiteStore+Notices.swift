// The queue of notices: read in order, taken out when sent.

import Foundation
import GRDB

extension SQLiteStore {
    /// An organisation's notices, oldest first.
    /// - Throws: `StoreError.unknownDomain`.
    public func notices(domain: String) async throws -> [Notice] {
        try await door.read { database in
            let organisation = try OrganisationRow.require(domain: domain.lowercased(), database)
            return try Row.fetchAll(database, sql: NoticeRow.ofOrganisation, arguments: [organisation.id.rawValue])
                .map(Notice.init(row:))
        }
    }

    /// The PIN that a notice carries; nil when it carries none, or the key that it was sealed with is lost.
    public func pin(ofNotice id: Int64) async throws -> String? {
        try await door.read { [key] database in
            let row = try Row.fetchOne(
                database, sql: "SELECT mailbox, sealedPIN FROM notice WHERE id = ?", arguments: [id])
            guard let mailbox = row?["mailbox"] as Int64?, let sealed = row?["sealedPIN"] as Data? else { return nil }
            return key.open(sealed, of: MailboxID(rawValue: mailbox))
        }
    }

    /// - Returns: false when there is none of that id.
    public func removeNotice(_ id: Int64) async throws -> Bool {
        try await door.write { database in
            try database.execute(sql: "DELETE FROM notice WHERE id = ?", arguments: [id])
            return database.changesCount > 0
        }
    }
}

/// The `notice` table.
enum NoticeRow {
    static let ofOrganisation = """
        SELECT id, organisation, mailbox, kind, addresses, detail, sealedPIN IS NOT NULL AS hasPIN, createdAt
        FROM notice WHERE organisation = ? ORDER BY id
        """

    static func queue(
        _ kind: Notice.Kind, to mailbox: MailboxID, detail: String? = nil, sealedPIN: Data? = nil, at now: Double,
        _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO notice (organisation, mailbox, kind, addresses, detail, sealedPIN, createdAt)
                SELECT organisation, id, ?, coalesce(json_extract(settings, '$.emails'), '[]'), ?, ?, ?
                FROM mailbox WHERE id = ?
                """,
            arguments: [kind.rawValue, detail, sealedPIN, now, mailbox.rawValue])
    }
}

extension Notice {
    init(row: Row) throws(StoreError) {
        let addresses = try? JSONDecoder().decode([String].self, from: Data((row["addresses"] as String).utf8))
        self.init(
            id: row["id"], organisation: OrganisationID(rawValue: row["organisation"]),
            mailbox: (row["mailbox"] as Int64?).map(MailboxID.init(rawValue:)), kind: try row.value("kind"),
            addresses: addresses ?? [], detail: row["detail"], hasPIN: row["hasPIN"], createdAt: row["createdAt"])
    }
}
