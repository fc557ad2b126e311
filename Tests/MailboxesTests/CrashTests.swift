import Foundation
import GRDB
import Glibc
import Testing

@testable import Mailboxes

@Suite("Crashes, restarts and other processes (B5)")
struct CrashTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("after a crash each of fifty recordings is one message with all that was committed, once")
    func fiftyOpenRecordings() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        var recordings: [any OpenRecording] = []
        for _ in 0..<50 { recordings.append(try await store.openRecording(.message(in: mailbox))) }
        for second in 0..<3 {
            for (caller, recording) in recordings.enumerated() {
                _ = try await recording.append(audio(8_000, seed: caller * 10 + second))
            }
            try await store.tick()
        }
        for recording in recordings { _ = try await recording.append(audio(8_000)) }
        try scratch.crash(to: "crashed.sqlite")

        for _ in 0..<2 {  // recovering a second time finds nothing to do
            let after = try await scratch.open("crashed.sqlite")
            let messages = try await after.messages(in: .new, of: mailbox)
            #expect(messages.map(\.id) == recordings.map(\.id))
            for (caller, message) in messages.enumerated() {
                let expected = (0..<3).flatMap { audio(8_000, seed: caller * 10 + $0) }
                #expect(try await after.audio(of: message.id, in: 0..<100_000) == expected)
            }
            #expect(try await after.counts(of: mailbox) == MessageCounts(new: 50))
            try await after.audit()
            try await after.close()
        }
    }

    @Test("a process killed while it records leaves the lock free and its message to be delivered")
    func killed() async throws {
        let path = scratch.path()
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            var options = SQLiteStoreOptions()
            options.commits = .byHand
            let store = try await SQLiteStore.open(path: path, options: options)
            let mailbox = try await store.sampleMailbox()
            let recording = try await store.openRecording(.message(in: mailbox))
            for second in 0..<3 {
                _ = try await recording.append(audio(8_000, seed: second))
                try await store.tick()
            }
            _ = try await recording.append(audio(8_000, seed: 3))
            kill(getpid(), SIGKILL)
        }
        let after = try await scratch.open()
        let mailbox = try #require(try await after.mailbox(number: "100", domain: "example.org"))
        let messages = try await after.messages(in: .new, of: mailbox.id)
        #expect(messages.map(\.byteCount) == [24_000])
        let expected = (0..<3).flatMap { audio(8_000, seed: $0) }
        for message in messages { #expect(try await after.audio(of: message.id, in: 0..<99_999) == expected) }
        try await after.audit()
    }

    @Test("what a crash cut too short, and an unfinished greeting, are removed; the greeting in use stays")
    func removedAfterCrash() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let inUse = try await store.openRecording(.greeting(.name, in: mailbox))
        _ = try await inUse.append(audio(100))
        try await inUse.keep(urgent: false)
        let open = [
            try await store.openRecording(.message(in: mailbox)), try await store.openRecording(.message(in: mailbox)),
            try await store.openRecording(.greeting(.name, in: mailbox)),
        ]
        for (recording, count) in zip(open, [15_999, 16_000, 40_000]) { _ = try await recording.append(audio(count)) }
        try await store.tick()
        try scratch.crash(to: "crashed.sqlite")
        let after = try await scratch.open("crashed.sqlite")
        #expect(try await after.messages(in: .new, of: mailbox).map(\.id) == [open[1].id])
        #expect(try await after.greeting(.name, of: mailbox)?.id == inUse.id)
        #expect(try await after.used(mailbox) == 16_100)
        try await after.audit()
    }

    @Test("a log cut off at any place opens, is consistent, and holds a prefix of each recording")
    func tornLog() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        try await store.door.serially { _ = try $0.checkpoint(.truncate) }
        let recording = try await store.openRecording(.message(in: mailbox))
        let bytes = audio(48_000)
        for start in stride(from: 0, to: 48_000, by: 8_000) {
            _ = try await recording.append(Array(bytes[start..<start + 8_000]))
            try await store.tick()
        }
        try await recording.keep(urgent: false)
        let size = try #require(FileManager.default.contents(atPath: scratch.path("store.sqlite-wal"))).count
        var lengths: [Int] = []
        for cut in stride(from: 0, through: size, by: 5_000) {
            try scratch.crash(to: "torn-\(cut).sqlite", walBytes: cut)
            let torn = try await scratch.open("torn-\(cut).sqlite")
            let messages = try await torn.messages(in: .new, of: mailbox)
            #expect(messages.count <= 1)
            if let message = messages.first {
                #expect(try await torn.audio(of: message.id, in: 0..<48_000) == Array(bytes.prefix(message.byteCount)))
                lengths.append(message.byteCount)
            }
            try await torn.audit()
            try await torn.close()
        }
        #expect(lengths == lengths.sorted() && lengths.contains(16_000) && lengths.last == 48_000)
    }

    @Test("closing commits what waits; the next start delivers it")
    func closing() async throws {
        var store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let recording = try await store.openRecording(.message(in: mailbox))
        _ = try await recording.append(audio(20_000))
        try await store.close()
        await #expect(throws: StoreError.closed) { _ = try await recording.append(audio(1)) }
        await #expect(throws: StoreError.closed) { _ = try await store.openRecording(.message(in: mailbox)) }
        await #expect(throws: StoreError.closed) { _ = try await store.counts(of: mailbox) }
        store = try await scratch.open()
        #expect(try await store.messages(in: .new, of: mailbox).map(\.byteCount) == [20_000])
    }

    @Test("one process serves; a second is refused; the command line works beside it and recovers nothing")
    func owners() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let path = scratch.path()
        await #expect(throws: StoreError.alreadyServed(path: path)) { _ = try await scratch.open() }
        let message = try await store.record(audio(100), in: mailbox)
        let recording = try await store.openRecording(.message(in: mailbox))
        _ = try await recording.append(audio(16_000))
        try await store.tick()

        let tool = try await scratch.open(access: .administration)
        #expect(try await tool.messages(in: .new, of: mailbox).map(\.id) == [message])
        await #expect(throws: StoreError.notServing) { _ = try await tool.openRecording(.message(in: mailbox)) }
        #expect(try await !tool.purge(recording.id, of: mailbox), "a recording in the making is no message")
        try await tool.close()
        try await recording.keep(urgent: false)
        #expect(try await store.counts(of: mailbox).new == 2)
        try await store.close()
        _ = try await scratch.open()
    }

    @Test("an empty file becomes a store; the commits are durable; a newer schema and nonsense are refused")
    func opening() async throws {
        #expect(FileManager.default.createFile(atPath: scratch.path(), contents: nil))
        let store = try await scratch.open()
        let pragmas = try await store.door.serially { database in
            [
                try String.fetchOne(database, sql: "PRAGMA journal_mode"),
                try String.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA foreign_keys"),
            ]
        }
        #expect(pragmas == ["wal", "2", "1"])
        try await store.door.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: later')") }
        try await store.close()
        await #expect(throws: StoreError.newerSchema(path: scratch.path())) { _ = try await scratch.open() }
        try Data(repeating: 7, count: 10_000).write(to: URL(fileURLWithPath: scratch.path("nonsense")))
        await #expect(throws: StoreError.self) { _ = try await scratch.open("nonsense") }
        await #expect(throws: StoreError.self) { _ = try await scratch.open("no/such/directory") }
    }
}
