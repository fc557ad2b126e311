// The rows of recordings in the making and of their audio. Every byte of audio comes in through `append`, which
// asks for the room in the same transaction; the CHECK constraint of `mailbox` is behind it.

import Foundation
import GRDB

enum RecordingRow {
    static let findGreeting = """
        SELECT id, mailbox, purpose, encoding, bytes FROM recording
        WHERE mailbox = ? AND purpose = ? AND state = 'current'
        """
    static let greetings = """
        SELECT id, mailbox, purpose, encoding, bytes FROM recording WHERE mailbox = ? AND state = 'current'
        """
    static let deleteGreeting = "DELETE FROM recording WHERE mailbox = ? AND purpose = ? AND state = 'current'"
    static let audio = "SELECT start, audio FROM chunk WHERE recording = ? AND start >= ? AND start < ? ORDER BY start"
    static let chunkHolding = "SELECT max(start) FROM chunk WHERE recording = ? AND start <= ?"
    static let oldestDeleted = """
        SELECT id FROM recording WHERE mailbox = ? AND state = 'deleted'
            AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY deletedAt, id LIMIT 1
        """

    /// What it replaces must be open in the same mailbox; else there is nothing to stand in for.
    static func insert(_ new: NewRecording, at now: Double, _ database: Database) throws -> RecordingID {
        var caller: (number: String?, name: String?) = (nil, nil)
        if case .message(let number, let name) = new.purpose { caller = (number, name) }
        let replaces = try new.replaces.flatMap { id in
            try mailboxOfOpen(id, database) == new.mailbox ? id.rawValue : nil
        }
        let copies =
            new.copies.isEmpty ? nil : "[" + new.copies.map { String($0.rawValue) }.joined(separator: ",") + "]"
        try database.cachedStatement(
            sql: """
                INSERT INTO recording (mailbox, purpose, callerNumber, callerName, sender, receivedAt, encoding, copies,
                    replaces)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            new.mailbox.rawValue, new.purpose.column, caller.number.map { String($0.prefix(256)) },
            caller.name.map { String($0.prefix(256)) }, new.sender?.rawValue, now, new.encoding.rawValue, copies,
            replaces,
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
    /// - Parameter spared: messages that are being copied from.
    /// - Returns: the free bytes.
    static func makeRoom(
        _ count: Int, in mailbox: MailboxID, sparing spared: [RecordingID] = [], _ database: Database
    ) throws -> Int {
        let free = try database.cachedStatement(sql: "SELECT quota - used FROM mailbox WHERE id = ?")
        let oldest = try database.cachedStatement(sql: oldestDeleted)
        let isSpared = "[" + spared.map { String($0.rawValue) }.joined(separator: ",") + "]"
        while true {
            let bytes = try Int.fetchOne(free, arguments: [mailbox.rawValue]) ?? 0
            guard bytes < count, let id = try Int64.fetchOne(oldest, arguments: [mailbox.rawValue, isSpared]) else {
                return bytes
            }
            try database.execute(sql: "DELETE FROM recording WHERE id = ?", arguments: [id])
        }
    }

    /// Delivers an open recording: a message becomes new, also in the mailboxes it is copied to; a greeting takes the
    /// place of the one before it. The takes that it replaces are gone.
    /// - Returns: what came of the copies; nil when there is no such open recording, or it is a draft.
    static func keep(
        _ id: RecordingID, urgent: Bool, transcode: Transcoding, _ database: Database
    ) throws -> [Delivery]? {
        let copies = try database.cachedStatement(
            sql: "SELECT coalesce(copies, '[]') FROM recording WHERE id = ? AND state = 'open' AND purpose <> 'draft'")
        guard let copies = try String.fetchOne(copies, arguments: [id.rawValue]) else { return nil }
        try database.cachedStatement(
            sql: "DELETE FROM recording WHERE id IN (\(replacedBy)) AND state = 'open'"
        ).execute(arguments: [id.rawValue])
        try database.cachedStatement(
            sql: """
                DELETE FROM recording WHERE state = 'current' AND (mailbox, purpose) =
                    (SELECT mailbox, purpose FROM recording WHERE id = ? AND state = 'open')
                """
        ).execute(arguments: [id.rawValue])
        try database.cachedStatement(
            sql: """
                UPDATE recording SET state = iif(purpose = 'message', 'new', 'current'), urgent = ?,
                    copies = NULL, replaces = NULL
                WHERE id = ? AND state = 'open'
                """
        ).execute(arguments: [urgent, id.rawValue])
        if copies == "[]" { return [] }
        let targets = try Int64.fetchAll(
            database.cachedStatement(sql: "SELECT value FROM json_each(?)"), arguments: [copies])
        return try LetterRow.copy(id, to: targets.map(MailboxID.init(rawValue:)), transcode: transcode, database)
    }

    /// The takes that a recording stands in for, and those that they did.
    private static let replacedBy = """
        WITH RECURSIVE earlier (id) AS (
            SELECT replaces FROM recording WHERE id = ? AND replaces IS NOT NULL
            UNION SELECT r.replaces FROM recording r JOIN earlier e ON r.id = e.id WHERE r.replaces IS NOT NULL
        ) SELECT id FROM earlier
        """

    /// What stood behind it stands behind what replaces it.
    static func discard(_ id: RecordingID, _ database: Database) throws {
        guard try isOpen(id, database) else { return }
        try database.cachedStatement(
            sql: "UPDATE recording SET replaces = (SELECT replaces FROM recording WHERE id = ?1) WHERE replaces = ?1"
        ).execute(arguments: [id.rawValue])
        try database.cachedStatement(sql: "DELETE FROM recording WHERE id = ? AND state = 'open'")
            .execute(arguments: [id.rawValue])
    }

    /// Cuts off everything from this byte on. A chunk is never changed: the last one is put there anew, shorter.
    /// - Returns: false when there is no such open recording.
    static func trim(_ id: RecordingID, to bytes: Int, _ database: Database) throws -> Bool {
        guard try isOpen(id, database) else { return false }
        let last = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT start, audio FROM chunk WHERE recording = ? AND start < ? ORDER BY start DESC LIMIT 1"),
            arguments: [id.rawValue, bytes])
        var cut = max(0, bytes)
        var rest = Data()
        if let last, last["start"] + (last["audio"] as Data).count > bytes {
            cut = last["start"]
            rest = (last["audio"] as Data).prefix(bytes - cut)
        }
        try database.cachedStatement(sql: "DELETE FROM chunk WHERE recording = ? AND start >= ?")
            .execute(arguments: [id.rawValue, cut])
        if !rest.isEmpty {
            try database.cachedStatement(sql: "INSERT INTO chunk (recording, start, audio) VALUES (?, ?, ?)")
                .execute(arguments: [id.rawValue, cut, rest])
        }
        return true
    }

    private static func mailboxOfOpen(_ id: RecordingID, _ database: Database) throws -> MailboxID? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT mailbox FROM recording WHERE id = ? AND state = 'open'"),
            arguments: [id.rawValue]
        ).map(MailboxID.init(rawValue:))
    }

    static func isOpen(_ id: RecordingID, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM recording WHERE id = ? AND state = 'open')"),
            arguments: [id.rawValue]) ?? false
    }

    /// What nobody will finish any more: delivers a message of at least `minimumBytes`, removes all else. Of takes that
    /// replace each other one is delivered, the last that is long enough, unless one of them has been already.
    /// - Returns: the copies; nil while another take is being made in its place, which decides about this one.
    static func recover(
        _ id: RecordingID, minimumBytes: Int, transcode: Transcoding, _ database: Database
    ) throws -> [Delivery]? {
        let row = try Row.fetchOne(database.cachedStatement(sql: recovery), arguments: [id.rawValue])
        guard let row else { return [] }
        if row["isReplaced"] { return nil }
        if row["isMessage"], row["bytes"] >= minimumBytes, !row["isDelivered"] {
            return try keep(id, urgent: false, transcode: transcode, database)
        }
        try discard(id, database)
        return []
    }

    static let recovery = """
        SELECT purpose = 'message' AS isMessage, bytes,
            EXISTS (SELECT 1 FROM recording WHERE replaces = r.id AND state = 'open') AS isReplaced,
            EXISTS (SELECT 1 FROM recording WHERE id IN (
                WITH RECURSIVE earlier (id) AS (
                    SELECT r.replaces
                    UNION SELECT t.replaces FROM recording t JOIN earlier e ON t.id = e.id
                ) SELECT id FROM earlier WHERE id IS NOT NULL) AND state <> 'open') AS isDelivered
        FROM recording r WHERE id = ? AND state = 'open'
        """

    /// Later takes first: they decide about those that they replace.
    static let leftOpen = "SELECT id FROM recording WHERE state = 'open' ORDER BY mailbox DESC, id DESC"

    /// After a crash, before anything new is recorded: every open recording is one that nobody makes any more.
    static func recoverAll(minimumBytes: Int, transcode: Transcoding, _ database: Database) throws -> Int {
        let left = try Int64.fetchAll(database, sql: leftOpen)
        for id in left {
            _ = try recover(RecordingID(rawValue: id), minimumBytes: minimumBytes, transcode: transcode, database)
        }
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
