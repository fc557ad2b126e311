// Messages in their folders. A deleted message still counts against the quota and can be had back until the
// retention has passed or a new recording needs its room, whichever comes first.

import GRDB

extension SQLiteStore {
    public func counts(of mailbox: MailboxID) async throws -> MessageCounts {
        try door.lookUp { database in
            guard try MailboxRow.exists(mailbox, database) else { return MessageCounts() }
            return try MessageRow.counts(of: mailbox, database)
        }
    }

    public func messages(in folder: Folder, of mailbox: MailboxID) async throws -> [Message] {
        try await door.read { database in
            guard let order = try MailboxRow.find(mailbox, database)?.settings.order else { return [] }
            let statement = try database.cachedStatement(sql: MessageRow.list)
            let messages = try Row.fetchAll(statement, arguments: [mailbox.rawValue, folder.rawValue])
                .map(Message.init(row:))
            switch order {
            case .oldestFirst: return messages
            case .newestFirst: return messages.filter(\.urgent).reversed() + messages.filter { !$0.urgent }.reversed()
            }
        }
    }

    public func message(_ id: RecordingID) async throws -> Message? {
        try door.lookUp { database in
            let statement = try database.cachedStatement(sql: MessageRow.byID)
            return try Row.fetchOne(statement, arguments: [id.rawValue]).map(Message.init(row:))
        }
    }

    public func move(_ message: RecordingID, of mailbox: MailboxID, to folder: Folder) async throws -> Bool {
        let now = options.now()
        return try await door.write { database in
            let statement = try database.cachedStatement(sql: MessageRow.move)
            try statement.execute(arguments: [
                "folder": folder.rawValue, "now": now, "id": message.rawValue, "mailbox": mailbox.rawValue,
            ])
            return database.changesCount > 0
        }
    }

    public func markHeard(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool {
        try await door.write { database in
            let statement = try database.cachedStatement(sql: MessageRow.markHeard)
            try statement.execute(arguments: [message.rawValue, mailbox.rawValue])
            return database.changesCount > 0
        }
    }

    public func undelete(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool {
        try await door.write { database in
            let statement = try database.cachedStatement(sql: MessageRow.undelete)
            try statement.execute(arguments: [message.rawValue, mailbox.rawValue])
            return database.changesCount > 0
        }
    }

    public func purge(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool {
        try await door.write { database in
            try database.execute(sql: MessageRow.purge, arguments: [message.rawValue, mailbox.rawValue])
            return database.changesCount > 0
        }
    }
}

/// The messages of the `recording` table.
enum MessageRow {
    static let counts = """
        SELECT count(*) FILTER (WHERE state = 'new') AS new,
            count(*) FILTER (WHERE state = 'new' AND urgent) AS newUrgent,
            count(*) FILTER (WHERE state = 'saved') AS saved,
            count(*) FILTER (WHERE state = 'saved' AND urgent) AS savedUrgent
        FROM recording WHERE mailbox = ? AND state IN ('new', 'saved')
        """
    private static let columns = """
        SELECT id, mailbox, state, urgent, callerNumber, callerName, sender, receivedAt, encoding, bytes FROM recording
        """
    private static let isMessage = "state NOT IN ('open', 'current')"
    private static let isInUse = "EXISTS (SELECT 1 FROM mailbox WHERE id = recording.mailbox AND removedAt IS NULL)"
    static let list = columns + " WHERE mailbox = ? AND state = ? ORDER BY urgent DESC, receivedAt, id"
    static let byID = columns + " WHERE id = ? AND \(isMessage) AND \(isInUse)"
    /// A message that is deleted twice keeps the time of the first, and the folder that it came from.
    static let move = """
        UPDATE recording SET state = :folder,
            deletedAt = CASE WHEN :folder = 'deleted' THEN coalesce(deletedAt, :now) END,
            deletedFrom = CASE WHEN :folder <> 'deleted' THEN NULL WHEN state = 'deleted' THEN deletedFrom ELSE state END
        WHERE id = :id AND mailbox = :mailbox AND \(isMessage) AND \(isInUse)
        """
    static let markHeard = """
        UPDATE recording SET state = 'saved' WHERE id = ? AND mailbox = ? AND state = 'new' AND \(isInUse)
        """
    /// One whose folder nobody wrote down becomes saved.
    static let undelete = """
        UPDATE recording SET deletedAt = NULL, deletedFrom = NULL,
            state = CASE WHEN state = 'deleted' THEN coalesce(deletedFrom, 'saved') ELSE state END
        WHERE id = ? AND mailbox = ? AND \(isMessage) AND \(isInUse)
        """
    static let purge = "DELETE FROM recording WHERE id = ? AND mailbox = ? AND \(isMessage)"

    static func counts(of mailbox: MailboxID, _ database: Database) throws -> MessageCounts {
        let statement = try database.cachedStatement(sql: counts)
        guard let row = try Row.fetchOne(statement, arguments: [mailbox.rawValue]) else { return MessageCounts() }
        return MessageCounts(
            new: row["new"], newUrgent: row["newUrgent"], saved: row["saved"], savedUrgent: row["savedUrgent"])
    }
}

extension Message {
    init(row: Row) throws(StoreError) {
        self.init(
            id: RecordingID(rawValue: row["id"]), mailbox: MailboxID(rawValue: row["mailbox"]),
            folder: try row.value("state"), urgent: row["urgent"], callerNumber: row["callerNumber"],
            callerName: row["callerName"], sender: (row["sender"] as Int64?).map(MailboxID.init(rawValue:)),
            receivedAt: row["receivedAt"], encoding: try row.value("encoding"),
            byteCount: row["bytes"])
    }
}
