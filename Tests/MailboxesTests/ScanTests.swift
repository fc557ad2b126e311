import GRDB
import Testing

@testable import Mailboxes

@Suite("No statement of a call walks through a table (issue 5)")
struct ScanTests {
    private let scratch: Scratch
    private let watch = ScanWatch()

    init() throws { scratch = try Scratch() }

    /// 600 mailboxes with five messages each beside the few that are used.
    private func filled() async throws -> SQLiteStore {
        let store = try await scratch.open { [watch] in $0.prepareConnection = { try watch.watch($0) } }
        for number in ["100", "101"] { _ = try await store.sampleMailbox(number) }
        try await store.door.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE each (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM each WHERE n < 599)
                    INSERT INTO mailbox (id, organisation, number, kind, quota)
                        SELECT 1000 + n, 1, 10000 + n, 'personal', 100000 FROM each;
                    INSERT INTO extension (organisation, number, displayName, ha1MD5, ha1SHA256, addressHA1MD5,
                            addressHA1SHA256, mailbox)
                        SELECT 1, m.number, 'P' || m.number, e.ha1MD5, e.ha1SHA256, e.addressHA1MD5,
                            e.addressHA1SHA256, m.id FROM mailbox m, extension e WHERE m.id >= 1000 AND e.number = '100';
                    INSERT INTO binding (account, contact, callID, cseq, expiresAt, flow)
                        SELECT id, 'c', 'i', 1, 1, 'f' FROM extension;
                    WITH RECURSIVE each (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM each WHERE n < 2999)
                    INSERT INTO recording (mailbox, purpose, receivedAt, encoding)
                        SELECT 1000 + n % 600, 'message', n, 'PCMU' FROM each;
                    INSERT INTO chunk (recording, start, audio) SELECT id, 0, zeroblob(100) FROM recording;
                    UPDATE recording SET state = iif(id % 2, 'new', 'saved');
                    """)
        }
        watch.start()
        return store
    }

    /// Of tables that grow with what is stored; a statement may touch a few rows of a small one.
    private func expectNoScan(_ location: SourceLocation = #_sourceLocation) {
        let scans = watch.scans.filter { $0.value > 50 }
        #expect(scans.isEmpty, sourceLocation: location)
        #expect(watch.statements.count > 5, "nothing was watched", sourceLocation: location)
    }

    @Test("the watch sees a scan, and one that a trigger makes")
    func watchSees() async throws {
        let store = try await filled()
        try await store.door.serially { database in
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM recording WHERE callerName = 'x'")
            try database.execute(
                sql: """
                    CREATE TEMP TRIGGER scans AFTER UPDATE OF name ON organisation BEGIN
                        UPDATE recording SET urgent = 0 WHERE callerName = 'x';
                    END
                    """)
            try database.execute(sql: "UPDATE organisation SET name = 'Y'")
        }
        #expect(watch.scans.keys.contains { $0.contains("count(*)") })
        #expect(watch.scans.keys.contains { $0.contains("UPDATE organisation") })
    }

    @Test("leaving a message, with a copy, and cutting it off (B2, B6)")
    func deposit() async throws {
        let store = try await filled()
        let mailbox = try #require(try await store.mailbox(reachedBy: "10500", domain: "example.org")).id
        _ = try await store.greeting(.unavailable, of: mailbox)
        _ = try await store.room(in: mailbox)
        var new = NewRecording.message(in: mailbox, from: "555")
        new.copies = [MailboxID(rawValue: 1_590)]
        let message = try await store.openRecording(new)
        for _ in 1...3 {
            _ = try await message.append(audio(8_000))
            try await store.tick()
        }
        try await message.trim(to: 16_000)
        _ = try await message.keep(urgent: true)
        let draft = try await store.openRecording(.greeting(.unavailable, in: mailbox))
        _ = try await draft.append(audio(8_000))
        try await draft.keep(urgent: false)
        let full = try await store.openRecording(.message(in: mailbox))
        for _ in 1...12 { _ = try await full.append(audio(8_000)) }
        try await store.tick()
        try await full.discard()
        expectNoScan()
    }

    @Test("logging in, listening, filing and deleting (C1–C4, D3)")
    func listening() async throws {
        let store = try await filled()
        let account = try #require(try await store.account(number: "10500", domain: "example.org"))
        let mailbox = account.mailbox
        try await store.setPIN("4815", of: mailbox)
        #expect(try await store.checkPIN("0000", of: mailbox, from: "x") == .wrong)
        #expect(try await store.checkPIN("4815", of: mailbox, from: "x") == .accepted)
        _ = try await store.isMember(account.id, of: mailbox)
        _ = try await store.bookmark(of: mailbox)
        _ = try await store.counts(of: mailbox)
        for folder in Folder.allCases { _ = try await store.messages(in: folder, of: mailbox) }
        let messages = try await store.messages(in: .new, of: mailbox)
        let first = try #require(messages.first).id
        _ = try await store.audio(of: first, in: 0..<100)
        #expect(try await store.markHeard(first, of: mailbox))
        #expect(try await store.move(first, of: mailbox, to: .deleted))
        #expect(try await store.undelete(first, of: mailbox))
        try await store.setBookmark(Bookmark(message: first, folder: .saved, position: 1, at: 1), of: mailbox)
        #expect(try await store.purge(first, of: mailbox))
        expectNoScan()
    }

    @Test("sending, lists and settings (C5, C6, C8)")
    func sending() async throws {
        let store = try await filled()
        let mailbox = MailboxID(rawValue: 1_500)
        _ = try await store.addressee("10501", for: mailbox)
        try await store.changeOwnList(1, of: mailbox, adding: [MailboxID(rawValue: 1_501)], removing: [])
        _ = try await store.addressee("1", for: mailbox)
        _ = try await store.members(ofOwnList: 1, of: mailbox)
        _ = try await store.lists(of: mailbox)
        try await store.changeOwnList(1, of: mailbox, adding: [], removing: [MailboxID(rawValue: 1_501)])
        let part = try #require(try await store.messages(in: .new, of: mailbox).first).id
        let sending = Sending(parts: [part], sender: mailbox, callerNumber: nil, callerName: nil)
        _ = try await store.deliver(sending, to: MailboxID(rawValue: 1_501))
        _ = try await store.changeSettings(of: mailbox) { $0.isEnabled = false }
        try await store.setGreeting(.busy, of: mailbox, audio: audio(8_000), encoding: .pcmu)
        _ = try await store.greetings(of: mailbox)
        _ = try await store.deleteGreeting(.busy, of: mailbox)
        _ = try await store.chooseGreeting(nil, of: mailbox)
        expectNoScan()
    }

    @Test("registering, administration and clearing out (E1–E6, F1)")
    func administration() async throws {
        let store = try await filled()
        let account = try #require(try await store.account(number: "10500", domain: "example.org"))
        try await store.replaceBindings(
            of: account.id,
            with: [StoredBinding(account: account.id, contact: "c", callID: "i", cseq: 1, expiresAt: 1, flow: "f")])
        _ = try await store.accounts(ofMailbox: account.mailbox)
        try await store.addMember(account.id, to: MailboxID(rawValue: 1_501))
        _ = try await store.members(of: MailboxID(rawValue: 1_501))
        _ = try await store.removeMember(account.id, from: MailboxID(rawValue: 1_501))
        _ = try await store.addExtension(
            NewExtension(domain: "example.org", number: "300", password: "secret", pin: "4815"))
        try await store.setQuota(200_000, of: account.mailbox)
        _ = try await store.removalPreview(of: account.mailbox)
        try await store.removeExtension(account.id)
        _ = try await store.restoreExtension("10500", domain: "example.org")
        _ = try await store.changeSettings(of: MailboxID(rawValue: 1_502)) { $0.copies = ["10500", "10503"] }
        try await store.removeExtension(account.id)
        _ = try await store.addExtension(
            NewExtension(domain: "example.org", number: "10500", password: "secret", pin: "4815"))
        #expect(try await store.mailbox(MailboxID(rawValue: 1_502))?.settings.copies == ["10503"])
        scratch.clock.advance(40 * 86_400)
        try await store.keepHouse()
        #expect(try await store.account(account.id) == nil)
        _ = try await store.lockouts()
        expectNoScan()
    }
}
