import GRDB
import Testing

@testable import Mailboxes

@Suite("Cutting recordings short, and takes that replace each other (B2, B3, B5)")
struct TakeTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func take(
        _ bytes: [UInt8], of store: SQLiteStore, in mailbox: MailboxID, replacing earlier: (any OpenRecording)? = nil,
        _ purpose: NewRecording.Purpose = .message(callerNumber: "555", callerName: nil)
    ) async throws -> any OpenRecording {
        var new = NewRecording(mailbox: mailbox, purpose: purpose, encoding: .pcmu)
        new.replaces = earlier?.id
        let take = try await store.openRecording(new)
        for start in stride(from: 0, to: bytes.count, by: 8_000) {
            _ = try await take.append(Array(bytes[start..<min(start + 8_000, bytes.count)]))
            try await store.tick()
        }
        return take
    }

    @Test(
        "cut at any byte, what is left is whole, the bytes are given back, and more goes behind it",
        arguments: [
            0, 1, 7_999, 8_000, 8_001, 15_000, 19_999, 20_000, 20_001, -5,
        ])
    func trim(to bytes: Int) async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let whole = audio(20_000)
        let recording = try await take(Array(whole.prefix(16_000)), of: store, in: mailbox)
        _ = try await recording.append(Array(whole[16_000...]))
        try await recording.trim(to: bytes)
        let left = Array(whole.prefix(max(0, bytes)))
        #expect(try await store.used(mailbox) == left.count)
        #expect(try await store.room(in: mailbox) == 10_000_000 - left.count)
        try await store.audit()
        _ = try await recording.append(audio(5_000, seed: 1))
        try await recording.keep(urgent: false)
        #expect(try await store.audio(of: recording.id, in: 0..<99_999) == left + audio(5_000, seed: 1))
        await #expect(throws: StoreError.recordingEnded(recording.id)) { try await recording.trim(to: 0) }
        try await store.audit()
    }

    @Test("a recording that the quota cut off goes on after it was shortened, to the byte")
    func trimMakesRoom() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 20_000)
        let recording = try await store.openRecording(.message(in: mailbox))
        #expect(try await recording.append(audio(15_000)) == 15_000)
        #expect(try await recording.append(audio(15_000)) == 5_000)
        #expect(try await recording.append(audio(1)) == 0)
        try await recording.trim(to: 12_000)
        #expect(try await recording.append(audio(9_000)) == 8_000)
        try await recording.keep(urgent: false)
        #expect(try await store.used(mailbox) == 20_000)
        try await store.audit()
    }

    @Test("the audio of a message cannot be changed in its table, and a recording that is gone cannot be cut")
    func guards() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let recording = try await take(audio(8_000), of: store, in: mailbox)
        await #expect(throws: StoreError.self) {
            try await store.door.write { try $0.execute(sql: "UPDATE chunk SET audio = zeroblob(5)") }
        }
        try await store.door.write { try $0.execute(sql: "DELETE FROM recording") }
        await #expect(throws: StoreError.recordingGone(recording.id)) { try await recording.trim(to: 5) }
    }

    @Test("keeping a take removes the ones before it in the same transaction; they count until then")
    func replace() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let first = try await take(audio(20_000), of: store, in: mailbox)
        let second = try await take(audio(18_000), of: store, in: mailbox, replacing: first)
        let third = try await take(audio(16_000), of: store, in: mailbox, replacing: second)
        #expect(try await store.used(mailbox) == 54_000)
        try await third.keep(urgent: false)
        #expect(try await store.messages(in: .new, of: mailbox).map(\.id) == [third.id])
        #expect(try await store.used(mailbox) == 16_000)
        await #expect(throws: StoreError.recordingGone(first.id)) { try await first.keep(urgent: false) }
        try await second.discard()
        #expect(try await store.counts(of: mailbox).new == 1)
        try await store.audit()
    }

    @Test("discarding a take leaves the one before it; discarding that one lets the last replace the first")
    func discarded() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let first = try await take(audio(20_000), of: store, in: mailbox)
        let second = try await take(audio(18_000), of: store, in: mailbox, replacing: first)
        let third = try await take(audio(16_000), of: store, in: mailbox, replacing: second)
        try await second.discard()
        #expect(try await store.used(mailbox) == 36_000)
        try await third.keep(urgent: false)
        #expect(try await store.used(mailbox) == 16_000)
        let fourth = try await take(audio(17_000), of: store, in: mailbox)
        let fifth = try await take(audio(15_000), of: store, in: mailbox, replacing: fourth)
        try await fifth.discard()
        try await fourth.keep(urgent: true)
        #expect(try await store.messages(in: .new, of: mailbox).map(\.id) == [fourth.id, third.id])
        try await store.audit()
    }

    @Test(
        "after a crash one of the takes is delivered: the last that is long enough",
        arguments: [
            ([20_000, 18_000], 1), ([20_000, 15_999], 0), ([20_000, 16_000, 15_000], 1), ([15_000, 14_000], nil),
            ([20_000, 100, 17_000], 2), ([20_000, 100, 100], 0),
        ] as [([Int], Int?)])
    func crash(lengths: [Int], delivered: Int?) async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        var takes: [any OpenRecording] = []
        for (index, length) in lengths.enumerated() {
            takes.append(try await take(audio(length, seed: index), of: store, in: mailbox, replacing: takes.last))
        }
        try scratch.crash(to: "crashed.sqlite")
        for _ in 0..<2 {
            let after = try await scratch.open("crashed.sqlite")
            let messages = try await after.messages(in: .new, of: mailbox)
            #expect(messages.map(\.id) == (delivered.map { [takes[$0].id] } ?? []))
            if let delivered {
                #expect(
                    try await after.audio(of: takes[delivered].id, in: 0..<99_999)
                        == audio(lengths[delivered], seed: delivered))
            }
            #expect(try await after.used(mailbox) == delivered.map { lengths[$0] } ?? 0)
            try await after.audit()
            try await after.close()
        }
    }

    @Test("a take that was kept is the one, whatever a later one would have become; after a crash too")
    func earlierKept() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let first = try await take(audio(20_000), of: store, in: mailbox)
        let second = try await take(audio(18_000), of: store, in: mailbox, replacing: first)
        let third = try await take(audio(18_000), of: store, in: mailbox, replacing: second)
        try await first.keep(urgent: false)
        try scratch.crash(to: "crashed.sqlite")
        let after = try await scratch.open("crashed.sqlite")
        #expect(try await after.messages(in: .new, of: mailbox).map(\.id) == [first.id])
        #expect(try await after.used(mailbox) == 20_000)
        try await third.discard()
    }

    @Test("takes that a call let go of are decided together, the later first", .timeLimit(.minutes(1)))
    func dropped() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        var first: (any OpenRecording)? = try await take(audio(20_000), of: store, in: mailbox)
        var second: (any OpenRecording)? = try await take(audio(17_000), of: store, in: mailbox, replacing: first)
        let last = try #require(second).id
        // The first alone is let go of: it waits for what becomes of the second.
        let writer = try #require(store.writer)
        await writer.abandon(try #require(first).id)
        first = nil
        for _ in 0..<3 { try await store.tick() }
        #expect(try await store.counts(of: mailbox).new == 0)
        #expect(try await store.used(mailbox) == 37_000)
        await writer.abandon(last)
        second = nil
        for _ in 0..<2 { try await store.tick() }
        #expect(try await store.messages(in: .new, of: mailbox).map(\.id) == [last])
        #expect(try await store.used(mailbox) == 17_000)
        try await store.audit()
    }

    @Test("what is replaced must be open in the same mailbox; anything else stays as it is")
    func strangers() async throws {
        let store = try await scratch.open()
        let (mine, other) = (try await store.sampleMailbox(), try await store.sampleMailbox("101"))
        let theirs = try await take(audio(20_000), of: store, in: other)
        let kept = try await take(audio(20_000), of: store, in: mine)
        try await kept.keep(urgent: false)
        for earlier in [theirs, kept] {
            try await take(audio(100), of: store, in: mine, replacing: earlier).keep(urgent: false)
        }
        #expect(try await store.counts(of: mine).new == 3)
        try await theirs.keep(urgent: false)
        #expect(try await store.counts(of: other).new == 1)
    }

    @Test("a draft is never a message: it cannot be kept, and a crash removes it (C5, C6)")
    func drafts() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let draft = try await take(audio(30_000), of: store, in: mailbox, .draft)
        await #expect(throws: StoreError.draftIsNotKept(draft.id)) { try await draft.keep(urgent: false) }
        #expect(try await store.used(mailbox) == 30_000)
        #expect(try await store.message(draft.id) == nil)
        try scratch.crash(to: "crashed.sqlite")
        let after = try await scratch.open("crashed.sqlite")
        #expect(try await after.counts(of: mailbox) == MessageCounts())
        #expect(try await after.used(mailbox) == 0)
        try await draft.discard()
        try await store.audit()
    }
}
