// Where an owner's call broke off (C12): one place a mailbox.

import GRDB

extension SQLiteStore {
    /// - Throws: `StoreError.unknownMailbox`.
    public func setBookmark(_ bookmark: Bookmark?, of mailbox: MailboxID) async throws {
        try await door.write { database in
            guard try MailboxRow.exists(mailbox, database) else { throw StoreError.unknownMailbox(mailbox) }
            guard let bookmark else {
                return try database.execute(
                    sql: "DELETE FROM bookmark WHERE mailbox = ?", arguments: [mailbox.rawValue])
            }
            try database.execute(
                sql: "INSERT OR REPLACE INTO bookmark (mailbox, message, folder, position, at) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    mailbox.rawValue, bookmark.message.rawValue, bookmark.folder.rawValue, bookmark.position,
                    bookmark.at,
                ])
        }
    }

    public func bookmark(of mailbox: MailboxID) async throws -> Bookmark? {
        try door.lookUp { database in
            guard try MailboxRow.exists(mailbox, database) else { return nil }
            let statement = try database.cachedStatement(sql: BookmarkRow.find)
            guard let row = try Row.fetchOne(statement, arguments: [mailbox.rawValue]) else { return nil }
            return Bookmark(
                message: RecordingID(rawValue: row["message"]), folder: try row.value("folder"),
                position: row["position"], at: row["at"])
        }
    }
}

/// The `bookmark` table.
enum BookmarkRow {
    static let find = "SELECT message, folder, position, at FROM bookmark WHERE mailbox = ?"
}
