import Foundation
import GRDB
import Testing

@testable import Mailboxes

@Suite("The life of a mailbox (E1, E2, E3, E5, E6)")
struct MailboxLifeTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func greeting(_ kind: GreetingKind, _ store: SQLiteStore, _ mailbox: MailboxID) async throws {
        try await store.setGreeting(kind, of: mailbox, audio: audio(9_000), encoding: .pcmu)
    }

    @Test("a general mailbox comes with name, members and addresses, or not at all (E2)")
    func general() async throws {
        let store = try await scratch.open()
        _ = try await store.sampleMailbox()
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        let created = try await store.create(
            NewMailbox(
                domain: "example.org", number: "200", name: "Sales", emails: ["sales@example.org"],
                members: [account.id]))
        #expect(created.thing.name == "Sales" && created.thing.kind == .general && created.pin != nil)
        #expect(created.thing.settings.emails == ["sales@example.org"])
        #expect(try await store.isMember(account.id, of: created.thing.id))
        await #expect(throws: StoreError.unknownExtension(ExtensionID(rawValue: 9))) {
            _ = try await store.create(
                NewMailbox(domain: "example.org", number: "201", members: [ExtensionID(rawValue: 9)]))
        }
        await #expect(throws: StoreError.self) {
            _ = try await store.create(NewMailbox(domain: "example.org", number: "201", emails: ["nobody"]))
        }
        #expect(try await store.mailbox(number: "201", domain: "example.org") == nil)
        try await store.setMailbox(created.thing.id, of: account.id)
        #expect(try await store.accounts(ofMailbox: created.thing.id).map(\.number) == ["100"])
        try await store.setDisplayName("Ann Lee", of: account.id)
        #expect(try await store.account(number: "100", domain: "example.org")?.displayName == "Ann Lee")
    }

    @Test("the preview of a removal shows everything that goes, and touches nothing")
    func preview() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        _ = try await store.sampleMailbox("101")
        let colleague = try #require(try await store.account(number: "101", domain: "example.org"))
        _ = try await store.record(audio(100), in: mailbox)
        scratch.clock.advance(100)
        let work = try await store.record(audio(100), in: mailbox)
        #expect(try await store.move(work, of: mailbox, to: .work))
        try await greeting(.busy, store, mailbox)
        try await greeting(.slot3, store, mailbox)
        try await store.addMember(colleague.id, to: mailbox)
        let list = try await store.addList("800", name: "Sales", domain: "example.org")
        try await store.addMailbox(mailbox, toList: list.id)
        _ = try await store.changeSettings(of: colleague.mailbox) { $0.copies = ["100"] }
        let preview = try await store.removalPreview(of: mailbox)
        #expect(preview.messages == [.new: 1, .work: 1] && preview.newestMessage == scratch.clock.now)
        #expect(Set(preview.greetings) == [.busy, .slot3])
        #expect(preview.accounts.map(\.number) == ["100"] && preview.members == [colleague])
        #expect(preview.lists == [list] && preview.copiedFrom == ["101"])
        #expect(try await store.counts(of: mailbox).new == 1)
        await #expect(throws: StoreError.mailboxInUse("100", by: ["100"])) {
            try await store.removeMailbox(mailbox)
        }
        await #expect(throws: StoreError.unknownMailbox(MailboxID(rawValue: 77))) {
            _ = try await store.removalPreview(of: MailboxID(rawValue: 77))
        }
    }

    @Test("a removed extension and its mailbox are found by nobody, their number is free, and undo brings all back")
    func removeAndRestore() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        try await store.setDisplayName("Ann", of: account.id)
        let message = try await store.record(audio(20_000), in: mailbox)
        try await greeting(.unavailable, store, mailbox)
        try await store.setBookmark(Bookmark(message: message, folder: .new, position: 0, at: 0), of: mailbox)
        try await store.replaceBindings(
            of: account.id,
            with: [StoredBinding(account: account.id, contact: "c", callID: "i", cseq: 1, expiresAt: 1, flow: "f")])
        let making = try await store.openRecording(.message(in: mailbox))
        _ = try await making.append(audio(16_000))
        var changes = store.changes().makeAsyncIterator()
        try await store.removeExtension(account.id)
        #expect(await changes.next() == mailbox, "its lamp goes out wherever it is shown")

        #expect(try await store.account(number: "100", domain: "example.org") == nil)
        #expect(try await store.accounts(ofMailbox: mailbox).isEmpty)
        #expect(try await store.mailbox(mailbox) == nil)
        #expect(try await store.mailbox(number: "100", domain: "example.org") == nil)
        #expect(try await store.mailboxes(domain: "example.org").isEmpty)
        #expect(try await store.counts(of: mailbox) == MessageCounts())
        #expect(try await store.messages(in: .new, of: mailbox).isEmpty)
        #expect(try await store.message(message) == nil)
        #expect(try await !store.move(message, of: mailbox, to: .saved))
        #expect(try await store.greeting(.unavailable, of: mailbox) == nil)
        #expect(try await store.bookmark(of: mailbox) == nil)
        #expect(try await store.bindings().isEmpty)
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .wrong)
        #expect(try await !store.isMember(account.id, of: mailbox))
        await #expect(throws: StoreError.unknownMailbox(mailbox)) {
            _ = try await store.openRecording(.message(in: mailbox))
        }
        await #expect(throws: StoreError.unknownExtension(account.id)) { try await store.removeExtension(account.id) }
        try await making.keep(urgent: false)
        #expect(
            try await store.removed(domain: "example.org").map(\.kind.rawValue).sorted() == ["extension", "mailbox"])

        let restored = try await store.restoreExtension("100", domain: "example.org")
        #expect(restored.id == account.id && restored.mailbox == mailbox)
        #expect(try await store.messages(in: .new, of: mailbox).map(\.id) == [message, making.id])
        #expect(try await store.greeting(.unavailable, of: mailbox)?.byteCount == 9_000)
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.2") == .accepted)
        #expect(try await store.removed(domain: "example.org").isEmpty)
        await #expect(throws: StoreError.nothingToRestore("100", domain: "example.org")) {
            _ = try await store.restoreExtension("100", domain: "example.org")
        }
        try await store.audit()
    }

    @Test("the next person under the number begins empty; open calls of the old one stay with the old one")
    func reuse() async throws {
        let store = try await scratch.open()
        let old = try await store.sampleMailbox("100")
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        let list = try await store.addList("800", name: "Sales", domain: "example.org")
        try await store.addMailbox(old, toList: list.id)
        _ = try await store.changeSettings(of: old) { $0.language = "es" }
        let colleague = try await store.sampleMailbox("101")
        _ = try await store.changeSettings(of: colleague) { $0.copies = ["100", "102"] }
        let making = try await store.openRecording(.message(in: old))
        _ = try await making.append(audio(16_000))
        try await store.removeExtension(account.id)
        let next = try await store.create(
            NewExtension(domain: "example.org", number: "100", displayName: "Bob", password: "p"))
        let fresh = next.thing.mailbox
        #expect(fresh != old && next.thing.id != account.id)
        try await making.keep(urgent: false)
        #expect(try await store.counts(of: fresh) == MessageCounts())
        #expect(try await store.used(fresh) == 0)
        #expect(try await store.mailbox(fresh)?.language == "en")
        #expect(try await store.mailboxes(onList: list.id).isEmpty)
        #expect(try await store.mailbox(colleague)?.settings.copies == ["102"], "copies were for the old one")
        #expect(try await store.checkPIN("4815", of: fresh, from: "192.0.2.1") == .wrong)
        await #expect(throws: StoreError.numberHeld("100", domain: "example.org", by: "Bob")) {
            _ = try await store.restoreExtension("100", domain: "example.org")
        }
        await #expect(throws: StoreError.numberHeld("100", domain: "example.org", by: "Bob")) {
            _ = try await store.restoreMailbox("100", domain: "example.org")
        }
        try await store.removeExtension(next.thing.id)
        scratch.clock.advance(10)
        let third = try await store.create(NewExtension(domain: "example.org", number: "100", password: "p"))
        try await store.removeExtension(third.thing.id)
        #expect(try await store.restoreExtension("100", domain: "example.org").id == third.thing.id, "the last removal")
    }

    @Test("an extension can go without its mailbox; a mailbox can be made anew for its extension")
    func apart() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        let message = try await store.record(audio(100), in: mailbox)
        let renewed = try await store.renewMailbox(mailbox)
        #expect(renewed.thing.number == "100" && renewed.thing.kind == .personal && renewed.thing.pinIsTemporary)
        #expect(renewed.thing.settings.needsIntroduction && renewed.pin != nil)
        #expect(try await store.account(number: "100", domain: "example.org")?.mailbox == renewed.thing.id)
        #expect(try await store.counts(of: renewed.thing.id) == MessageCounts())
        #expect(try await store.message(message) == nil)
        try await store.removeExtension(account.id, keepingMailbox: true)
        #expect(try await store.mailbox(number: "100", domain: "example.org")?.id == renewed.thing.id)
        await #expect(throws: StoreError.numberTaken("100", domain: "example.org")) {
            _ = try await store.sampleMailbox("100")
        }
        try await store.removeMailbox(renewed.thing.id)
        #expect(try await store.restoreMailbox("100", domain: "example.org").id == renewed.thing.id)
        #expect(try await store.restoreExtension("100", domain: "example.org").mailbox == renewed.thing.id)
    }

    @Test("an extension that opens a general mailbox leaves it when it goes")
    func generalStays() async throws {
        let store = try await scratch.open()
        _ = try await store.sampleMailbox("100")
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        let team = try await store.addMailbox(NewMailbox(domain: "example.org", number: "200"))
        try await store.setMailbox(team.id, of: account.id)
        try await store.removeExtension(account.id)
        #expect(try await store.mailboxes(domain: "example.org").map(\.number) == ["100", "200"])
        let list = try await store.addList("800", name: "Sales", domain: "example.org")
        let gone = try await store.addMailbox(NewMailbox(domain: "example.org", number: "801"))
        try await store.removeMailbox(gone.id)
        _ = try await store.addList("801", name: "More sales", domain: "example.org")
        await #expect(throws: StoreError.numberHeld("801", domain: "example.org", by: "the list More sales")) {
            _ = try await store.restoreMailbox("801", domain: "example.org")
        }
        #expect(try await store.removeList(list.id))
    }

    @Test("removed mailboxes go for good after the organisation's days, with all that was theirs")
    func purged() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        let other = try await store.sampleMailbox("101")
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        for _ in 0..<3 { _ = try await store.record(audio(100), in: mailbox) }
        _ = try await store.record(audio(100), in: other)
        try await greeting(.name, store, mailbox)
        _ = try await store.addList("1", name: "x", owner: mailbox, domain: "example.org")
        for _ in 1...5 { _ = try await store.checkPIN("0000", of: mailbox, from: "192.0.2.1") }
        try await store.addMember(account.id, to: other)
        try await store.removeExtension(account.id)
        scratch.clock.advance(30 * 86_400 - 1)
        try await store.keepHouse()
        #expect(try await store.removed(domain: "example.org").count == 2)
        scratch.clock.advance(2)
        try await store.keepHouse()
        #expect(try await store.removed(domain: "example.org").isEmpty)
        let left = try await store.door.read { database in
            try ["mailbox", "extension", "recording", "chunk", "pin", "list", "member", "notice", "countsChange"].map {
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") ?? 0
            }
        }
        #expect(left == [1, 1, 1, 1, 1, 0, 0, 0, 1])
        #expect(try await store.sampleMailbox("100").rawValue > mailbox.rawValue + 1, "ids are never used twice")
        try await store.audit()
    }

    @Test("each organisation keeps new, saved and deleted messages as long as it chose (E5)")
    func retention() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        _ = try await store.addOrganisation(NewOrganisation(domain: "b.example", name: "B"))
        let keeper = try await store.addMailbox(NewMailbox(domain: "b.example", number: "100", pin: "4815")).id
        let id = try #require(try await store.organisation(domain: "example.org")).id
        _ = try await store.changeSettings(of: id) { settings in
            settings.expiresNewAfter = 10
            settings.expiresSavedAfter = 20
            settings.keepsDeleted = 5
        }
        var ids: [RecordingID] = []
        for _ in 0..<4 { ids.append(try await store.record(audio(100), in: mailbox)) }
        for (message, folder) in zip(ids, [Folder.new, .saved, .family, .deleted]) {
            #expect(try await store.move(message, of: mailbox, to: folder))
        }
        let theirs = try await store.record(audio(100), in: keeper)
        func folders() async throws -> [Folder?] {
            var folders: [Folder?] = []
            for id in ids { folders.append(try await store.message(id)?.folder) }
            return folders
        }
        for (days, expected) in [
            (4.0, [Folder.new, .saved, .family, .deleted]), (5.5, [.new, .saved, .family, nil]),
            (10.5, [.deleted, .saved, .family, nil]), (15.0, [.deleted, .saved, .family, nil]),
            (15.6, [nil, .saved, .family, nil]), (20.5, [nil, .deleted, .deleted, nil]), (26, [nil, nil, nil, nil]),
        ] as [(Double, [Folder?])] {
            scratch.clock.advance(1_700_000_000 + days * 86_400 - scratch.clock.now)
            try await store.keepHouse()
            #expect(try await folders() == expected, "after \(days) days")
        }
        #expect(try await store.message(theirs)?.folder == .new)
        try await store.audit()
    }

    @Test("a clear-out of more than one batch leaves nothing behind, and a broken document stops no other organisation")
    func batches() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100")
        _ = try await store.addOrganisation(NewOrganisation(domain: "a.example", name: "A"))
        for _ in 0..<205 {
            let id = try await store.record([0], in: mailbox)
            #expect(try await store.move(id, of: mailbox, to: .deleted))
        }
        try await store.door.write {
            try $0.execute(
                sql: #"UPDATE organisation SET settings = '{"keepsDeleted": "no"}' WHERE domain = 'a.example'"#)
        }
        scratch.clock.advance(8 * 86_400)
        try await store.keepHouse()
        #expect(try await store.used(mailbox) == 0)
    }

    @Test("nearly full and full are each told once, and again after it had room; deleted messages are no load (E6)")
    func warnings() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100", quota: 200_000)
        _ = try await store.changeSettings(of: mailbox) { settings in
            settings.warnsAt = 50
            settings.emails = ["ann@example.org"]
        }
        func told() async throws -> [Notice.Kind] { try await store.notices(domain: "example.org").map(\.kind) }
        let first = try await store.record(audio(99_999), in: mailbox)
        #expect(try await told() == [])
        let making = try await store.openRecording(.message(in: mailbox))
        _ = try await making.append(audio(50_000))
        try await store.tick()
        #expect(try await told() == [], "what is being recorded may yet be discarded")
        try await making.keep(urgent: false)
        #expect(try await told() == [.mailboxWarning])
        let third = try await store.record(audio(40_000), in: mailbox)
        #expect(try await told() == [.mailboxWarning, .mailboxFull])
        #expect(try await store.move(third, of: mailbox, to: .deleted))
        #expect(try await store.move(third, of: mailbox, to: .new))
        #expect(try await told() == [.mailboxWarning, .mailboxFull, .mailboxFull])
        #expect(try await store.move(first, of: mailbox, to: .deleted))
        #expect(try await store.purge(third, of: mailbox))
        _ = try await store.record(audio(50_000), in: mailbox)
        #expect(try await told() == [.mailboxWarning, .mailboxFull, .mailboxFull, .mailboxWarning])
        let notice = try #require(try await store.notices(domain: "example.org").last)
        #expect(notice.addresses == ["ann@example.org"] && notice.detail == "100000 of 200000 bytes")
        _ = try await store.changeSettings(of: mailbox) { $0.tellsWhenFull = false }
        _ = try await store.record(audio(90_000), in: mailbox)
        #expect(try await told().count == 4)
        try await store.audit()
    }

    @Test("a greeting from a file is stored whole beside a running server, within the quota (C8)")
    func greetingFromFile() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox("100", quota: 30_000)
        let tool = try await scratch.open(access: .administration)
        try await tool.setGreeting(.outOfHours, of: mailbox, audio: audio(20_500), encoding: .pcma)
        let kept = try #require(try await store.greeting(.outOfHours, of: mailbox))
        #expect(kept.byteCount == 20_500 && kept.encoding == .pcma)
        #expect(try await store.audio(of: kept.id, in: 0..<99_999) == audio(20_500))
        try await tool.setGreeting(.outOfHours, of: mailbox, audio: audio(30_000), encoding: .pcmu)
        await #expect(throws: StoreError.noRoom(bytes: 30_001, available: 30_000)) {
            try await tool.setGreeting(.outOfHours, of: mailbox, audio: audio(30_001), encoding: .pcmu)
        }
        await #expect(throws: StoreError.noRoom(bytes: 1, available: 0)) {
            try await tool.setGreeting(.name, of: mailbox, audio: audio(1), encoding: .pcmu)
        }
        #expect(try await tool.greetings(of: mailbox).map(\.byteCount) == [30_000])
        try await store.audit()
    }
}
