// Recordings: messages, greetings and names are made, and all stored audio is read, through here (B4, B5).

import Foundation
import GRDB

extension SQLiteStore {
    /// Deleted messages count as room: they give way to a recording. What open recordings have been promised
    /// does not.
    public func room(in mailbox: MailboxID) async throws -> Int {
        let available = try door.lookUp { try MailboxRow.space(of: mailbox, $0).available }
        return max(0, available - (await writer?.promised(in: mailbox) ?? 0))
    }

    /// - Throws: `StoreError.unknownMailbox`, `.tooManyRecordings`, `.diskFull`, `.notServing`.
    public func openRecording(_ new: NewRecording) async throws -> any OpenRecording {
        guard let writer else { throw StoreError.notServing }
        return SQLiteRecording(id: try await writer.open(new), writer: writer)
    }

    /// Bytes that are looked up while the caller waits, as a call does that plays them; more is for another thread.
    fileprivate static var mostAtOnce: Int { 65_536 }

    /// Of an open recording too: what was appended before the call is there. Empty behind the end, and when the
    /// recording is gone.
    public func audio(of recording: RecordingID, in range: Range<Int>) async throws -> [UInt8] {
        try await writer?.flush(recording)
        guard range.count > Self.mostAtOnce else {
            return try door.lookUp { try RecordingRow.audio(of: recording, in: range, $0) }
        }
        return try await door.read { try RecordingRow.audio(of: recording, in: range, $0) }
    }
}

extension RecordingRow {
    fileprivate static func audio(
        of recording: RecordingID, in range: Range<Int>, _ database: Database
    ) throws -> [UInt8] {
        let lower = max(0, range.lowerBound)
        let first = try Int.fetchOne(
            database.cachedStatement(sql: chunkHolding), arguments: [recording.rawValue, lower])
        guard let first, lower < range.upperBound else { return [] }
        var audio: [UInt8] = []
        // What is played piece by piece lies in memory for as long as it plays: no more than it needs.
        audio.reserveCapacity(min(range.upperBound - lower, SQLiteStore.mostAtOnce))
        let chunks = try Row.fetchCursor(
            database.cachedStatement(sql: Self.audio), arguments: [recording.rawValue, first, range.upperBound])
        while let chunk = try chunks.next() {
            let start: Int = chunk["start"]
            let bytes: Data = chunk["audio"]
            audio += bytes.dropFirst(max(0, lower - start)).prefix(range.upperBound - max(start, lower))
        }
        return audio
    }
}

/// A recording being made. Dropped without an end, it ends as it would after a crash.
final class SQLiteRecording: OpenRecording {
    let id: RecordingID
    private let writer: RecordingWriter

    init(id: RecordingID, writer: RecordingWriter) {
        self.id = id
        self.writer = writer
    }

    deinit {
        Task { [id, writer] in await writer.abandon(id) }
    }

    func append(_ audio: [UInt8]) async throws -> Int {
        try await writer.append(audio, to: id)
    }

    func trim(to bytes: Int) async throws {
        try await writer.trim(id, to: bytes)
    }

    func keep(urgent: Bool) async throws -> [Delivery] {
        try await writer.end(id, .keep(urgent: urgent))
    }

    func discard() async throws {
        _ = try await writer.end(id, .discard)
    }
}
