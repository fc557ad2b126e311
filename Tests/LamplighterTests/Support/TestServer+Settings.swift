// Settings of the sample organisation, changed beside the running server.

import Mailboxes
import Testing

extension TestServer {
    func change(
        mailbox number: String, _ change: @escaping @Sendable (inout MailboxSettings) -> Void
    ) async throws {
        try await withStore { store in
            let mailbox = try #require(try await store.mailbox(number: number, domain: "example.org"))
            _ = try await store.changeSettings(of: mailbox.id, change)
        }
    }

    func changeOrganisation(_ change: @escaping @Sendable (inout OrganisationSettings) -> Void) async throws {
        try await withStore { store in
            let organisation = try #require(try await store.organisation(domain: "example.org"))
            _ = try await store.changeSettings(of: organisation.id, change)
        }
    }

    private func withStore(_ work: (SQLiteStore) async throws -> Void) async throws {
        let store = try await SQLiteStore.open(
            path: directory + "/lamplighter.sqlite", options: SQLiteStoreOptions(access: .administration))
        do { try await work(store) } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
    }
}
