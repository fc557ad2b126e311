// What the registrar and the lamps need of a store, in memory: the real one does its work on threads of its own, which
// nobody can run again. It takes its time as a database does, so that what happens meanwhile happens here, too.

@testable import Mailboxes

struct PhoneAccount {
    let account: Extension
    let password: String
    var number: String { account.number }
}

// Everything in this program happens on its one thread.
final class PhoneStoreInMemory: PhoneStore, @unchecked Sendable {
    private(set) var accounts: [String: PhoneAccount] = [:]
    private(set) var numbers: [ExtensionID: String] = [:]
    private var boxes: [MailboxID: Mailbox] = [:]
    private var messages: [MailboxID: MessageCounts] = [:]
    private var registered: [ExtensionID: [StoredBinding]] = [:]
    private var subscribed: [StoredSubscription] = []
    private var locked: [PasswordLockout] = []
    private let organisation: Organisation
    private let mailboxChanges = ChangeBroadcaster<MailboxID>()
    private let accountChanges = ChangeBroadcaster<ExtensionID>()
    private let time: VirtualTime
    private var chance: Chance

    init(_ time: VirtualTime, _ chance: Chance, domain: String) {
        self.time = time
        self.chance = chance
        organisation = Organisation(
            id: OrganisationID(rawValue: 1), domain: domain, name: "Simulation", timeZone: "UTC", language: "en",
            digest: .md5)
    }

    // MARK: What happens

    func add(extension number: String) {
        let id = Int64(accounts.count + 1)
        let password = "secret-\(number)"
        let secrets = AccountSecrets(user: number, realm: organisation.domain, password: password)
        let mailbox = addMailbox(number, .personal)
        let account = Extension(
            .init(
                id: ExtensionID(rawValue: id), organisation: organisation.id, domain: organisation.domain,
                number: number, displayName: nil, ha1MD5: secrets.md5, ha1SHA256: secrets.sha256, digest: .md5,
                mailbox: mailbox))
        accounts[number] = PhoneAccount(account: account, password: password)
        numbers[account.id] = number
    }

    func add(generalMailbox number: String) { _ = addMailbox(number, .general) }

    private func addMailbox(_ number: String, _ kind: Mailbox.Kind) -> MailboxID {
        let id = MailboxID(rawValue: Int64(boxes.count + 1))
        boxes[id] = Mailbox(
            .init(
                id: id, organisation: organisation.id, domain: organisation.domain, number: number, kind: kind,
                quota: Mailbox.defaultQuota, language: "en", timeZone: "UTC", keymap: "default", pinIsTemporary: false))
        return id
    }

    func set(_ counts: MessageCounts, of mailbox: MailboxID) {
        guard messages[mailbox] != counts else { return }
        messages[mailbox] = counts
        mailboxChanges.tell([mailbox])
    }

    func changeSettings(of number: String, _ change: (inout ExtensionSettings) -> Void) {
        guard let known = accounts[number] else { return }
        var account = known.account
        change(&account.settings)
        accounts[number] = PhoneAccount(account: account, password: known.password)
        accountChanges.tell([account.id])
    }

    // MARK: What is there now

    var mailboxes: [MailboxID] { boxes.keys.sorted { $0.rawValue < $1.rawValue } }

    /// What the phones of an account have to show of their own mailbox and those they show with it.
    func shown(on number: String) -> MessageCounts {
        guard let account = accounts[number]?.account else { return MessageCounts() }
        var sum = messages[account.mailbox] ?? MessageCounts()
        for other in account.settings.alsoShows { sum += shown(ofMailbox: other) }
        return sum
    }

    func shown(ofMailbox number: String) -> MessageCounts {
        boxes.values.first { $0.number == number }.flatMap { messages[$0.id] } ?? MessageCounts()
    }

    // MARK: As a store

    private func work() async {
        await time.sleep(Double.random(in: 0...0.01, using: &chance))
    }

    func organisations() async throws -> [Organisation] { [organisation] }
    func organisation(domain: String) async throws -> Organisation? {
        await work()
        return domain == organisation.domain ? organisation : nil
    }
    func account(number: String, domain: String) async throws -> Extension? {
        await work()
        return accounts[number]?.account
    }
    func account(_ id: ExtensionID) async throws -> Extension? {
        await work()
        return numbers[id].flatMap { accounts[$0]?.account }
    }
    func mailbox(_ id: MailboxID) async throws -> Mailbox? { boxes[id] }
    func mailbox(number: String, domain: String) async throws -> Mailbox? {
        await work()
        return boxes.values.first { $0.number == number }
    }
    func counts(of mailbox: MailboxID) async throws -> MessageCounts {
        await work()
        let counts = messages[mailbox] ?? MessageCounts()
        await work()
        return counts
    }
    func changes() -> AsyncStream<MailboxID> { mailboxChanges.subscribe() }
    func extensionChanges() -> AsyncStream<ExtensionID> { accountChanges.subscribe() }
    func bindings() async throws -> [StoredBinding] {
        registered.keys.sorted { $0.rawValue < $1.rawValue }.flatMap { registered[$0] ?? [] }
    }
    func replaceBindings(of account: ExtensionID, with bindings: [StoredBinding]) async throws {
        await work()
        registered[account] = bindings
    }
    func accounts(domain: String) async throws -> [Extension] {
        accounts.values.map(\.account).sorted { $0.number < $1.number }
    }
    func subscriptions() async throws -> [StoredSubscription] { subscribed }
    func keep(_ subscription: StoredSubscription) async throws {
        await work()
        if let place = subscribed.firstIndex(where: { $0.tag == subscription.tag }) {
            subscribed[place] = subscription
        } else {
            subscribed.append(subscription)
        }
    }
    func forgetSubscriptions(_ tags: [String]) async throws {
        await work()
        subscribed.removeAll { tags.contains($0.tag) }
    }
    func digest(ofStranger name: String, in organisation: Organisation) async throws -> Mailboxes.DigestAlgorithm {
        organisation.digest
    }
    func passwordLockouts() async throws -> [PasswordLockout] { locked }
    func keep(_ lockout: PasswordLockout) async throws {
        await work()
        locked.removeAll { $0.subject == lockout.subject }
        locked.append(lockout)
    }
    func isKept(_ subject: PasswordLockout.Subject) async throws -> Bool { locked.contains { $0.subject == subject } }
}
