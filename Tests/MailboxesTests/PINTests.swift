import GRDB
import Testing

@testable import Mailboxes

@Suite("PINs (D2, D3)")
struct PINTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(
        "the policy names what is wrong with a PIN",
        arguments: [
            ("123", PINWeakness.length), ("12345678901", .length), ("12a4", .length), ("", .length),
            ("１２３４", .length),
            ("1234", .common), ("5004", .mailboxNumber), ("0000", .repeated), ("7777777", .repeated),
            ("4815", nil), ("1235", nil), ("0123456789", .run), ("9876", .run), ("1212", .repeated),
            ("121212", .repeated),
            ("1213", nil),
        ])
    func policy(pin: String, weakness: PINWeakness?) {
        #expect(PINPolicy().weakness(of: pin, mailboxNumber: "5004") == weakness)
    }

    @Test("a mailbox locks at the fifth wrong try, for a minute, then twice as long each time, an hour at most")
    func mailboxLockout() {
        var lockout = Lockout()
        var now = 1_000.0
        for _ in 1...4 {
            lockout.countWrong(at: now, .mailbox)
            #expect(lockout.secondsLeft(at: now, .mailbox) == nil)
        }
        for expected in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
            lockout.countWrong(at: now, .mailbox)
            #expect(lockout.secondsLeft(at: now, .mailbox) == expected)
            #expect(lockout.secondsLeft(at: now + Double(expected) - 0.5, .mailbox) == 1)
            now += Double(expected)
            #expect(lockout.secondsLeft(at: now, .mailbox) == nil)
        }
        now += 10 * 86_400
        lockout.countWrong(at: now, .mailbox)
        #expect(lockout.secondsLeft(at: now, .mailbox) == 3_600)
        #expect(lockout.secondsLeft(at: now - 1_000_000, .mailbox) == 3_600, "a clock set back locks no longer")
    }

    @Test("a source locks at the tenth wrong try and is forgiven after a quiet day")
    func sourceLockout() {
        var lockout = Lockout()
        for _ in 1...9 { lockout.countWrong(at: 0, .source) }
        #expect(lockout.secondsLeft(at: 0, .source) == nil)
        var forgiven = lockout
        lockout.countWrong(at: 86_400, .source)
        #expect(lockout.secondsLeft(at: 86_400, .source) == 60)
        forgiven.countWrong(at: 86_401, .source)
        #expect(forgiven.wrong == 1)
    }

    @Test("scrypt as RFC 7914 §12 has it, a salt for each PIN, and nothing readable in the file")
    func hashes() async throws {
        let vector = PINHash(
            salt: Array("SodiumChloride".utf8),
            hash: [
                0x70, 0x23, 0xbd, 0xcb, 0x3a, 0xfd, 0x73, 0x48, 0x46, 0x1c, 0x06, 0xcd, 0x81, 0xfd, 0x38, 0xeb,
                0xfd, 0xa8, 0xfb, 0xba, 0x90, 0x4f, 0x8e, 0x3e, 0xa9, 0xb5, 0x43, 0xf6, 0x54, 0x5d, 0xa1, 0xf2,
            ], cost: PINHash.Cost(rounds: 16_384, blockSize: 8, parallelism: 1))
        #expect(try !vector.matches("4815"))
        #expect(vector.cost == .standard)
        let first = try PINHash(of: "4815", cost: .standard)
        let second = try PINHash(of: "4815", cost: .standard)
        #expect(first.salt.count == 16 && first.salt != second.salt && first.hash != second.hash)
        #expect(try first.matches("4815") && !first.matches("4816") && !first.matches(""))
    }

    @Test("the right PIN opens, a wrong one does not, a new one replaces the old")
    func checkAndSet() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .accepted)
        for wrong in ["4816", "", "48150", String(repeating: "4815", count: 10_000)] {
            #expect(try await store.checkPIN(wrong, of: mailbox, from: "192.0.2.1") == .wrong)
        }
        try await store.setPIN("2718", of: mailbox)
        #expect(try await store.checkPIN("2718", of: mailbox, from: "192.0.2.1") == .accepted)
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .wrong)
        await #expect(throws: StoreError.unknownMailbox(MailboxID(rawValue: 77))) {
            try await store.setPIN("2718", of: MailboxID(rawValue: 77))
        }
    }

    @Test("a mailbox without a PIN lets nobody in")
    func withoutPIN() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        try await store.door.write { try $0.execute(sql: "DELETE FROM pin") }
        for pin in ["4815", "", "0000"] {
            #expect(try await store.checkPIN(pin, of: mailbox, from: "192.0.2.1") == .wrong)
        }
    }

    @Test("five wrong tries lock the mailbox for every source, over a restart, until the time has passed")
    func lockedMailbox() async throws {
        var store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        for index in 1...5 {
            #expect(try await store.checkPIN("0000", of: mailbox, from: "192.0.2.\(index)") == .wrong)
        }
        try await store.close()
        store = try await scratch.open()
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.9") == .locked(seconds: 60))
        scratch.clock.advance(59)
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.9") == .locked(seconds: 1))
        scratch.clock.advance(1)
        #expect(try await store.checkPIN("0000", of: mailbox, from: "192.0.2.9") == .wrong)
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.9") == .locked(seconds: 120))
        scratch.clock.advance(120)
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.9") == .accepted)
        for _ in 1...4 { #expect(try await store.checkPIN("0000", of: mailbox, from: "192.0.2.8") == .wrong) }
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.8") == .accepted)
    }

    @Test("a source that guesses at many mailboxes locks itself out, even when one of the PINs is right")
    func lockedSource() async throws {
        let store = try await scratch.open()
        var mailboxes: [MailboxID] = []
        for number in 100...105 { mailboxes.append(try await store.sampleMailbox("\(number)")) }
        for mailbox in mailboxes.prefix(5) {
            for _ in 1...2 { #expect(try await store.checkPIN("0000", of: mailbox, from: "192.0.2.1") == .wrong) }
            if mailbox != mailboxes[4] {
                #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .accepted)
            }
        }
        #expect(try await store.checkPIN("4815", of: mailboxes[5], from: "192.0.2.1") == .locked(seconds: 60))
        #expect(try await store.checkPIN("4815", of: mailboxes[5], from: "192.0.2.2") == .accepted)
        scratch.clock.advance(2 * 86_400)
        try await store.keepHouse()
        let sources = try await store.door.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM lockout WHERE kind = 'source'")
        }
        #expect(sources == 0)
        #expect(try await store.checkPIN("4815", of: mailboxes[5], from: "192.0.2.1") == .accepted)
    }

    @Test("twenty guesses at once are no more than five tries")
    func guessesAtOnce() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let verdicts = try await withThrowingTaskGroup(of: PINVerdict.self) { group in
            for index in 1...20 {
                group.addTask { try await store.checkPIN("000\(index % 10)", of: mailbox, from: "192.0.2.\(index)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts.count { $0 == .wrong } == 5)
        #expect(verdicts.count { $0 == .locked(seconds: 60) } == 15)
    }

    @Test("a right PIN does not wait for what is being written; a second try meanwhile does", .timeLimit(.minutes(1)))
    func besideWriting() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let blocker = DispatchSemaphoreBox()
        async let writing: Void = store.door.serially { _ in
            open.yield()
            blocker.wait()
        }
        for await _ in gate { break }
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .accepted)
        async let wrong = store.checkPIN("0000", of: mailbox, from: "192.0.2.2")
        while !store.tries.isTrying(.mailbox(mailbox)) { await Task.yield() }
        async let right = store.checkPIN("4815", of: mailbox, from: "192.0.2.1")
        blocker.signal()
        #expect(try await wrong == .wrong)
        #expect(try await right == .accepted)
        try await writing
        #expect(!store.tries.isTrying(.mailbox(mailbox)), "nothing is left of a try")
    }

    @Test("more checks than the lanes hold are refused at once, not queued for ever", .timeLimit(.minutes(1)))
    func floodOfChecks() async throws {
        let lanes = SlowLanes(count: 1, maximumDepth: 2)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let blocker = DispatchSemaphoreBox()
        async let first: Void = lanes.run { () throws(StoreError) in
            open.yield()
            blocker.wait()
        }
        for await _ in gate { break }
        async let second: Void = lanes.run { () throws(StoreError) in }
        while lanes.depth < 2 { await Task.yield() }
        await #expect(throws: StoreError.overloaded) { try await lanes.run { () throws(StoreError) in } }
        blocker.signal()
        _ = try await (first, second)
        try await lanes.run { () throws(StoreError) in }
    }

    @Test("PINs appear in no error")
    func errorsAreMute() async throws {
        let store = try await scratch.open()
        do {
            _ = try await store.setPIN("481516234200", of: MailboxID(rawValue: 1))
            Issue.record("a PIN of twelve digits was taken")
        } catch {
            #expect(!"\(error)".contains("4815") && !String(reflecting: error).contains("4815"))
        }
    }
}
