// `lamplighter extension …`: SIP accounts, each with a personal mailbox of the same number (E1).

import ArgumentParser
import Mailboxes

struct ExtensionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extension", abstract: "Extensions: SIP accounts with a personal mailbox.",
        subcommands: [Add.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds an extension and its mailbox; secrets left out are random and printed once.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "2 to 10 digits; also the SIP user name.") var number: String
        @Option(help: "The name that phones show.") var name: String?
        @Option(help: "The SIP password.") var password: String?
        @Option(help: "The mailbox's PIN.") var pin: String?
        @Option(help: "Digest algorithm of this account: MD5 or SHA-256; the organisation's if it is left out.")
        var digest: DigestAlgorithm?
        @Option(help: "Bytes that the mailbox may hold.") var quota = Mailbox.defaultQuota

        func run() async throws {
            try await common.withStore { store in
                let password = password ?? Secret.password()
                let pin = pin ?? Secret.pin()
                let added = try await store.addExtension(
                    NewExtension(
                        domain: organisation.domain, number: number, displayName: name, password: password, pin: pin,
                        digest: digest, quota: quota))
                print("added extension \(added.number)@\(added.domain)")
                if self.password == nil { print("password: \(password)") }
                if self.pin == nil { print("PIN: \(pin)") }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the extensions of an organisation: number, name, digest.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption

        func run() async throws {
            try await common.withStore { store in
                for each in try await store.extensions(domain: organisation.domain) {
                    print("\(each.number)\t\(each.displayName?.printable ?? "")\t\(each.digest.rawValue)")
                }
            }
        }
    }
}
