import Testing

@testable import Mailboxes

@Suite("Look-ups on the calling thread (issue 5)")
struct LookUpTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The threads of the cooperative pool are few. If a look-up waited for a connection that a Task gives back, which needs
    /// one of them to go on, all would stand still for ever.
    @Test(
        "as many look-ups and reads of audio at once as hundreds of calls make all come to an end",
        .timeLimit(.minutes(1)))
    func besideReads() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let message = try await store.record(audio(16_000), in: mailbox)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    var heard = 0
                    for _ in 0..<10 {
                        heard += try await store.audio(of: message, in: 0..<8_000).count
                        // So much at once is read by another thread.
                        heard += try await store.audio(of: message, in: 8_000..<100_000).count
                        let found = try await store.mailbox(reachedBy: "100", domain: "example.org")
                        #expect(found?.id == mailbox)
                        #expect(try await store.greetings(of: mailbox).isEmpty)
                    }
                    return heard
                }
            }
            for try await heard in group { #expect(heard == 160_000) }
        }
        try await store.close()
    }

    @Test("a look-up sees what was committed before it, by this process and by another")
    func newest() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let other = try await scratch.open(access: .administration)
        for number in 0..<20 {
            let writer = number.isMultiple(of: 2) ? store : other
            try await writer.setQuota(1_000_000 + number, of: mailbox)
            #expect(try await store.mailbox(mailbox)?.quota == 1_000_000 + number)
        }
        try await other.close()
        try await store.close()
        await #expect(throws: StoreError.closed) { try await store.mailbox(mailbox) }
    }
}
