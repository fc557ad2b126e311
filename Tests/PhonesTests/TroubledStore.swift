// A store that fails as long as it is told to, for what the lamps ask.

import Mailboxes
import Synchronization

@testable import Mailboxes

final class TroubledStore: PhoneStore {
    private let store: SQLiteStore
    /// Reads of mailboxes that are still to fail.
    private let failures: Mutex<Int>

    init(_ store: SQLiteStore, failures: Int) {
        self.store = store
        self.failures = Mutex(failures)
    }

    var failuresLeft: Int { failures.withLock(\.self) }

    func mailbox(_ id: MailboxID) async throws -> Mailbox? {
        let fails = failures.withLock { count in
            count -= 1
            return count >= 0
        }
        if fails { throw StoreError.timedOut }
        return try await store.mailbox(id)
    }

    func organisations() async throws -> [Organisation] { try await store.organisations() }
    func organisation(domain: String) async throws -> Organisation? { try await store.organisation(domain: domain) }
    func account(number: String, domain: String) async throws -> Extension? {
        try await store.account(number: number, domain: domain)
    }
    func account(_ id: ExtensionID) async throws -> Extension? { try await store.account(id) }
    func accounts(domain: String) async throws -> [Extension] { try await store.accounts(domain: domain) }
    func mailbox(number: String, domain: String) async throws -> Mailbox? {
        try await store.mailbox(number: number, domain: domain)
    }
    func counts(of mailbox: MailboxID) async throws -> MessageCounts { try await store.counts(of: mailbox) }
    func changes() -> AsyncStream<MailboxID> { store.changes() }
    func extensionChanges() -> AsyncStream<ExtensionID> { store.extensionChanges() }
    func bindings() async throws -> [StoredBinding] { try await store.bindings() }
    func replaceBindings(of account: ExtensionID, with bindings: [StoredBinding]) async throws {
        try await store.replaceBindings(of: account, with: bindings)
    }
    func subscriptions() async throws -> [StoredSubscription] { try await store.subscriptions() }
    func keep(_ subscription: StoredSubscription) async throws { try await store.keep(subscription) }
    func forgetSubscriptions(_ tags: [String]) async throws { try await store.forgetSubscriptions(tags) }
    func digest(ofStranger name: String, in organisation: Organisation) async throws -> Mailboxes.DigestAlgorithm {
        try await store.digest(ofStranger: name, in: organisation)
    }
    func passwordLockouts() async throws -> [PasswordLockout] { try await store.passwordLockouts() }
    func keep(_ lockout: PasswordLockout) async throws { try await store.keep(lockout) }
    func isKept(_ subject: PasswordLockout.Subject) async throws -> Bool { try await store.isKept(subject) }
}
