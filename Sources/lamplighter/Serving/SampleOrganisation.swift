// What a first start of `serve --sample` puts into an empty store: one organisation to try everything with. Its
// secrets are known to everybody, so they exist only while nobody but this machine can reach the system: a start
// on any other address makes random ones, also in place of known ones of an earlier start, and prints them once.

import Mailboxes

struct SampleOrganisation {
    static let domain = "example.org"
    static let numbers = ["100", "101", "102"]
    static let generalMailbox = "200"
    private static let knownPIN = "4815"
    private static func knownPassword(of number: String) -> String { "lamp-\(number)" }

    let store: SQLiteStore
    /// Whether only this machine can reach the system.
    let isLocal: Bool

    /// Creates it when the store is empty, and withdraws known secrets where others could use them.
    /// - Returns: what to print: each secret that was made now.
    func prepare() async throws -> [String] {
        let isNew = try await store.organisations().isEmpty
        if isNew { try await create() }
        guard isLocal else { return try await withdrawKnownSecrets() }
        guard isNew else {
            return ["Accounts of \(Self.domain): \(Self.numbers.joined(separator: ", ")); secrets as before"]
        }
        return ["Accounts of \(Self.domain) (SIP user = extension):"]
            + Self.numbers.map { "  \($0)   password \(Self.knownPassword(of: $0))   PIN \(Self.knownPIN)" }
            + ["General mailbox \(Self.generalMailbox)   PIN \(Self.knownPIN)"]
    }

    private func create() async throws {
        _ = try await store.addOrganisation(NewOrganisation(domain: Self.domain, name: "Example"))
        for number in Self.numbers {
            _ = try await store.addExtension(
                NewExtension(
                    domain: Self.domain, number: number, displayName: "Extension \(number)",
                    password: Self.knownPassword(of: number), pin: Self.knownPIN))
        }
        _ = try await store.addMailbox(
            NewMailbox(domain: Self.domain, number: Self.generalMailbox, pin: Self.knownPIN))
    }

    private func withdrawKnownSecrets() async throws -> [String] {
        var lines: [String] = []
        for number in Self.numbers {
            guard let account = try await store.account(number: number, domain: Self.domain) else { continue }
            if store.hasPassword(Self.knownPassword(of: number), account) {
                let password = Secret.password()
                try await store.setPassword(password, of: account)
                lines.append("\(number)@\(Self.domain)   password \(password)")
            }
        }
        for number in Self.numbers + [Self.generalMailbox] {
            guard let mailbox = try await store.mailbox(number: number, domain: Self.domain) else { continue }
            if try await store.hasPIN(Self.knownPIN, mailbox.id) {
                let pin = Secret.pin()
                try await store.setPIN(pin, of: mailbox.id)
                lines.append("\(number)@\(Self.domain)   PIN \(pin)")
            }
        }
        return lines
    }
}
