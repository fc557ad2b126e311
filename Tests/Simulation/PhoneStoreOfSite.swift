// The store as one run of the server has it: after its sudden death nothing of what it had still begun is written.

@testable import Mailboxes

// Everything in this program happens on its one thread.
final class PhoneStoreOfSite: PhoneStore, @unchecked Sendable {
    struct Dead: Error {}

    var isAlive = true
    private let store: PhoneStoreInMemory

    init(_ store: PhoneStoreInMemory) { self.store = store }

    private var writable: PhoneStoreInMemory {
        get throws { if isAlive { store } else { throw Dead() } }
    }

    func organisations() async throws -> [Organisation] { try await store.organisations() }
    func organisation(domain: String) async throws -> Organisation? { try await store.organisation(domain: domain) }
    func account(number: String, domain: String) async throws -> Extension? {
        try await store.account(number: number, domain: domain)
    }
    func account(_ id: ExtensionID) async throws -> Extension? { try await store.account(id) }
    func accounts(domain: String) async throws -> [Extension] { try await store.accounts(domain: domain) }
    func mailbox(_ id: MailboxID) async throws -> Mailbox? { try await store.mailbox(id) }
    func mailbox(number: String, domain: String) async throws -> Mailbox? {
        try await store.mailbox(number: number, domain: domain)
    }
    func counts(of mailbox: MailboxID) async throws -> MessageCounts { try await store.counts(of: mailbox) }
    func changes() -> AsyncStream<MailboxID> { store.changes() }
    func extensionChanges() -> AsyncStream<ExtensionID> { store.extensionChanges() }
    func bindings() async throws -> [StoredBinding] { try await store.bindings() }
    func replaceBindings(of account: ExtensionID, with bindings: [StoredBinding]) async throws {
        try await writable.replaceBindings(of: account, with: bindings)
    }
    func subscriptions() async throws -> [StoredSubscription] { try await store.subscriptions() }
    func keep(_ subscription: StoredSubscription) async throws { try await writable.keep(subscription) }
    func forgetSubscriptions(_ tags: [String]) async throws { try await writable.forgetSubscriptions(tags) }
    func digest(ofStranger name: String, in organisation: Organisation) async throws -> Mailboxes.DigestAlgorithm {
        try await store.digest(ofStranger: name, in: organisation)
    }
    func passwordLockouts() async throws -> [PasswordLockout] { try await store.passwordLockouts() }
    func keep(_ lockout: PasswordLockout) async throws { try await writable.keep(lockout) }
    func isKept(_ subject: PasswordLockout.Subject) async throws -> Bool { try await store.isKept(subject) }
}
