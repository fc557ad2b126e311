import Testing

@testable import Mailboxes

@Suite("What phones register and subscribe (F1, F2)")
struct PhoneRecordTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func subscription(
        _ account: ExtensionID, _ tag: String, mailbox: MailboxID? = nil, until: Double = 2e9
    ) -> StoredSubscription {
        StoredSubscription(
            account: account, tag: tag, mailbox: mailbox, expiresAt: until, keptAt: 1e9, dialog: #"{"x":"<sip:é>"}"#)
    }

    @Test("subscriptions survive a crash in the order in which they came; a refresh takes the place of the one before")
    func subscriptions() async throws {
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        let account = try #require(try await store.account(number: "100", domain: "example.org")).id
        for tag in ["b", "a", "c"] { try await store.keep(subscription(account, tag)) }
        let refreshed = subscription(account, "b", mailbox: mailbox, until: 2.1e9)
        try await store.keep(refreshed)
        try await store.forgetSubscriptions(["c", "never there"])
        try await store.forgetSubscriptions([])
        try scratch.crash(to: "crashed.sqlite")
        let after = try await scratch.open("crashed.sqlite")
        #expect(try await after.subscriptions() == [refreshed, subscription(account, "a")])
        try await after.audit()
    }

    @Test("those of a removed extension are gone at once, and none are kept for one that there is not")
    func removedExtension() async throws {
        let store = try await scratch.open()
        _ = try await store.sampleMailbox()
        let account = try #require(try await store.account(number: "100", domain: "example.org")).id
        try await store.keep(subscription(account, "a"))
        try await store.removeExtension(account)
        #expect(try await store.subscriptions().isEmpty)
        for gone in [account, ExtensionID(rawValue: 99)] {
            await #expect(throws: StoreError.unknownExtension(gone)) { try await store.keep(subscription(gone, "b")) }
        }
    }

    @Test("ten thousand at once are a few transactions, each of them durable; one that is wrong spoils no other")
    func groupCommit() async throws {
        let store = try await scratch.open()
        _ = try await store.sampleMailbox()
        let account = try #require(try await store.account(number: "100", domain: "example.org")).id
        let binding = StoredBinding(
            account: account, contact: "<sip:a>", callID: "a", cseq: 1, expiresAt: 2e9, flow: "")
        let failed = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<10_000 {
                let owner = number == 5_000 ? ExtensionID(rawValue: 99) : account
                group.addTask {
                    do {
                        if number.isMultiple(of: 2) {
                            try await store.keep(subscription(owner, "\(number)"))
                        } else {
                            try await store.replaceBindings(of: owner, with: [binding])
                        }
                        return false
                    } catch { return true }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failed == 1)
        #expect(await store.phoneJournal.commits < 1_000)
        try scratch.crash(to: "crashed.sqlite")
        let after = try await scratch.open("crashed.sqlite")
        #expect(try await after.subscriptions().count == 4_999)
        #expect(try await after.bindings() == [binding])
    }

    @Test("a full or closed database says so to everybody who waits")
    func closed() async throws {
        let store = try await scratch.open()
        _ = try await store.sampleMailbox()
        let account = try #require(try await store.account(number: "100", domain: "example.org")).id
        try await store.close()
        await #expect(throws: StoreError.closed) { try await store.keep(subscription(account, "a")) }
        await #expect(throws: StoreError.closed) { try await store.forgetSubscriptions(["a"]) }
    }

    @Test("a new extension is told like one that changed; extensions are listed by number")
    func newExtension() async throws {
        let store = try await scratch.open()
        var changes = store.extensionChanges().makeAsyncIterator()
        _ = try await store.sampleMailbox()
        let account = try #require(try await store.account(number: "100", domain: "example.org"))
        #expect(await changes.next() == account.id)
        #expect(try await store.accounts(domain: "Example.org") == [account])
        #expect(try await store.accounts(domain: "nowhere.example").isEmpty)
    }
}
