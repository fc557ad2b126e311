// One message made of recordings that are there already: what is forwarded, sent or copied (B6, C5, C6). The mailbox
// decides by its own quota and settings, in the transaction that it is made in.

import Foundation
import GRDB

/// One codec's bytes as another's.
typealias Transcoding = @Sendable ([UInt8], StoredEncoding, StoredEncoding) -> [UInt8]

enum LetterRow {
    struct Letter {
        var parts: [RecordingID]
        /// Where the parts are.
        var source: MailboxID
        var sender: MailboxID?
        var callerNumber: String?
        var callerName: String?
        var urgent: Bool
        /// Seconds since 1970.
        var receivedAt: Double
    }
    private struct Part {
        var id: RecordingID
        var encoding: StoredEncoding
        var bytes: Int
        var isDeleted: Bool
    }

    static let partByID = """
        SELECT encoding, bytes, state = 'deleted' AS isDeleted FROM recording
        WHERE id = ? AND mailbox = ? AND (purpose = 'draft' OR state NOT IN ('open', 'current'))
        """

    /// The same message for each of these mailboxes; one that is named twice gets it once.
    static func copy(
        _ message: RecordingID, to targets: [MailboxID], transcode: Transcoding, _ database: Database
    ) throws -> [Delivery] {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT mailbox, sender, callerNumber, callerName, urgent, receivedAt FROM recording
                    WHERE id = ? AND purpose = 'message'
                    """), arguments: [message.rawValue])
        guard let row else { return [] }
        let source = MailboxID(rawValue: row["mailbox"])
        let letter = Letter(
            parts: [message], source: source, sender: (row["sender"] as Int64?).map(MailboxID.init(rawValue:)),
            callerNumber: row["callerNumber"], callerName: row["callerName"], urgent: row["urgent"],
            receivedAt: row["receivedAt"])
        var done: [MailboxID: Delivery] = [source: .delivered(message)]
        return try targets.map { target in
            if let delivery = done[target] { return delivery }
            let delivery = try deliver(letter, to: target, transcode: transcode, database)
            done[target] = delivery
            return delivery
        }
    }

    static func deliver(
        _ letter: Letter, to target: MailboxID, transcode: Transcoding, _ database: Database
    ) throws -> Delivery {
        if let refusal = try refusal(of: target, source: letter.source, database) { return refusal }
        let parts = try letter.parts.compactMap { try part($0, in: letter.source, database) }
        guard let encoding = parts.last?.encoding, parts.count == letter.parts.count else { return .gone }
        let bytes = parts.reduce(0) { $0 + $1.bytes }
        // A deleted message that is being sent to its own mailbox cannot give way to itself.
        let needed = target != letter.source ? 0 : parts.reduce(0) { $0 + ($1.isDeleted ? $1.bytes : 0) }
        guard try MailboxRow.space(of: target, database).available - needed >= bytes else { return .mailboxFull }
        _ = try RecordingRow.makeRoom(bytes, in: target, sparing: letter.parts, database)
        var new = NewRecording(
            mailbox: target, purpose: .message(callerNumber: letter.callerNumber, callerName: letter.callerName),
            encoding: encoding)
        new.sender = letter.sender
        let id = try RecordingRow.insert(new, at: letter.receivedAt, database)
        var start = 0
        for part in parts {
            try append(part, to: id, at: start, as: encoding, transcode, database)
            start += part.bytes
        }
        try database.cachedStatement(sql: "UPDATE recording SET state = 'new', urgent = ? WHERE id = ?")
            .execute(arguments: [letter.urgent, id.rawValue])
        return .delivered(id)
    }

    private static func refusal(
        of target: MailboxID, source: MailboxID, _ database: Database
    ) throws -> Delivery? {
        do {
            guard let mailbox = try MailboxRow.find(target, database),
                try MailboxRow.organisation(of: source, database) == mailbox.organisation
            else { return .noSuchMailbox }
            return mailbox.takesMessages ? nil : .takesNoMessages
        } catch StoreError.brokenSettings {
            // Nobody knows what this mailbox takes, and the others must not wait for it.
            return .takesNoMessages
        }
    }

    private static func part(_ id: RecordingID, in mailbox: MailboxID, _ database: Database) throws -> Part? {
        let statement = try database.cachedStatement(sql: partByID)
        return try Row.fetchOne(statement, arguments: [id.rawValue, mailbox.rawValue]).map { row in
            Part(id: id, encoding: try row.value("encoding"), bytes: row["bytes"], isDeleted: row["isDeleted"])
        }
    }

    private static func append(
        _ part: Part, to id: RecordingID, at start: Int, as encoding: StoredEncoding, _ transcode: Transcoding,
        _ database: Database
    ) throws {
        if part.encoding == encoding {
            return try database.cachedStatement(
                sql: "INSERT INTO chunk (recording, start, audio) SELECT ?, start + ?, audio FROM chunk "
                    + "WHERE recording = ? ORDER BY start"
            ).execute(arguments: [id.rawValue, start, part.id.rawValue])
        }
        let insert = try database.cachedStatement(sql: "INSERT INTO chunk (recording, start, audio) VALUES (?, ?, ?)")
        let chunks = try Row.fetchCursor(
            database.cachedStatement(sql: RecordingRow.audio), arguments: [part.id.rawValue, 0, part.bytes])
        while let chunk = try chunks.next() {
            let audio = transcode(Array(chunk["audio"] as Data), part.encoding, encoding)
            try insert.execute(arguments: [id.rawValue, start + chunk["start"], Data(audio)])
        }
    }
}
