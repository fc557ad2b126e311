import Testing

@testable import Mailboxes

@Suite("Organisations, extensions and mailboxes (A8, E1)")
struct AccountTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("an extension comes with a personal mailbox of its number and digest secrets for its domain")
    func extensionComesWithMailbox() async throws {
        let store = try await scratch.open()
        _ = try await store.addOrganisation(
            NewOrganisation(domain: "Example.ORG", name: "Example", timeZone: "Europe/Madrid"))
        let added = try await store.addExtension(
            NewExtension(domain: "EXAMPLE.org", number: "100", displayName: "Ann", password: "lamp-100", pin: "4815"))
        // printf '100:example.org:lamp-100' | md5sum, sha256sum
        #expect(added.ha1MD5 == "ed6eca59cf8acbaea05b9dfa5e870e08")
        #expect(added.ha1SHA256 == "2e049aa9269037b636f815471d0dfebf0bfac39f64758e9d7f3ea34ebca70f03")
        #expect(added.digest == .md5)
        #expect(try await store.account(number: "100", domain: "example.org") == added)
        let mailbox = try #require(try await store.mailbox(added.mailbox))
        #expect(mailbox.number == "100" && mailbox.kind == .personal && mailbox.quota == 10_000_000)
        #expect(mailbox.timeZone == "Europe/Madrid" && mailbox.language == "en" && !mailbox.pinIsTemporary)
        #expect(try await store.mailbox(number: "100", domain: "example.org") == mailbox)
        #expect(try await store.accounts(ofMailbox: mailbox.id) == [added])
        #expect(try await store.extensions(domain: "example.org") == [added])
    }

    @Test("a name cannot end a line, and a name of nothing is none")
    func names() async throws {
        let store = try await scratch.open()
        let named = try await store.addOrganisation(NewOrganisation(domain: "a.example", name: "A\r\nX-Evil: 1\u{1B}"))
        let unnamed = try await store.addOrganisation(NewOrganisation(domain: "b.example", name: " \n"))
        #expect(named.name == "A  X-Evil: 1" && unnamed.name == "b.example")
        for (number, name, kept) in [("10", "Ann\r\nBea\0", "Ann  Bea"), ("11", "\u{7F}\t", nil), ("12", nil, nil)] {
            let account = try await store.addExtension(
                NewExtension(domain: "a.example", number: number, displayName: name, password: "p", pin: "4815"))
            #expect(account.displayName == kept)
        }
    }

    @Test("an account's own digest algorithm comes before the organisation's")
    func ownDigestFirst() async throws {
        let store = try await scratch.open()
        _ = try await store.addOrganisation(NewOrganisation(domain: "a.example", name: "A", digest: .sha256))
        let plain = try await store.addExtension(
            NewExtension(domain: "a.example", number: "10", password: "p", pin: "4815"))
        let own = try await store.addExtension(
            NewExtension(domain: "a.example", number: "11", password: "p", pin: "4815", digest: .md5))
        #expect(plain.digest == .sha256 && own.digest == .md5)
    }

    @Test("the same number in two organisations is two extensions")
    func numbersBelongToOrganisations() async throws {
        let store = try await scratch.open()
        for domain in ["a.example", "b.example"] {
            _ = try await store.addOrganisation(NewOrganisation(domain: domain, name: domain))
            _ = try await store.addExtension(NewExtension(domain: domain, number: "100", password: "p", pin: "4815"))
        }
        _ = try await store.addMailbox(NewMailbox(domain: "b.example", number: "200", pin: "4815"))
        #expect(try await store.organisations().map(\.domain) == ["a.example", "b.example"])
        #expect(try await store.mailboxes(domain: "a.example").map(\.number) == ["100"])
        #expect(try await store.mailboxes(domain: "b.example").map(\.kind) == [.personal, .general])
    }

    @Test("what is wrong is said by a typed error that names it, and nothing half-made stays")
    func wrongNames() async throws {
        let store = try await scratch.open()
        _ = try await store.sampleMailbox()
        func add(
            _ number: String, _ domain: String = "example.org", password: String = "p", pin: String = "4815"
        ) async throws {
            _ = try await store.addExtension(NewExtension(domain: domain, number: number, password: password, pin: pin))
        }
        await #expect(throws: StoreError.numberTaken("100", domain: "example.org")) { try await add("100") }
        await #expect(throws: StoreError.unknownDomain("nowhere.example")) { try await add("101", "nowhere.example") }
        for number in ["", "1", "12345678901", "1a", "١٢٣", "10 ", "*1"] {
            await #expect(throws: StoreError.badNumber(number)) { try await add(number) }
        }
        await #expect(throws: StoreError.badPassword) { try await add("101", password: "") }
        for pin in ["", "123", "12345678901", "12a4", "١٢٣٤"] {
            await #expect(throws: StoreError.badPIN) { try await add("101", pin: pin) }
        }
        for domain in ["", "a b", "-a.example", "a..example", "a/../b", "x@y", String(repeating: "a", count: 254)] {
            await #expect(throws: StoreError.badDomain(domain)) {
                _ = try await store.addOrganisation(NewOrganisation(domain: domain, name: ""))
            }
        }
        await #expect(throws: StoreError.domainTaken("example.org")) {
            _ = try await store.addOrganisation(NewOrganisation(domain: "Example.org", name: ""))
        }
        await #expect(throws: StoreError.badLanguage("../en")) {
            _ = try await store.addOrganisation(NewOrganisation(domain: "c.example", name: "", language: "../en"))
        }
        await #expect(throws: StoreError.badTimeZone("Mars/Olympus")) {
            _ = try await store.addOrganisation(
                NewOrganisation(domain: "c.example", name: "", timeZone: "Mars/Olympus"))
        }
        await #expect(throws: StoreError.badQuota(-1)) {
            _ = try await store.addMailbox(NewMailbox(domain: "example.org", number: "300", pin: "4815", quota: -1))
        }
        let taken = StoreError.numberTaken("100", domain: "example.org")
        #expect(taken.description == "the number 100 is taken in example.org")
        #expect(try await store.mailboxes(domain: "example.org").map(\.number) == ["100"])
    }

    @Test("bindings survive a restart and are replaced as a whole (F1)")
    func bindings() async throws {
        var store = try await scratch.open()
        _ = try await store.sampleMailbox()
        let account = try #require(try await store.account(number: "100", domain: "example.org")).id
        let binding = StoredBinding(
            account: account, contact: "<sip:100@192.0.2.1;transport=tcp>;q=0.5", callID: "a@b", cseq: .max,
            expiresAt: 1_700_003_600.5, flow: "udp 192.0.2.1 5060")
        try await store.replaceBindings(of: account, with: [binding, binding])
        try await store.replaceBindings(of: account, with: [binding])
        try await store.close()
        store = try await scratch.open()
        #expect(try await store.bindings() == [binding])
        await #expect(throws: StoreError.unknownExtension(ExtensionID(rawValue: 99))) {
            try await store.replaceBindings(of: ExtensionID(rawValue: 99), with: [binding])
        }
    }
}
