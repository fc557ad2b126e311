// What a first start of `serve --sample` puts into an empty store: one organisation to try everything with. Its
// secrets are known to everybody, so they are used only while nobody but this machine can reach the system;
// otherwise they are random and printed once.

import Mailboxes

struct SampleOrganisation {
    struct Account {
        var number: String
        var password: String
        var pin: String
    }
    var domain = "example.org"
    var accounts: [Account]
    var generalMailbox: (number: String, pin: String)

    init(isLocal: Bool) {
        accounts = ["100", "101", "102"].map { number in
            isLocal
                ? Account(number: number, password: "lamp-\(number)", pin: "4815")
                : Account(number: number, password: Secret.password(), pin: Secret.pin())
        }
        generalMailbox = ("200", isLocal ? "4815" : Secret.pin())
    }

    /// Creates it when the store is empty.
    /// - Returns: the sample, when it was created now.
    static func create(in store: some Store, isLocal: Bool) async throws -> SampleOrganisation? {
        guard try await store.organisations().isEmpty else { return nil }
        let sample = SampleOrganisation(isLocal: isLocal)
        _ = try await store.addOrganisation(NewOrganisation(domain: sample.domain, name: "Example"))
        for each in sample.accounts {
            _ = try await store.addExtension(
                NewExtension(
                    domain: sample.domain, number: each.number, displayName: "Extension \(each.number)",
                    password: each.password, pin: each.pin))
        }
        let general = sample.generalMailbox
        _ = try await store.addMailbox(NewMailbox(domain: sample.domain, number: general.number, pin: general.pin))
        return sample
    }

    /// What the person at the terminal needs to point phones here.
    var description: String {
        let lines = accounts.map { "    \($0.number)   password \($0.password)   PIN \($0.pin)" }
        return """
              Accounts of \(domain) (SIP user = extension):
            \(lines.joined(separator: "\n"))
              General mailbox \(generalMailbox.number), PIN \(generalMailbox.pin)
            """
    }
}
