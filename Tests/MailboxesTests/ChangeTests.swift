import Testing

@testable import Mailboxes

@Suite("Changes told to the lamps (F2)")
struct ChangeTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("every change of the counts is told after its commit to every subscriber, and nothing else is")
    func told() async throws {
        let store = try await scratch.open()
        let (first, second) = (try await store.sampleMailbox(), try await store.sampleMailbox("101"))
        var streams = [store.changes().makeAsyncIterator(), store.changes().makeAsyncIterator()]
        let unseen = try await store.openRecording(.message(in: second))
        _ = try await unseen.append(audio(8_000))
        let greeting = try await store.openRecording(.greeting(.name, in: second))
        try await greeting.keep(urgent: false)
        try await unseen.discard()

        let message = try await store.record(audio(100), in: first)
        let steps: [(Folder, MessageCounts)] = [
            (.saved, MessageCounts(saved: 1)), (.deleted, MessageCounts()), (.new, MessageCounts(new: 1)),
        ]
        for index in streams.indices { #expect(await streams[index].next() == first) }
        for (folder, counts) in steps {
            #expect(try await store.move(message, of: first, to: folder))
            for index in streams.indices {
                #expect(await streams[index].next() == first)
                #expect(try await store.counts(of: first) == counts)
            }
        }
        #expect(try await store.purge(message, of: first))
        for index in streams.indices { #expect(await streams[index].next() == first) }
        try await store.close()
        for index in streams.indices { #expect(await streams[index].next() == nil) }
    }

    @Test("a subscriber that sleeps through a thousand changes is told each mailbox once")
    func slowConsumer() async {
        let broadcaster = ChangeBroadcaster<MailboxID>()
        let stream = broadcaster.subscribe()
        for index in 0..<1_000 { broadcaster.tell([MailboxID(rawValue: Int64(index % 3))]) }
        broadcaster.finish()
        var told: [Int64] = []
        for await mailbox in stream { told.append(mailbox.rawValue) }
        #expect(told.sorted() == [0, 1, 2])
    }

    @Test("a change between two readings is told again; a cancelled subscriber ends; one that is gone costs nothing")
    func subscribers() async {
        let broadcaster = ChangeBroadcaster<MailboxID>()
        var stream = broadcaster.subscribe().makeAsyncIterator()
        let id = MailboxID(rawValue: 1)
        for _ in 0..<2 {
            broadcaster.tell([id])
            #expect(await stream.next() == id)
        }
        let waiting = broadcaster.subscribe()
        let task = Task {
            for await _ in waiting {}
            return true
        }
        task.cancel()
        #expect(await task.value)
        _ = broadcaster.subscribe()
        broadcaster.tell([id])
        #expect(await stream.next() == id)
    }

    @Test("what another process changed is told with the next tick, and only that mailbox")
    func otherProcess() async throws {
        let store = try await scratch.open()
        let (first, second) = (try await store.sampleMailbox(), try await store.sampleMailbox("101"))
        let message = try await store.record(audio(100), in: first)
        _ = try await store.record(audio(100), in: second)
        var changes = store.changes().makeAsyncIterator()
        let tool = try await scratch.open(access: .administration)
        #expect(try await tool.purge(message, of: first))
        try await store.tick()
        #expect(await changes.next() == first)
        try await store.close()
        #expect(await changes.next() == nil)
    }

    @Test("the commit comes at its phase of the second")
    func phase() {
        #expect(SQLiteStore.commitPhase == .milliseconds(400))
        for (now, delay) in [(10.0, 0.4), (10.4, 1.0), (10.5, 0.9), (10.25, 0.15), (0.0, 0.4)] {
            #expect(abs(SystemTime.delay(from: now, toPhase: 0.4) - delay) < 1e-9)
        }
    }
}
