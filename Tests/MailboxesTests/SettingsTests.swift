import GRDB
import Testing

@testable import Mailboxes

@Suite("Settings, members, the directory and where a call broke off (A5, A9, C1, C4, C12, C13)")
struct SettingsTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    struct Change<Settings>: Sendable {
        let setting: String
        let make: @Sendable (inout Settings) -> Void
        init(_ setting: String, _ make: @escaping @Sendable (inout Settings) -> Void) {
            self.setting = setting
            self.make = make
        }
    }

    @Test("what is chosen is kept over a restart; language, zone and keys are the mailbox's or the organisation's")
    func kept() async throws {
        var store = try await scratch.open()
        let id = try await store.sampleMailbox()
        let organisation = try #require(try await store.organisation(domain: "example.org"))
        let changed = try await store.changeSettings(of: organisation.id) { settings in
            settings.keymap = "freeswitch"
            settings.hours = OpeningHours(
                days: [2: [.init(from: 540, to: 780), .init(from: 840, to: 1_440)]], closed: ["2026-12-25"])
            settings.pinPolicy.exactly = 7
        }
        #expect(changed.settings.keymap == "freeswitch")
        #expect(try await store.mailbox(id)?.keymap == "freeswitch")
        let mailbox = try await store.changeSettings(of: id) { settings in
            settings.language = "es"
            settings.timeZone = "Europe/Madrid"
            settings.keymap = "asterisk"
            settings.callerKeys = ["*": .logIn, "5": .number("5551234"), "#": .mailbox("200")]
        }
        #expect(mailbox.language == "es" && mailbox.timeZone == "Europe/Madrid" && mailbox.keymap == "asterisk")
        #expect(mailbox.organisationSettings == changed.settings)
        try await store.close()
        store = try await scratch.open()
        #expect(try await store.mailbox(id) == mailbox)
        #expect(try await store.organisation(domain: "example.org") == changed)
        await #expect(throws: StoreError.unknownMailbox(MailboxID(rawValue: 9))) {
            _ = try await store.changeSettings(of: MailboxID(rawValue: 9)) { $0.skip = 1 }
        }
    }

    @Test("a document that says less has the defaults, one that says more is read, a broken one names its mailbox")
    func documents() async throws {
        let store = try await scratch.open()
        let id = try await store.sampleMailbox()
        func write(_ document: String) async throws {
            try await store.door.write {
                try $0.execute(sql: "UPDATE mailbox SET settings = ? WHERE id = ?", arguments: [document, id.rawValue])
            }
        }
        try await write(#"{"warnsAt": 50, "comes later": {"a": 1}}"#)
        var expected = MailboxSettings()
        expected.warnsAt = 50
        #expect(try await store.mailbox(id)?.settings == expected)
        for broken in [#"{"warnsAt": "much"}"#, "[]", "1", #"{"envelope": "blue"}"#, #"{"callerKeys": {"1": "fly"}}"#] {
            try await write(broken)
            let error = await #expect(throws: StoreError.self) { _ = try await store.mailbox(id) }
            #expect(error?.description.hasPrefix("the settings of mailbox 100 cannot be read: ") == true)
        }
        let message = try await store.openRecording(.message(in: id))
        _ = try await message.append(audio(100))
        try await message.keep(urgent: false)
        try await store.door.write {
            try $0.execute(sql: #"UPDATE organisation SET settings = '{"pinPolicy": {"exactly": 6}}'"#)
        }
        let settings = try #require(try await store.organisation(domain: "example.org")).settings
        #expect(settings.pinPolicy.exactly == 6 && settings.pinPolicy.refusesRuns && settings.keepsDeleted == 7)
    }

    @Test(
        "what does not fit is refused by the setting's name, and nothing of the change stays",
        arguments: [
            Change("operator") { $0.operatorNumber = "0x" },
            Change("caller-keys") { $0.callerKeys = ["12": .skip] }, Change("keymap") { $0.keymap = "../default" },
            Change("copies") { $0.copies = ["1"] }, Change("copies") { $0.copies = ["101", "101"] },
            Change("copies") { $0.copies = ["100"] }, Change("greeting") { $0.chosenGreeting = 10 },
            Change("minimum-message") { $0.minimumMessage = -1 }, Change("maximum-message") { $0.maximumMessage = 4 },
            Change("minimum-message") { ($0.minimumMessage, $0.maximumMessage) = (30, 20) },
            Change("skip") { $0.skip = 0 },
            Change("emails") { $0.emails = ["ann@example"] + ["no address"] }, Change("warns-at") { $0.warnsAt = 101 },
            Change("emails") { $0.emails = ["a\r\nb@example.org"] },
            Change("temporary-greeting-ends") { $0.temporaryGreetingEnds = .nan },
        ] as [Change<MailboxSettings>])
    func refused(change: Change<MailboxSettings>) async throws {
        let store = try await scratch.open()
        let id = try await store.sampleMailbox()
        let error = await #expect(throws: StoreError.self) { _ = try await store.changeSettings(of: id, change.make) }
        #expect(error?.description.hasPrefix(change.setting + ": ") == true, "\(String(describing: error))")
        #expect(try await store.mailbox(id)?.settings == MailboxSettings())
    }

    @Test(
        "an organisation's settings are checked too",
        arguments: [
            Change("keymap") { $0.keymap = "" },
            Change("initial-pin") { $0.initialPIN = .default }, Change("pin-exactly") { $0.pinPolicy.exactly = 3 },
            Change("pin-minimum") { $0.pinPolicy.minimum = 11 },
            Change("hours") { $0.hours = OpeningHours(days: [0: []]) },
            Change("hours") { $0.hours = OpeningHours(days: [2: [.init(from: 600, to: 600)]]) },
            Change("closed") { $0.hours = OpeningHours(closed: ["2026-13-01"]) },
            Change("closed") { $0.hours = OpeningHours(closed: ["2026-02-30"]) },
            Change("operator") { $0.operatorNumber = "" },
            Change("callable-numbers") { $0.callableNumbers = ["+"] }, Change("keeps-deleted") { $0.keepsDeleted = -1 },
            Change("expires-new-after") { $0.expiresNewAfter = 0 }, Change("keeps-removed") { $0.keepsRemoved = 0 },
        ] as [Change<OrganisationSettings>])
    func refusedOrganisation(change: Change<OrganisationSettings>) async throws {
        let store = try await scratch.open()
        _ = try await store.sampleMailbox()
        let id = try #require(try await store.organisation(domain: "example.org")).id
        let error = await #expect(throws: StoreError.self) { _ = try await store.changeSettings(of: id, change.make) }
        #expect(error?.description.hasPrefix(change.setting + ": ") == true, "\(String(describing: error))")
        #expect(try await store.organisation(domain: "example.org")?.settings == OrganisationSettings())
    }

    @Test("language and zone of a mailbox are spelt as those of an organisation")
    func spelling() async throws {
        let store = try await scratch.open()
        let id = try await store.sampleMailbox()
        await #expect(throws: StoreError.badLanguage("../en")) {
            _ = try await store.changeSettings(of: id) { $0.language = "../en" }
        }
        await #expect(throws: StoreError.badTimeZone("Mars/Olympus")) {
            _ = try await store.changeSettings(of: id) { $0.timeZone = "Mars/Olympus" }
        }
    }

    @Test("a mailbox opens to the account whose own it is and to its members, nobody else (A5)")
    func members() async throws {
        let store = try await scratch.open()
        let own = try await store.sampleMailbox()
        _ = try await store.sampleMailbox("101")
        _ = try await store.addOrganisation(NewOrganisation(domain: "b.example", name: "B"))
        let stranger = try await store.addExtension(
            NewExtension(domain: "b.example", number: "100", password: "p", pin: "4815")
        ).id
        let team = try await store.addMailbox(NewMailbox(domain: "example.org", number: "200", pin: "4815")).id
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        let colleague = try #require(try await store.account(number: "101", domain: "example.org"))
        #expect(try await store.isMember(account.id, of: own))
        #expect(try await !store.isMember(colleague.id, of: own))
        #expect(try await !store.isMember(account.id, of: team))
        try await store.addMember(account.id, to: team)
        try await store.addMember(account.id, to: team)
        try await store.addMember(colleague.id, to: team)
        #expect(try await store.members(of: team) == [account, colleague])
        #expect(try await store.isMember(account.id, of: team))
        await #expect(throws: StoreError.unknownExtension(stranger)) { try await store.addMember(stranger, to: team) }
        #expect(try await store.removeMember(account.id, from: team))
        #expect(try await !store.removeMember(account.id, from: team))
        #expect(try await !store.isMember(account.id, of: team))
    }

    @Test("the directory has enabled mailboxes with a name that are not hidden, of one organisation, by name (A9)")
    func directory() async throws {
        let store = try await scratch.open()
        _ = try await store.addOrganisation(NewOrganisation(domain: "example.org", name: "Example"))
        for (number, name) in [
            ("100", "Zoe Adams"), ("101", "ann Brown"), ("102", "Eve"), ("103", "Bob"), ("104", nil),
        ] {
            _ = try await store.addExtension(
                NewExtension(
                    domain: "example.org", number: number, displayName: name, password: "p", pin: "4815"))
        }
        let team = try await store.addMailbox(NewMailbox(domain: "example.org", number: "200", pin: "4815"))
        try await store.setName("  Sales ", of: team.id)
        let hidden = try #require(try await store.mailbox(number: "102", domain: "example.org"))
        _ = try await store.changeSettings(of: hidden.id) { $0.isHiddenFromDirectory = true }
        let disabled = try #require(try await store.mailbox(number: "103", domain: "example.org"))
        _ = try await store.changeSettings(of: disabled.id) { $0.isEnabled = false }
        let entries = try await store.directory(domain: "EXAMPLE.org")
        #expect(entries.map(\.name) == ["ann Brown", "Sales", "Zoe Adams"])
        #expect(entries.map(\.number) == ["101", "200", "100"])
        #expect(try await store.directory(domain: "b.example").isEmpty)
    }

    @Test("an extension whose own mailbox is a general one is reached there, and found there by name (A5, A9)")
    func ownIsGeneral() async throws {
        let store = try await scratch.open()
        _ = try await store.addOrganisation(NewOrganisation(domain: "example.org", name: "Example"))
        let team = try await store.addMailbox(NewMailbox(domain: "example.org", number: "200", pin: "4815")).id
        for (number, name) in [("100", "Zoe Adams"), ("101", "Ann Brown"), ("102", "Eve")] {
            let account = try await store.addExtension(
                NewExtension(domain: "example.org", number: number, displayName: name, password: "p", pin: "4815"))
            if number != "102" { try await store.setMailbox(team, of: account.id) }
        }
        for (number, reached) in [("100", "200"), ("200", "200"), ("102", "102"), ("999", nil)] {
            #expect(try await store.mailbox(reachedBy: number, domain: "Example.org")?.number == reached)
        }
        #expect(try await store.mailbox(number: "100", domain: "example.org")?.number == "100")
        #expect(try await store.mailbox(team)?.name == nil, "a general mailbox is not called as one of its extensions")
        let entries = try await store.directory(domain: "example.org")
        #expect(entries.map(\.name) == ["Ann Brown", "Eve", "Zoe Adams"])
        #expect(entries.map(\.number) == ["101", "102", "100"])
        #expect(entries.map(\.isGuest) == [true, false, true])
        #expect(entries[0].mailbox == team && entries[2].mailbox == team)
        let own = try #require(try await store.mailbox(number: "102", domain: "example.org"))
        let mailbox = try #require(try await store.mailbox(team))
        #expect(try await store.addressee("100", for: own.id) == .mailbox(mailbox))
        _ = try await store.changeSettings(of: team) { $0.isHiddenFromDirectory = true }
        #expect(try await store.directory(domain: "example.org").map(\.name) == ["Eve"])
    }

    @Test("own folders: in neither count, and the lamp is told when a message comes or goes (C4, F2)")
    func ownFolders() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let message = try await store.record(audio(100), in: mailbox, urgent: true)
        var changes = store.changes().makeAsyncIterator()
        for folder in Folder.byDigit.dropFirst(2) {
            #expect(try await store.move(message, of: mailbox, to: folder))
            #expect(await changes.next() == mailbox)
            #expect(try await store.counts(of: mailbox) == MessageCounts())
            #expect(try await store.messages(in: folder, of: mailbox).map(\.folder) == [folder])
            #expect(try await store.message(message)?.folder == folder)
        }
        #expect(try await store.move(message, of: mailbox, to: .saved))
        #expect(await changes.next() == mailbox)
        #expect(try await store.counts(of: mailbox) == MessageCounts(saved: 1, savedUrgent: 1))
        try await store.audit()
    }

    @Test("newest first, when the mailbox says so, still has the urgent ones first (C1)")
    func newestFirst() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        var ids: [RecordingID] = []
        for urgent in [false, true, false, true] {
            ids.append(try await store.record(audio(100), in: mailbox, urgent: urgent))
            scratch.clock.advance(1)
        }
        _ = try await store.changeSettings(of: mailbox) { $0.order = .newestFirst }
        #expect(try await store.messages(in: .new, of: mailbox).map(\.id) == [ids[3], ids[1], ids[2], ids[0]])
    }

    @Test("a mailbox remembers one place, over a restart, until it is forgotten (C12)")
    func bookmark() async throws {
        var store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        #expect(try await store.bookmark(of: mailbox) == nil)
        var bookmark = Bookmark(
            message: RecordingID(rawValue: 3), folder: .work, position: 8_000, at: scratch.clock.now)
        try await store.setBookmark(bookmark, of: mailbox)
        bookmark.position = 16_000
        try await store.setBookmark(bookmark, of: mailbox)
        try await store.close()
        store = try await scratch.open()
        #expect(try await store.bookmark(of: mailbox) == bookmark)
        try await store.setBookmark(nil, of: mailbox)
        #expect(try await store.bookmark(of: mailbox) == nil)
        await #expect(throws: StoreError.unknownMailbox(MailboxID(rawValue: 9))) {
            try await store.setBookmark(bookmark, of: MailboxID(rawValue: 9))
        }
    }

    @Test("a temporary PIN is one until its owner chooses another (D1)")
    func temporaryPIN() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        try await store.setPIN("271828", of: mailbox, temporary: true)
        #expect(try await store.mailbox(mailbox)?.pinIsTemporary == true)
        #expect(try await store.checkPIN("271828", of: mailbox, from: "192.0.2.1") == .accepted)
        try await store.setPIN("314159", of: mailbox, temporary: false)
        #expect(try await store.mailbox(mailbox)?.pinIsTemporary == false)
    }
}
