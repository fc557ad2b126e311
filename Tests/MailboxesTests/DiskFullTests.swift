import GRDB
import Testing

@testable import Mailboxes

@Suite("A full disk (B5)")
struct DiskFullTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// No page more than there are now: SQLite answers SQLITE_FULL to what needs one.
    private func fill(_ store: SQLiteStore) async throws {
        try await store.door.serially { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
        }
    }

    private func allowMore(_ store: SQLiteStore) async throws {
        try await store.door.serially { _ = try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1000000") }
    }

    @Test("every recorder is told; what was committed is kept; reading and PINs go on; room helps at once")
    func fullAndBack() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let earlier = try await store.record(audio(64_000), in: mailbox)
        var recordings: [any OpenRecording] = []
        for _ in 0..<3 { recordings.append(try await store.openRecording(.message(in: mailbox))) }
        for recording in recordings { _ = try await recording.append(audio(8_000)) }
        try await store.tick()
        try await fill(store)
        for recording in recordings { #expect(try await recording.append(audio(8_000, seed: 1)) == 8_000) }
        try await store.tick()
        for recording in recordings {
            await #expect(throws: StoreError.diskFull) { _ = try await recording.append(audio(8_000)) }
        }
        // One ends now: it gets what was committed.
        try await recordings[0].keep(urgent: false)
        #expect(try await store.audio(of: recordings[0].id, in: 0..<99_999) == audio(8_000))
        #expect(try await store.audio(of: earlier, in: 0..<10) == audio(10))
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .accepted)
        // Another is taken back.
        try await recordings[1].discard()
        // Deleting makes room, and the third ends whole.
        #expect(try await store.purge(earlier, of: mailbox))
        try await recordings[2].keep(urgent: false)
        #expect(try await store.audio(of: recordings[2].id, in: 0..<99_999) == audio(8_000) + audio(8_000, seed: 1))
        #expect(try await store.used(mailbox) == 24_000)
        _ = try await store.record(audio(8_000), in: mailbox)
        try await store.audit()
    }

    @Test("a recording kept in vain, and dropped, is delivered once there is room")
    func keptInVain() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        var recording: (any OpenRecording)? = try await store.openRecording(.message(in: mailbox))
        _ = try await recording?.append(audio(8_000))
        try await store.tick()
        // Nothing can be written at all: another writer holds the log.
        try await store.door.serially { try $0.execute(sql: "PRAGMA query_only = ON") }
        await #expect(throws: StoreError.self) { try await recording?.keep(urgent: true) }
        recording = nil
        #expect(try await store.counts(of: mailbox).new == 0)
        try await store.door.serially { try $0.execute(sql: "PRAGMA query_only = OFF") }
        try await store.tick()
        #expect(try await store.counts(of: mailbox) == MessageCounts(new: 1, newUrgent: 1))
        try await store.tick()
        #expect(try await store.counts(of: mailbox).new == 1)
        try await store.audit()
    }

    @Test("no guessing for free: wrong PINs count while nothing can be written, and are written afterwards")
    func wrongPINs() async throws {
        var store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        try await store.door.serially { try $0.execute(sql: "PRAGMA query_only = ON") }
        for _ in 0..<4 { #expect(try await store.checkPIN("0000", of: mailbox, from: "192.0.2.1") == .wrong) }
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .accepted)
        for _ in 0..<5 { #expect(try await store.checkPIN("0000", of: mailbox, from: "192.0.2.2") == .wrong) }
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.3") == .locked(seconds: 60))
        try await store.door.serially { try $0.execute(sql: "PRAGMA query_only = OFF") }
        scratch.clock.advance(60)
        #expect(try await store.checkPIN("0000", of: mailbox, from: "192.0.2.3") == .wrong)
        try await store.close()
        store = try await scratch.open()
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.4") == .locked(seconds: 120))
    }

    @Test("an opening that cannot be written fails before the beep")
    func opening() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        try await store.door.serially { try $0.execute(sql: "PRAGMA query_only = ON") }
        await #expect(throws: StoreError.self) { _ = try await store.openRecording(.message(in: mailbox)) }
        try await store.door.serially { try $0.execute(sql: "PRAGMA query_only = OFF") }
        _ = try await store.record(audio(100), in: mailbox)
        try await allowMore(store)
    }
}
