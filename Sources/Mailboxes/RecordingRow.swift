// The rows of recordings in the making and of their audio. Every byte of audio comes in through `append`, which
// asks for the room in the same transaction; the CHECK constraint of `mailbox` is behind it.

import Foundation
import GRDB

enum RecordingRow {
    static let findGreeting = """
        SELECT id, mailbox, purpose, encoding, bytes FROM recording
        WHERE mailbox = ? AND purpose = ? AND state = 'current'
        """
    static let audio = "SELECT start, audio FROM chunk WHERE recording = ? AND start >= ? AND start < ? ORDER BY start"
    static let chunkHolding = "SELECT max(start) FROM chunk WHERE recording = ? AND start <= ?"
    static let oldestDeleted = """
        SELECT id FROM recording WHERE mailbox = ? AND state = 'deleted' ORDER BY deletedAt, id LIMIT 1
        """

    static func insert(_ new: NewRecording, at now: Double, _ database: Database) throws -> RecordingID {
        var caller: (number: String?, name: String?) = (nil, nil)
        if case .message(let number, let name) = new.purpose { caller = (number, name) }
        try database.cachedStatement(
            sql: """
                INSERT INTO recording (mailbox, purpose, callerNumber, callerName, sender, receivedAt, encoding)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            new.mailbox.rawValue, new.purpose.column, caller.number.map { String($0.prefix(256)) },
            caller.name.map { String($0.prefix(256)) }, new.sender?.rawValue, now, new.encoding.rawValue,
        ])
        return RecordingID(rawValue: database.lastInsertedRowID)
    }

    /// Puts as much of `audio` as the quota allows behind what is there.
    /// - Returns: how many bytes that was and how many are free after it; nil when there is no such open recording.
    static func append(
        _ audio: [UInt8], to id: RecordingID, of mailbox: MailboxID, _ database: Database
    ) throws -> (taken: Int, free: Int)? {
        let free = try makeRoom(audio.count, in: mailbox, database)
        let count = min(audio.count, free)
        guard count > 0 else { return try isOpen(id, database) ? (0, free) : nil }
        try database.cachedStatement(
            sql: "INSERT INTO chunk (recording, start, audio) "
                + "SELECT id, bytes, ? FROM recording WHERE id = ? AND state = 'open'"
        ).execute(arguments: [Data(audio.prefix(count)), id.rawValue])
        return database.changesCount > 0 ? (count, free - count) : nil
    }

    /// Removes deleted messages, oldest deletion first, until `count` bytes are free or none is left.
    /// - Returns: the free bytes.
    static func makeRoom(_ count: Int, in mailbox: MailboxID, _ database: Database) throws -> Int {
        let free = try database.cachedStatement(sql: "SELECT quota - used FROM mailbox WHERE id = ?")
        let oldest = try database.cachedStatement(sql: oldestDeleted)
        while true {
            let bytes = try Int.fetchOne(free, arguments: [mailbox.rawValue]) ?? 0
            guard bytes < count, let id = try Int64.fetchOne(oldest, arguments: [mailbox.rawValue]) else {
                return bytes
            }
            try database.execute(sql: "DELETE FROM recording WHERE id = ?", arguments: [id])
        }
    }

    /// Delivers an open recording: a message becomes new, a greeting takes the place of the one before it.
    /// - Returns: false when there is no such open recording.
    static func keep(_ id: RecordingID, urgent: Bool, _ database: Database) throws -> Bool {
        try database.cachedStatement(
            sql: """
                DELETE FROM recording WHERE state = 'current' AND (mailbox, purpose) =
                    (SELECT mailbox, purpose FROM recording WHERE id = ? AND state = 'open')
                """
        ).execute(arguments: [id.rawValue])
        try database.cachedStatement(
            sql: """
                UPDATE recording SET state = iif(purpose = 'message', 'new', 'current'), urgent = ?
                WHERE id = ? AND state = 'open'
                """
        ).execute(arguments: [urgent, id.rawValue])
        return database.changesCount > 0
    }

    static func discard(_ id: RecordingID, _ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM recording WHERE id = ? AND state = 'open'")
            .execute(arguments: [id.rawValue])
    }

    static func isOpen(_ id: RecordingID, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM recording WHERE id = ? AND state = 'open')"),
            arguments: [id.rawValue]) ?? false
    }

    /// What nobody will finish any more: delivers a message of at least `minimumBytes`, removes all else.
    static func recover(_ id: RecordingID, minimumBytes: Int, _ database: Database) throws {
        let isWorthIt = try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT purpose = 'message' AND bytes >= ? FROM recording WHERE id = ? AND state = 'open'"),
            arguments: [minimumBytes, id.rawValue])
        if isWorthIt == true { _ = try keep(id, urgent: false, database) } else { try discard(id, database) }
    }

    static let leftOpen = "SELECT id FROM recording WHERE state = 'open' ORDER BY mailbox, id"

    /// After a crash, before anything new is recorded: every open recording is one that nobody makes any more.
    static func recoverAll(minimumBytes: Int, _ database: Database) throws -> Int {
        let left = try Int64.fetchAll(database, sql: leftOpen)
        for id in left { try recover(RecordingID(rawValue: id), minimumBytes: minimumBytes, database) }
        return left.count
    }
}

extension NewRecording.Purpose {
    var column: String {
        switch self {
        case .message: "message"
        case .greeting(let kind): kind.rawValue
        case .draft: "draft"
        }
    }
}

extension Greeting {
    init(row: Row) throws(StoreError) {
        self.init(
            id: RecordingID(rawValue: row["id"]), mailbox: MailboxID(rawValue: row["mailbox"]),
            kind: try row.value("purpose"), encoding: try row.value("encoding"), byteCount: row["bytes"])
    }
}
