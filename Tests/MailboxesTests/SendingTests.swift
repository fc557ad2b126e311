import GRDB
import Testing

@testable import Mailboxes

@Suite("Copies, sending and lists (B6, C5, C6)")
struct SendingTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func copying(
        _ bytes: Int, in mailbox: MailboxID, to copies: [MailboxID], of store: SQLiteStore
    ) async throws -> any OpenRecording {
        var new = NewRecording(
            mailbox: mailbox, purpose: .message(callerNumber: "555", callerName: "Bob"), encoding: .pcma)
        new.sender = mailbox
        new.copies = copies
        let recording = try await store.openRecording(new)
        for start in stride(from: 0, to: bytes, by: 8_000) {
            _ = try await recording.append(Array(audio(bytes)[start..<min(start + 8_000, bytes)]))
            try await store.tick()
        }
        return recording
    }

    @Test("a message is in every copy mailbox as its own, each lamp is told, and each mailbox decides for itself (B6)")
    func copies() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let plain = try await store.sampleMailbox("101")
        let full = try await store.sampleMailbox("102", quota: 19_999)
        let disabled = try await store.sampleMailbox("103")
        let announcing = try await store.sampleMailbox("104")
        _ = try await store.addOrganisation(NewOrganisation(domain: "b.example", name: "B"))
        let foreign = try await store.addMailbox(NewMailbox(domain: "b.example", number: "101", pin: "4815")).id
        _ = try await store.changeSettings(of: disabled) { $0.isEnabled = false }
        _ = try await store.changeSettings(of: announcing) { $0.isAnnouncementOnly = true }
        let targets = [
            plain, full, disabled, announcing, foreign, MailboxID(rawValue: 99), plain, mailbox,
        ]
        let recording = try await copying(20_000, in: mailbox, to: targets, of: store)
        var changes = store.changes().makeAsyncIterator()
        let deliveries = try await recording.keep(urgent: true)
        let copy = try #require(try await store.messages(in: .new, of: plain).first)
        #expect(
            deliveries == [
                .delivered(copy.id), .mailboxFull, .takesNoMessages, .takesNoMessages, .noSuchMailbox, .noSuchMailbox,
                .delivered(copy.id), .delivered(recording.id),
            ])
        let told = Set([await changes.next(), await changes.next()])
        #expect(told == [mailbox, plain])
        #expect(copy.urgent && copy.callerName == "Bob" && copy.sender == mailbox && copy.encoding == .pcma)
        #expect(try await store.audio(of: copy.id, in: 0..<99_999) == audio(20_000))
        #expect(try await store.used(full) == 0)
        #expect(try await store.purge(recording.id, of: mailbox))
        #expect(try await store.audio(of: copy.id, in: 0..<99_999) == audio(20_000), "its own audio")
        #expect(try await store.counts(of: plain) == MessageCounts(new: 1, newUrgent: 1))
        try await store.audit()
    }

    @Test("deleted messages give way to a copy, and only when that is enough")
    func copiesAndDeleted() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let target = try await store.sampleMailbox("101", quota: 30_000)
        let kept = try await store.record(audio(15_000), in: target)
        let deleted = try await store.record(audio(10_000), in: target)
        #expect(try await store.move(deleted, of: target, to: .deleted))
        #expect(try await copying(16_000, in: mailbox, to: [target], of: store).keep(urgent: false) == [.mailboxFull])
        #expect(try await store.message(deleted) != nil)
        let deliveries = try await copying(15_000, in: mailbox, to: [target], of: store).keep(urgent: false)
        #expect(deliveries != [.mailboxFull])
        #expect(try await store.message(deleted) == nil)
        #expect(try await store.message(kept) != nil)
        #expect(try await store.used(target) == 30_000)
        try await store.audit()
    }

    @Test("what callers in a copy mailbox were promised comes first; the copy is refused, not their audio")
    func copiesAndPromises() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let target = try await store.sampleMailbox("101", quota: 30_000)
        let caller = try await store.openRecording(.message(in: target))
        #expect(try await caller.append(audio(12_000)) == 12_000)
        let recording = try await copying(0, in: mailbox, to: [target], of: store)
        _ = try await recording.append(audio(20_000))
        #expect(try await caller.append(audio(12_000)) == 12_000)
        #expect(try await recording.keep(urgent: false) == [.mailboxFull])
        try await caller.keep(urgent: false)
        #expect(try await store.used(target) == 24_000)
        try await store.audit()
    }

    @Test("fifty messages with copies and fifty callers at once: no byte over the quota, no promise broken")
    func manyAtOnce() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let target = try await store.sampleMailbox("101", quota: 400_000)
        try await withThrowingTaskGroup { group in
            for caller in 0..<50 {
                group.addTask {
                    var new = NewRecording.message(in: caller.isMultiple(of: 2) ? mailbox : target)
                    if new.mailbox == mailbox { new.copies = [target] }
                    let recording = try await store.openRecording(new)
                    var accepted: [UInt8] = []
                    for second in 0..<3 {
                        let chunk = audio(8_000, seed: caller * 10 + second)
                        accepted += chunk.prefix(try await recording.append(chunk))
                        if caller % 3 == 0 { try await store.tick() }
                    }
                    for delivery in try await recording.keep(urgent: false) {
                        guard case .delivered(let copy) = delivery else { continue }
                        #expect(try await store.audio(of: copy, in: 0..<99_999) == accepted)
                    }
                    #expect(try await store.audio(of: recording.id, in: 0..<99_999) == accepted)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.counts(of: mailbox).new == 25)
        try await store.audit()
    }

    @Test("after a crash the copies are delivered with the message, once")
    func copiesAfterCrash() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let target = try await store.sampleMailbox("101")
        let recording = try await copying(20_000, in: mailbox, to: [target], of: store)
        var again = NewRecording.message(in: mailbox)
        again.copies = [target]
        again.replaces = recording.id
        let short = try await store.openRecording(again)
        _ = try await short.append(audio(1_000))
        try await store.tick()
        try scratch.crash(to: "crashed.sqlite")
        for _ in 0..<2 {
            let after = try await scratch.open("crashed.sqlite")
            for each in [mailbox, target] {
                #expect(try await after.messages(in: .new, of: each).map(\.byteCount) == [20_000])
            }
            try await after.audit()
            try await after.close()
        }
    }

    @Test("a comment and a message in another codec become one message in the codec of the last part (C5)")
    func forward() async throws {
        let store = try await scratch.open { options in
            options.transcode = { bytes, from, to in
                from == .pcmu && to == .pcma ? bytes.map { $0 ^ 0x55 } : bytes.map { _ in 0 }
            }
        }
        let (from, to) = (try await store.sampleMailbox("100"), try await store.sampleMailbox("101"))
        let comment = try await store.openRecording(NewRecording(mailbox: from, purpose: .draft, encoding: .pcmu))
        _ = try await comment.append(audio(9_000))
        let original = try await copying(20_000, in: from, to: [], of: store)
        try await original.keep(urgent: false)
        var sending = Sending(
            parts: [comment.id, original.id], sender: from, callerNumber: "100", callerName: "Ann", urgent: true)
        scratch.clock.advance(50)
        let delivery = try await store.deliver(sending, to: to)
        let message = try #require(try await store.messages(in: .new, of: to).first)
        #expect(delivery == .delivered(message.id))
        #expect(message.encoding == .pcma && message.urgent && message.sender == from && message.callerNumber == "100")
        #expect(message.receivedAt == scratch.clock.now)
        #expect(
            try await store.audio(of: message.id, in: 0..<99_999) == audio(9_000).map { $0 ^ 0x55 } + audio(20_000))
        try await comment.discard()
        #expect(try await store.deliver(sending, to: to) == .gone)
        sending.parts = [original.id]
        #expect(try await store.purge(original.id, of: from))
        #expect(try await store.deliver(sending, to: to) == .gone)
        sending.parts = []
        #expect(try await store.deliver(sending, to: to) == .gone)
        #expect(try await store.counts(of: to).new == 1)
        try await store.audit()
    }

    @Test("each target answers for itself, nothing half done: full, taking none, unknown, of others (C5)")
    func refusals() async throws {
        let store = try await scratch.open()
        let from = try await store.sampleMailbox("100")
        let full = try await store.sampleMailbox("101", quota: 9_999)
        let announcing = try await store.sampleMailbox("102")
        _ = try await store.changeSettings(of: announcing) { $0.isAnnouncementOnly = true }
        _ = try await store.addOrganisation(NewOrganisation(domain: "b.example", name: "B"))
        let foreign = try await store.addMailbox(NewMailbox(domain: "b.example", number: "101", pin: "4815")).id
        let message = try await store.record(audio(10_000), in: from)
        let sending = Sending(parts: [message], sender: from, callerNumber: nil, callerName: nil)
        for (target, expected) in [
            (full, Delivery.mailboxFull), (announcing, .takesNoMessages), (foreign, .noSuchMailbox),
            (MailboxID(rawValue: 77), .noSuchMailbox),
        ] { #expect(try await store.deliver(sending, to: target) == expected) }
        let stolen = Sending(parts: [message], sender: announcing, callerNumber: nil, callerName: nil)
        #expect(try await store.deliver(stolen, to: from) == .gone, "somebody else's message")
        let greeting = try await store.openRecording(.greeting(.name, in: from))
        try await greeting.keep(urgent: false)
        let spoken = Sending(parts: [greeting.id], sender: from, callerNumber: nil, callerName: nil)
        #expect(try await store.deliver(spoken, to: announcing) == .takesNoMessages)
        #expect(try await store.deliver(spoken, to: from) == .gone)
        try await store.audit()
    }

    @Test("a deleted message can be sent to its own mailbox, and does not give way to itself")
    func toOneself() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox(quota: 30_000)
        let message = try await store.record(audio(16_000), in: mailbox)
        #expect(try await store.move(message, of: mailbox, to: .deleted))
        let sending = Sending(parts: [message], sender: mailbox, callerNumber: nil, callerName: nil)
        #expect(try await store.deliver(sending, to: mailbox) == .mailboxFull)
        try await store.setQuota(32_000, of: mailbox)
        #expect(try await store.deliver(sending, to: mailbox) != .mailboxFull)
        #expect(try await store.used(mailbox) == 32_000)
        let tool = try await scratch.open(access: .administration)
        #expect(try await tool.deliver(sending, to: mailbox) == .mailboxFull)
        try await store.audit()
    }

    @Test("a number stands for a mailbox, an own list, an organisation's list, or everyone (C6)")
    func addressees() async throws {
        let store = try await scratch.open()
        var ids: [String: MailboxID] = [:]
        for number in ["100", "101", "102", "103"] { ids[number] = try await store.sampleMailbox(number) }
        let sender = try #require(ids["100"])
        let disabled = try #require(ids["103"])
        let own = try await store.addList("3", name: "Friends", owner: sender, domain: "example.org")
        let sales = try await store.addList("800", name: "Sales", domain: "example.org")
        for number in ["102", "101", "103", "100"] {
            let id = try #require(ids[number])
            try await store.addMailbox(id, toList: own.id)
            try await store.addMailbox(id, toList: sales.id)
        }
        _ = try await store.changeSettings(of: disabled) { $0.isEnabled = false }
        func numbers(_ number: String) async throws -> [String]? {
            switch try await store.addressee(number, for: sender) {
            case .mailbox(let mailbox): ["mailbox", mailbox.number]
            case .list(let list, let mailboxes): [list.name] + mailboxes.map(\.number)
            case .everyone(let mailboxes): ["everyone"] + mailboxes.map(\.number)
            case nil: nil
            }
        }
        #expect(try await numbers("101") == ["mailbox", "101"])
        #expect(try await numbers("3") == ["Friends", "100", "101", "102"])
        #expect(try await numbers("800") == ["Sales", "100", "101", "102"])
        #expect(try await numbers("0") == nil)
        _ = try await store.changeSettings(of: sender) { $0.mayBroadcast = true }
        #expect(try await numbers("0") == ["everyone", "101", "102"])
        for unknown in ["", "4", "999", "1234567890123", "*"] { #expect(try await numbers(unknown) == nil) }
        let other = try #require(ids["101"])
        #expect(try await store.addressee("3", for: other) == nil, "another's list")
        #expect(try await store.lists(of: sender) == [own])
        #expect(try await store.lists(of: other).isEmpty)
        #expect(try await store.lists(domain: "example.org") == [sales])
    }

    @Test("lists share the organisation's numbers; what does not fit is refused by name")
    func lists() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        _ = try await store.addOrganisation(NewOrganisation(domain: "b.example", name: "B"))
        let foreign = try await store.addMailbox(NewMailbox(domain: "b.example", number: "101", pin: "4815")).id
        let list = try await store.addList("800", name: "", domain: "example.org")
        #expect(list.name == "800")
        await #expect(throws: StoreError.numberTaken("800", domain: "example.org")) {
            _ = try await store.sampleMailbox("800")
        }
        for taken in ["100", "800"] {
            await #expect(throws: StoreError.numberTaken(taken, domain: "example.org")) {
                _ = try await store.addList(taken, name: "x", domain: "example.org")
            }
        }
        _ = try await store.addList("1", name: "x", owner: mailbox, domain: "example.org")
        await #expect(throws: StoreError.numberTaken("1", domain: "example.org")) {
            _ = try await store.addList("1", name: "x", owner: mailbox, domain: "example.org")
        }
        for bad in ["0", "10", "", "x"] {
            await #expect(throws: StoreError.badNumber(bad)) {
                _ = try await store.addList(bad, name: "x", owner: mailbox, domain: "example.org")
            }
        }
        await #expect(throws: StoreError.unknownMailbox(foreign)) {
            _ = try await store.addList("2", name: "x", owner: foreign, domain: "example.org")
        }
        await #expect(throws: StoreError.unknownMailbox(foreign)) {
            try await store.addMailbox(foreign, toList: list.id)
        }
        await #expect(throws: StoreError.unknownList(99)) { try await store.addMailbox(mailbox, toList: 99) }
        try await store.addMailbox(mailbox, toList: list.id)
        #expect(try await store.mailboxes(onList: list.id).map(\.number) == ["100"])
        #expect(try await store.removeMailbox(mailbox, fromList: list.id))
        #expect(try await !store.removeMailbox(mailbox, fromList: list.id))
        #expect(try await store.removeList(list.id))
        #expect(try await !store.removeList(list.id))
    }
}
