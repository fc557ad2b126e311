import Foundation
import GRDB
import Testing

@testable import Mailboxes

@Suite("PINs that are given: initial ones, resets, notices, lockouts ended (D1, D2, D3)")
struct InitialPINTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func organisation(
        _ store: SQLiteStore, _ change: @escaping @Sendable (inout OrganisationSettings) -> Void = { _ in }
    ) async throws -> OrganisationID {
        let id = try await store.addOrganisation(NewOrganisation(domain: "example.org", name: "Example")).id
        _ = try await store.changeSettings(of: id, change)
        return id
    }

    private func new(_ number: String, pin: String? = nil, emails: [String] = []) -> NewExtension {
        NewExtension(domain: "example.org", number: number, password: "p", pin: pin, emails: emails)
    }

    @Test("a system-generated PIN is random, fits the policy, is temporary, and opens the mailbox")
    func systemGenerated() async throws {
        let store = try await scratch.open()
        _ = try await organisation(store)
        var drawn: Set<String> = []
        for number in 100..<140 {
            let created = try await store.create(new("\(number)"))
            let pin = try #require(created.pin)
            #expect(pin.utf8.count == 7 && PINPolicy().weakness(of: pin, mailboxNumber: "\(number)") == nil)
            drawn.insert(pin)
            let mailbox = try #require(try await store.mailbox(created.thing.mailbox))
            #expect(mailbox.pinIsTemporary && mailbox.settings.needsIntroduction)
            #expect(try await store.checkPIN(pin, of: mailbox.id, from: "192.0.2.1") == .accepted)
        }
        #expect(drawn.count == 40)
    }

    @Test("drawn PINs take the policy's length, and run out where it leaves none that differ")
    func lengths() async throws {
        let store = try await scratch.open()
        let id = try await organisation(store) { $0.pinPolicy.exactly = 4 }
        #expect(try await store.create(new("100")).pin?.utf8.count == 4)
        // Somebody holds every PIN of four digits until he changes it.
        try await store.door.write { [key = store.key] database in
            try database.execute(
                sql:
                    "INSERT INTO mailbox (organisation, number, kind, quota) SELECT \(id.rawValue), value, 'personal', 1 FROM json_each(?)",
                arguments: ["[" + (20_000..<30_000).map { "\"\($0)\"" }.joined(separator: ",") + "]"])
            try database.execute(sql: "UPDATE pin SET fingerprint = NULL")
            for pin in 0..<10_000 {
                try database.execute(
                    sql: """
                        INSERT INTO pin SELECT id, zeroblob(16), zeroblob(32), 16, 1, 1, 1, ? FROM mailbox
                        WHERE number = ?
                        """,
                    arguments: [
                        key.fingerprint(String(String(pin + 10_000).suffix(4)), in: id), "\(pin + 20_000)",
                    ])
            }
        }
        await #expect(throws: StoreError.noPINLeft("example.org")) { _ = try await store.create(new("101")) }
        _ = try await store.changeSettings(of: id) { $0.pinPolicy.exactly = nil }
        #expect(try await store.create(new("101")).pin?.utf8.count == 7)
    }

    @Test("without introductions a new owner is asked for a PIN and nothing else")
    func noIntroduction() async throws {
        let store = try await scratch.open()
        _ = try await organisation(store) { $0.introducesOwners = false }
        let mailbox = try await store.create(new("100")).thing.mailbox
        let kept = try #require(try await store.mailbox(mailbox))
        #expect(kept.pinIsTemporary && !kept.settings.needsIntroduction)
    }

    @Test("a given PIN is not temporary; what the policy refuses is refused, whoever gives it (D2)")
    func given() async throws {
        let store = try await scratch.open()
        _ = try await organisation(store)
        let mailbox = try await store.create(new("100", pin: "4815"))
        #expect(mailbox.pin == nil)
        let kept = try #require(try await store.mailbox(mailbox.thing.mailbox))
        #expect(!kept.pinIsTemporary && !kept.settings.needsIntroduction)
        await #expect(throws: StoreError.weakPIN(.common)) { _ = try await store.create(new("101", pin: "1234")) }
        await #expect(throws: StoreError.weakPIN(.mailboxNumber)) {
            _ = try await store.addMailbox(NewMailbox(domain: "example.org", number: "5004", pin: "5004"))
        }
        for (pin, weakness) in [("7777", PINWeakness.repeated), ("3456", .run)] {
            await #expect(throws: StoreError.weakPIN(weakness)) { _ = try await store.create(new("101", pin: pin)) }
            await #expect(throws: StoreError.weakPIN(weakness)) {
                try await store.givePIN(pin, of: mailbox.thing.mailbox)
            }
        }
        _ = try await store.changeSettings(of: kept.organisation) { $0.pinPolicy.exactly = 6 }
        await #expect(throws: StoreError.weakPIN(.length)) { _ = try await store.create(new("101", pin: "4815")) }
        #expect(try await store.mailboxes(domain: "example.org").map(\.number) == ["100"])
    }

    @Test("an administrator sets a PIN of his own choice, which ends a lockout and is told to nobody (D2, D3)")
    func set() async throws {
        let store = try await scratch.open()
        _ = try await organisation(store) { $0.pinPolicy.exactly = 6 }
        let mailbox = try await store.create(new("100", emails: ["ann@example.org"])).thing.mailbox
        for _ in 1...5 { _ = try await store.checkPIN("0000", of: mailbox, from: "192.0.2.1") }
        try await store.givePIN("481516", of: mailbox)
        #expect(try await store.checkPIN("481516", of: mailbox, from: "192.0.2.2") == .accepted)
        #expect(try await store.mailbox(mailbox)?.pinIsTemporary == false)
        try await store.givePIN("271828", of: mailbox, temporary: true)
        #expect(try await store.mailbox(mailbox)?.pinIsTemporary == true)
        #expect(try await store.notices(domain: "example.org").map(\.kind) == [.pinCreated, .locked])
        await #expect(throws: StoreError.badPIN) { try await store.givePIN("12", of: mailbox) }
    }

    @Test("the default PIN is e-mailed too, at creation and when a PIN goes back to it; it must be changed (D1, D2)")
    func backToDefault() async throws {
        let store = try await scratch.open()
        let id = try await organisation(store) { settings in
            settings.mayHaveDefaultPIN = true
            settings.initialPIN = .default
        }
        try await store.setDefaultPIN("4815162", of: id)
        let mailbox = try await store.create(new("100", emails: ["ann@example.org"])).thing.mailbox
        try await store.setPIN("2718", of: mailbox)
        for _ in 1...5 { _ = try await store.checkPIN("0000", of: mailbox, from: "192.0.2.1") }
        try await store.resetPINToDefault(of: mailbox)
        #expect(try await store.checkPIN("4815162", of: mailbox, from: "192.0.2.2") == .accepted)
        #expect(try await store.mailbox(mailbox)?.pinIsTemporary == true)
        let notices = try await store.notices(domain: "example.org")
        #expect(notices.map(\.kind) == [.pinCreated, .locked, .pinReset])
        for notice in [notices[0], notices[2]] {
            #expect(notice.addresses == ["ann@example.org"] && notice.detail == "the default PIN")
            #expect(try await store.pin(ofNotice: notice.id) == "4815162")
        }
        // One that an earlier version kept cannot be read again: its notice says only what it is.
        try await store.door.write { try $0.execute(sql: "UPDATE defaultPIN SET sealed = NULL") }
        try await store.resetPINToDefault(of: mailbox)
        let last = try #require(try await store.notices(domain: "example.org").last)
        #expect(!last.hasPIN && last.detail == "the default PIN")
        try await store.setDefaultPIN(nil, of: id)
        await #expect(throws: StoreError.noDefaultPIN("example.org")) {
            try await store.resetPINToDefault(of: mailbox)
        }
    }

    @Test("the default PIN: by permission, seven digits within the policy, at creation only")
    func defaultPIN() async throws {
        let store = try await scratch.open()
        let id = try await organisation(store)
        let before = try await store.create(new("100"))
        await #expect(throws: StoreError.self) { try await store.setDefaultPIN("4815162", of: id) }
        _ = try await store.changeSettings(of: id) { settings in
            settings.mayHaveDefaultPIN = true
            settings.initialPIN = .default
        }
        await #expect(throws: StoreError.noDefaultPIN("example.org")) { _ = try await store.create(new("101")) }
        for (pin, weakness) in [
            ("481516", PINWeakness.length), ("48151623", .length), ("1234567", .run), ("7777777", .repeated),
        ] { await #expect(throws: StoreError.weakPIN(weakness)) { try await store.setDefaultPIN(pin, of: id) } }
        try await store.setDefaultPIN("4815162", of: id)
        #expect(try await store.hasDefaultPIN(id))
        let after = try await store.create(new("101"))
        #expect(after.pin == nil)
        let mailbox = try #require(try await store.mailbox(after.thing.mailbox))
        #expect(mailbox.pinIsTemporary && mailbox.settings.needsIntroduction)
        #expect(try await store.checkPIN("4815162", of: mailbox.id, from: "192.0.2.1") == .accepted)
        await #expect(throws: StoreError.weakPIN(.mailboxNumber)) { _ = try await store.create(new("4815162")) }
        // What existed keeps its PIN, then and when the choice is taken back.
        let old = try #require(before.pin)
        #expect(try await store.checkPIN(old, of: before.thing.mailbox, from: "192.0.2.1") == .accepted)
        let reset = try await store.resetPIN(of: mailbox.id)
        #expect(reset != "4815162" && reset.utf8.count == 7)
        #expect(try await store.checkPIN(reset, of: mailbox.id, from: "192.0.2.1") == .accepted)
        _ = try await store.changeSettings(of: id) { $0.initialPIN = .systemGenerated }
        #expect(try await store.checkPIN(reset, of: mailbox.id, from: "192.0.2.1") == .accepted)
        #expect(try await store.create(new("102")).pin != nil)
        try await store.setDefaultPIN(nil, of: id)
        #expect(try await !store.hasDefaultPIN(id))
    }

    @Test("a reset is temporary, ends a lockout, and is queued for the owner")
    func reset() async throws {
        let store = try await scratch.open()
        _ = try await organisation(store)
        let mailbox = try await store.create(new("100", pin: "4815", emails: ["ann@example.org"])).thing.mailbox
        for _ in 1...5 { _ = try await store.checkPIN("0000", of: mailbox, from: "192.0.2.1") }
        let pin = try await store.resetPIN(of: mailbox)
        #expect(try await store.mailbox(mailbox)?.pinIsTemporary == true)
        #expect(try await store.checkPIN(pin, of: mailbox, from: "192.0.2.2") == .accepted)
        let notices = try await store.notices(domain: "example.org")
        #expect(notices.map(\.kind) == [.locked, .pinReset])
        let notice = try #require(notices.last)
        #expect(notice.addresses == ["ann@example.org"] && notice.hasPIN && notice.mailbox == mailbox)
        #expect(try await store.pin(ofNotice: notice.id) == pin)
        try await store.setPIN("2718", of: mailbox, temporary: false)
        #expect(try await store.mailbox(mailbox)?.pinIsTemporary == false)
    }

    @Test("a drawn PIN is readable in no file; the key is its owner's alone, and without it the notice says nothing")
    func sealed() async throws {
        let store = try await scratch.open()
        _ = try await organisation(store)
        let pin = try #require(try await store.create(new("100", emails: ["ann@example.org"])).pin)
        let notice = try #require(try await store.notices(domain: "example.org").first)
        #expect(notice.kind == .pinCreated)
        try await store.close()
        for ending in ["", "-wal", ".key"] {
            guard let bytes = FileManager.default.contents(atPath: scratch.path("store.sqlite" + ending)) else {
                continue
            }
            #expect(bytes.range(of: Data(pin.utf8)) == nil, "\(ending)")
        }
        let key = scratch.path("store.sqlite.key")
        #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
        var again = try await scratch.open()
        #expect(try await again.pin(ofNotice: notice.id) == pin)
        try await again.close()
        try FileManager.default.removeItem(atPath: key)
        again = try await scratch.open()
        #expect(try await again.pin(ofNotice: notice.id) == nil)
        #expect(try await again.removeNotice(notice.id))
        #expect(try await !again.removeNotice(notice.id))
        try await again.close()
        try Data("short".utf8).write(to: URL(fileURLWithPath: key))
        await #expect(throws: StoreError.cannotOpen(path: key, reason: "not a key of this program")) {
            _ = try await scratch.open()
        }
    }

    @Test("lockouts are listed and ended, beside a running server too; each lock is told once")
    func unlock() async throws {
        let store = try await scratch.open()
        _ = try await organisation(store)
        let mailbox = try await store.create(new("100", pin: "4815")).thing.mailbox
        let other = try await store.create(new("101", pin: "4815")).thing.mailbox
        for each in [mailbox, other] {
            for _ in 1...5 { #expect(try await store.checkPIN("0000", of: each, from: "192.0.2.1") == .wrong) }
        }
        let tool = try await scratch.open(access: .administration)
        #expect(
            Set(try await tool.lockouts()) == [
                CurrentLockout(subject: .mailbox(mailbox), wrong: 5, seconds: 60),
                CurrentLockout(subject: .mailbox(other), wrong: 5, seconds: 60),
                CurrentLockout(subject: .source("192.0.2.1"), wrong: 10, seconds: 60),
            ])
        #expect(try await tool.unlock(.mailbox(mailbox)))
        #expect(try await !tool.unlock(.mailbox(mailbox)))
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .locked(seconds: 60))
        #expect(try await tool.unlock(.source("192.0.2.1")))
        #expect(try await store.checkPIN("4815", of: mailbox, from: "192.0.2.1") == .accepted)
        #expect(try await store.checkPIN("4815", of: other, from: "192.0.2.1") == .locked(seconds: 60))
        let notices = try await store.notices(domain: "example.org")
        #expect(notices.map(\.kind) == [.locked, .locked, .locked])
        #expect(notices.map(\.mailbox) == [mailbox, other, other])
        #expect(
            Set(notices.compactMap(\.detail)) == ["mailbox for 60 seconds", "source 192.0.2.1 for 60 seconds"])
    }

    @Test("who waits after wrong passwords is kept, listed and ended beside a running server; the past is cleared (G4)")
    func passwords() async throws {
        let store = try await scratch.open()
        let account = PasswordLockout.Subject(account: "100@example.org", address: nil)
        let phone = PasswordLockout.Subject(account: "100@example.org", address: "192.0.2.1")
        let source = PasswordLockout.Subject(account: nil, address: "192.0.2.1")
        let now = scratch.clock.now
        for (index, subject) in [account, phone, source].enumerated() {
            let until = now + 60 * Double(index + 1)
            let lockout = Lockout(wrong: 10 + index, lastWrong: now, lockedUntil: until)
            try await store.keep(PasswordLockout(subject: subject, lockout: lockout))
        }
        let tool = try await scratch.open(access: .administration)
        #expect(
            try await tool.lockouts() == [
                CurrentLockout(subject: .password(source), wrong: 12, seconds: 180),
                CurrentLockout(subject: .password(phone), wrong: 11, seconds: 120),
                CurrentLockout(subject: .password(account), wrong: 10, seconds: 60),
            ])
        #expect(try await tool.unlock(.password(account)))
        #expect(try await !tool.unlock(.password(account)))
        #expect(try await store.passwordLockouts().map(\.subject) == [source])
        #expect(try await !store.isKept(account))
        #expect(try await !store.isKept(phone))
        #expect(try await store.isKept(source))
        scratch.clock.advance(200)
        #expect(try await tool.lockouts().isEmpty)
        try await store.keepHouse()
        #expect(try await !store.isKept(source))
    }
}
