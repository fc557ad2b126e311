import GRDB
import Testing

@testable import Mailboxes

@Suite("Quotas (B4)")
struct QuotaTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("fifty callers into a nearly full box: full to the byte, each told what fitted, nothing that fitted lost")
    func fiftyCallers() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 1_000_000)
        _ = try await store.record(audio(654_321), in: mailbox)
        let accepted = try await withThrowingTaskGroup(of: (RecordingID, [UInt8]).self) { group in
            for caller in 0..<50 {
                group.addTask {
                    let recording = try await store.openRecording(.message(in: mailbox))
                    var kept: [UInt8] = []
                    for second in 0..<10 {
                        let chunk = audio(8_000, seed: caller * 100 + second)
                        let count = try await recording.append(chunk)
                        kept += chunk.prefix(count)
                        if count < chunk.count { break }
                        try await store.tick()
                    }
                    try await recording.keep(urgent: false)
                    return (recording.id, kept)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(accepted.count == 50)
        #expect(accepted.values.reduce(0) { $0 + $1.count } == 1_000_000 - 654_321)
        #expect(try await store.used(mailbox) == 1_000_000)
        #expect(try await store.room(in: mailbox) == 0)
        for (id, bytes) in accepted { #expect(try await store.audio(of: id, in: 0..<1_000_000) == bytes) }
        #expect(try await store.counts(of: mailbox).new == 51)
        try await store.audit()
    }

    @Test("the chunk that fills the box is cut to the byte, and nothing fits after it")
    func cutToTheByte() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 10_001)
        let recording = try await store.openRecording(.message(in: mailbox))
        #expect(try await recording.append(audio(8_000)) == 8_000)
        #expect(try await recording.append(audio(8_000)) == 2_001)
        #expect(try await recording.append(audio(1)) == 0)
        try await recording.keep(urgent: false)
        #expect(try await store.used(mailbox) == 10_001)
        try await store.audit()
    }

    @Test("room made by a purge while a recording is open is found at once")
    func purgedMeanwhile() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 16_000)
        let old = try await store.record(audio(8_000), in: mailbox)
        let recording = try await store.openRecording(.message(in: mailbox))
        #expect(try await recording.append(audio(8_000)) == 8_000)
        let tool = try await scratch.open(access: .administration)
        #expect(try await tool.purge(old, of: mailbox))
        #expect(try await recording.append(audio(8_000)) == 8_000)
        #expect(try await recording.append(audio(8_000)) == 0)
        try await recording.keep(urgent: false)
        try await store.audit()
    }

    @Test("deleted messages make room for a recording, oldest deletion first, and no more of them than needed")
    func deletedGiveWay() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 30_000)
        var ids: [RecordingID] = []
        for _ in 0..<3 { ids.append(try await store.record(audio(10_000), in: mailbox)) }
        for id in [ids[1], ids[0]] {
            #expect(try await store.move(id, of: mailbox, to: .deleted))
            scratch.clock.advance(1)
        }
        #expect(try await store.room(in: mailbox) == 20_000)
        let recording = try await store.openRecording(.message(in: mailbox))
        #expect(try await recording.append(audio(8_000)) == 8_000)
        #expect(try await store.messages(in: .deleted, of: mailbox).count == 2)
        try await store.tick()
        #expect(try await store.messages(in: .deleted, of: mailbox).map(\.id) == [ids[0]])
        #expect(try await recording.append(audio(8_000)) == 8_000)
        #expect(try await recording.append(audio(8_000)) == 4_000)
        try await recording.keep(urgent: false)
        #expect(try await store.messages(in: .deleted, of: mailbox).isEmpty)
        #expect(try await store.used(mailbox) == 30_000)
        try await store.audit()
    }

    @Test("a quota lowered while callers record holds; the recorder is told with its next append")
    func loweredMeanwhile() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 100_000)
        let recording = try await store.openRecording(.message(in: mailbox))
        #expect(try await recording.append(audio(8_000)) == 8_000)
        try await store.tick()
        #expect(try await recording.append(audio(8_000, seed: 1)) == 8_000)
        try await store.setQuota(10_000, of: mailbox)
        try await store.tick()
        #expect(try await recording.append(audio(8_000)) == 0)
        try await recording.keep(urgent: false)
        #expect(try await store.audio(of: recording.id, in: 0..<20_000) == audio(8_000) + audio(2_000, seed: 1))
        #expect(try await store.used(mailbox) == 10_000)
        try await store.audit()
    }

    @Test("a quota below what is held is refused, unless deleted messages can give way")
    func quotaBelowUse() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 50_000)
        let gone = try await store.record(audio(20_000), in: mailbox)
        _ = try await store.record(audio(20_000), in: mailbox)
        await #expect(throws: StoreError.quotaBelowUse(quota: 30_000, used: 40_000)) {
            try await store.setQuota(30_000, of: mailbox)
        }
        #expect(try await store.move(gone, of: mailbox, to: .deleted))
        try await store.setQuota(30_000, of: mailbox)
        #expect(try await store.message(gone) == nil)
        #expect(try await store.room(in: mailbox) == 10_000)
        await #expect(throws: StoreError.quotaBelowUse(quota: 0, used: 20_000)) {
            try await store.setQuota(0, of: mailbox)
        }
        try await store.audit()
    }

    @Test("the table itself refuses a byte over the quota")
    func constraint() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 10)
        let recording = try await store.openRecording(.message(in: mailbox))
        await #expect(throws: StoreError.self) {
            try await store.door.write {
                try $0.execute(
                    sql: "INSERT INTO chunk (recording, start, audio) VALUES (?, 0, zeroblob(11))",
                    arguments: [recording.id.rawValue])
            }
        }
        try await store.audit()
    }
}
