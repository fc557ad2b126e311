import Synchronization
import Testing

@testable import Mailboxes

@Suite("Messages, greetings and their audio (B1, B5, C1, C2)")
struct RecordingTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a kept message is new, byte for byte what was appended, received when it was begun")
    func keepMessage() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let bytes = audio(20_500)
        let begun = scratch.clock.now
        let recording = try await store.openRecording(
            NewRecording(
                mailbox: mailbox, purpose: .message(callerNumber: "555", callerName: "Bob"), encoding: .pcma))
        scratch.clock.advance(9)
        for range in [0..<8_000, 8_000..<16_000, 16_000..<20_500] {
            #expect(try await recording.append(Array(bytes[range])) == range.count)
            try await store.tick()
        }
        #expect(try await store.counts(of: mailbox) == MessageCounts())
        #expect(try await store.message(recording.id) == nil, "not a message while it is made")
        try await recording.keep(urgent: true)
        let message = try #require(try await store.message(recording.id))
        #expect(message.receivedAt == begun && message.urgent && message.folder == .new && message.encoding == .pcma)
        #expect(message.callerNumber == "555" && message.callerName == "Bob" && message.byteCount == 20_500)
        #expect(try await store.audio(of: message.id, in: 0..<1_000_000) == bytes)
        #expect(try await store.counts(of: mailbox) == MessageCounts(new: 1, newUrgent: 1))
        await #expect(throws: StoreError.recordingEnded(recording.id)) { _ = try await recording.append([0]) }
        await #expect(throws: StoreError.recordingEnded(recording.id)) { try await recording.keep(urgent: false) }
        try await store.audit()
    }

    @Test("any range of the audio, over chunks of any size, also while it is still being made")
    func ranges() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let bytes = audio(30_000)
        let recording = try await store.openRecording(.greeting(.name, in: mailbox))
        var start = 0
        for count in [1, 7_999, 16_000, 5_000, 1_000] {
            _ = try await recording.append(Array(bytes[start..<start + count]))
            start += count
            #expect(try await store.audio(of: recording.id, in: 0..<40_000) == Array(bytes[..<start]))
        }
        for range in [
            0..<1, 0..<8_000, 1..<2, 7_999..<8_001, 23_999..<29_999, 29_999..<30_100, 30_000..<30_001, 5..<5,
        ] {
            #expect(try await store.audio(of: recording.id, in: range) == Array(bytes[range.clamped(to: 0..<30_000)]))
        }
        #expect(try await store.audio(of: RecordingID(rawValue: 999), in: 0..<10) == [])
        try await recording.discard()
        #expect(try await store.audio(of: recording.id, in: 0..<10) == [])
    }

    @Test("discarding takes audio and bytes back")
    func discard() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let recording = try await store.openRecording(.message(in: mailbox))
        _ = try await recording.append(audio(8_000))
        try await store.tick()
        #expect(try await store.used(mailbox) == 8_000)
        _ = try await recording.append(audio(8_000))
        #expect(try await store.room(in: mailbox) == 10_000_000 - 16_000)
        try await recording.discard()
        #expect(try await store.room(in: mailbox) == 10_000_000)
        #expect(try await store.messages(in: .new, of: mailbox).isEmpty)
        try await store.audit()
    }

    @Test("a new greeting takes the place and the bytes of the one before, of its kind only")
    func greetings() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        func record(_ kind: GreetingKind, _ count: Int) async throws -> RecordingID {
            let recording = try await store.openRecording(.greeting(kind, in: mailbox))
            _ = try await recording.append(audio(count))
            try await recording.keep(urgent: false)
            return recording.id
        }
        let name = try await record(.name, 100)
        let old = try await record(.unavailable, 1_000)
        let new = try await record(.unavailable, 300)
        let kept = try #require(try await store.greeting(.unavailable, of: mailbox))
        #expect(kept.id == new && kept.byteCount == 300 && kept.encoding == .pcma)
        #expect(try await store.greeting(.name, of: mailbox)?.id == name)
        #expect(try await store.audio(of: old, in: 0..<10).isEmpty)
        #expect(try await store.used(mailbox) == 400)
        #expect(try await store.message(new) == nil, "a greeting is not a message")
        #expect(try await !store.purge(new, of: mailbox))
        #expect(try await store.deleteGreeting(.unavailable, of: mailbox))
        #expect(try await !store.deleteGreeting(.unavailable, of: mailbox))
        #expect(try await store.used(mailbox) == 100)
        try await store.audit()
    }

    @Test("folders: urgent first, then oldest first; move, undelete and purge are the owner's alone")
    func folders() async throws {
        let store = try await scratch.open()
        let (mine, other) = (try await store.sampleMailbox(), try await store.sampleMailbox("101"))
        var ids: [RecordingID] = []
        for urgent in [false, true, false, true] {
            ids.append(try await store.record(audio(100), in: mine, urgent: urgent))
            scratch.clock.advance(1)
        }
        #expect(try await store.messages(in: .new, of: mine).map(\.id) == [ids[1], ids[3], ids[0], ids[2]])
        #expect(try await !store.move(ids[0], of: other, to: .saved))
        #expect(try await !store.purge(ids[0], of: other))
        #expect(try await store.move(ids[1], of: mine, to: .saved))
        #expect(try await store.move(ids[0], of: mine, to: .deleted))
        #expect(try await store.counts(of: mine) == MessageCounts(new: 2, newUrgent: 1, saved: 1, savedUrgent: 1))
        #expect(try await store.messages(in: .deleted, of: mine).map(\.id) == [ids[0]])
        #expect(try await store.used(mine) == 400, "deleted messages keep their bytes")
        #expect(try await store.move(ids[0], of: mine, to: .new))
        #expect(try await store.purge(ids[2], of: mine))
        #expect(try await !store.move(ids[2], of: mine, to: .new))
        #expect(try await store.used(mine) == 300)
        #expect(try await store.counts(of: mine) == MessageCounts(new: 2, newUrgent: 1, saved: 1, savedUrgent: 1))
        let later = try await store.record(audio(1), in: mine)
        #expect(later.rawValue > ids[3].rawValue, "ids are never used twice")
        try await store.audit()
    }

    @Test("C4: undelete puts a message where it was, however often it was deleted; heard means saved, and only if new")
    func undelete() async throws {
        let store = try await scratch.open()
        let (mine, other) = (try await store.sampleMailbox(), try await store.sampleMailbox("101"))
        let message = try await store.record(audio(100), in: mine)
        func folder() async throws -> Folder? { try await store.message(message)?.folder }
        for home in [Folder.new, .saved, .family, .folder9] {
            #expect(try await store.move(message, of: mine, to: home))
            for _ in 1...2 { #expect(try await store.move(message, of: mine, to: .deleted)) }
            #expect(try await !store.undelete(message, of: other))
            #expect(try await !store.markHeard(message, of: mine), "somebody has deleted it")
            #expect(try await folder() == .deleted)
            for _ in 1...2 { #expect(try await store.undelete(message, of: mine)) }
            #expect(try await folder() == home)
        }
        #expect(try await !store.markHeard(message, of: mine))
        #expect(try await folder() == .folder9)
        #expect(try await store.move(message, of: mine, to: .new))
        #expect(try await !store.markHeard(message, of: other))
        #expect(try await store.markHeard(message, of: mine))
        #expect(try await folder() == .saved)
        #expect(try await store.purge(message, of: mine))
        #expect(try await !store.undelete(message, of: mine))
        try await store.audit()
    }

    @Test("deleted messages go after the retention, at the start and by the clock")
    func retention() async throws {
        var store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let early = try await store.record(audio(100), in: mailbox)
        let late = try await store.record(audio(100), in: mailbox)
        #expect(try await store.move(early, of: mailbox, to: .deleted))
        scratch.clock.advance(3 * 86_400)
        #expect(try await store.move(late, of: mailbox, to: .deleted))
        #expect(try await store.move(early, of: mailbox, to: .deleted), "deleting twice keeps the first time")
        scratch.clock.advance(4 * 86_400 + 1)
        try await store.keepHouse()
        #expect(try await store.messages(in: .deleted, of: mailbox).map(\.id) == [late])
        scratch.clock.advance(3 * 86_400)
        try await store.close()
        // Beside the start, which does not wait for it; to close does.
        store = try await scratch.open { $0.commits = .everySecond }
        try await store.close()
        store = try await scratch.open()
        #expect(try await store.messages(in: .deleted, of: mailbox).isEmpty)
        #expect(try await store.used(mailbox) == 0)
    }

    @Test("a large clear-out lets recordings commit between its messages (E5)")
    func largeClearOut() async throws {
        let watch = ScanWatch()
        let store = try await scratch.open { $0.prepareConnection = { try watch.watch($0) } }
        let mailbox = try await store.sampleMailbox()
        for _ in 1...3 {
            let message = try await store.record(audio(1_000_000), in: mailbox)
            #expect(try await store.move(message, of: mailbox, to: .deleted))
        }
        scratch.clock.advance(30 * 86_400)
        watch.start()
        try await store.keepHouse()
        #expect(try await store.used(mailbox) == 0)
        // One for each message, one that finds no more, and those of what else is cleared out.
        #expect(watch.count(of: "COMMIT") >= 4 + watch.count(of: "DELETE FROM notice"))
        #expect(watch.count(of: "DELETE FROM recording") == 3)
        try await store.audit()
    }

    @Test("a cancelled Task still keeps its message, whole")
    func cancelled() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            let recording = try await store.openRecording(.message(in: mailbox))
            _ = try await recording.append(audio(8_000))
            try await recording.keep(urgent: false)
            let isMoved = try await store.move(recording.id, of: mailbox, to: .saved)
            #expect(isMoved && Task.isCancelled)
            return try await store.counts(of: mailbox)
        }
        #expect(try await task.value == MessageCounts(saved: 1))
    }

    @Test("a recording whose owner is gone ends as after a crash, with the next tick", .timeLimit(.minutes(1)))
    func dropped() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        for count in [15_999, 16_000] {
            var recording: (any OpenRecording)? = try await store.openRecording(.message(in: mailbox))
            _ = try await recording?.append(audio(count))
            recording = nil
        }
        while try await store.counts(of: mailbox).new == 0 { try await store.tick() }
        while try await store.used(mailbox) != 16_000 { try await store.tick() }
        #expect(try await store.messages(in: .new, of: mailbox).map(\.byteCount) == [16_000])
        try await store.audit()
    }

    @Test("what waits is bounded: too large an append, too many recordings, an unknown mailbox are refused")
    func bounds() async throws {
        let store = try await scratch.open { $0.limits.openRecordings = 2 }
        let mailbox = try await store.sampleMailbox()
        let recording = try await store.openRecording(.message(in: mailbox))
        await #expect(throws: StoreError.chunkTooLarge(65_537)) { _ = try await recording.append(audio(65_537)) }
        #expect(try await recording.append(audio(65_536)) == 65_536)
        for _ in 0..<6 { #expect(try await recording.append(audio(65_536)) == 65_536) }
        await #expect(throws: StoreError.commitsTooSlow(recording.id)) { _ = try await recording.append(audio(65_536)) }
        let second = try await store.openRecording(.message(in: mailbox))
        await #expect(throws: StoreError.tooManyRecordings(2)) {
            _ = try await store.openRecording(.message(in: mailbox))
        }
        try await second.discard()
        await #expect(throws: StoreError.unknownMailbox(MailboxID(rawValue: 9))) {
            _ = try await store.openRecording(.message(in: MailboxID(rawValue: 9)))
        }
        try await recording.keep(urgent: false)
        #expect(try await store.messages(in: .new, of: mailbox).map(\.byteCount) == [7 * 65_536])
    }

    @Test("one commit carries the audio of every open recording")
    func groupCommit() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        var recordings: [any OpenRecording] = []
        for _ in 0..<20 { recordings.append(try await store.openRecording(.message(in: mailbox))) }
        let before = try await store.cycles
        for (index, recording) in recordings.enumerated() { _ = try await recording.append(audio(8_000, seed: index)) }
        #expect(try await store.used(mailbox) == 0)
        try await store.tick()
        #expect(try await store.used(mailbox) == 160_000)
        #expect(try await store.cycles == before + 1)
        try await withThrowingTaskGroup { group in
            for recording in recordings { group.addTask { try await recording.keep(urgent: false) } }
            try await group.waitForAll()
        }
        #expect(try await store.cycles <= before + 20)
        #expect(try await store.counts(of: mailbox).new == 20)
    }

    @Test(
        "a wait for a commit that does not end is over after its ticks, and the message is kept all the same",
        .timeLimit(.minutes(1)))
    func patience() async throws {
        let store = try await scratch.open { $0.limits.patience = 2 }
        let mailbox = try await store.sampleMailbox()
        let recording = try await store.openRecording(.message(in: mailbox))
        _ = try await recording.append(audio(8_000))
        let blocker = DispatchSemaphoreBox()
        let (stuck, isStuck) = AsyncStream.makeStream(of: Void.self)
        async let block: Void = store.door.serially { _ in
            isStuck.yield()
            blocker.wait()
        }
        for await _ in stuck { break }
        let keeping = Task { try await recording.keep(urgent: false) }
        let writer = try #require(store.writer)
        while await writer.isIdle { await Task.yield() }
        for _ in 0..<3 { await writer.tick() }
        await #expect(throws: StoreError.timedOut) { try await keeping.value }
        blocker.signal()
        try await block
        try await recording.keep(urgent: false)
        #expect(try await store.counts(of: mailbox).new == 1)
    }
}
