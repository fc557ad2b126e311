// `lamplighter mailbox …`: general mailboxes, which belong to nobody or to a team (E1), and a look at all of them.

import ArgumentParser
import Mailboxes

struct MailboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailbox", abstract: "Mailboxes.", subcommands: [Add.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a general mailbox; a PIN left out is random and printed once.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "2 to 10 digits.") var number: String
        @Option(help: "Its PIN.") var pin: String?
        @Option(help: "Bytes that it may hold.") var quota = Mailbox.defaultQuota

        func run() async throws {
            try await common.withStore { store in
                let pin = pin ?? Secret.pin()
                let added = try await store.addMailbox(
                    NewMailbox(domain: organisation.domain, number: number, pin: pin, quota: quota))
                print("added mailbox \(added.number)@\(added.domain)")
                if self.pin == nil { print("PIN: \(pin)") }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists an organisation's mailboxes: number, kind, new, saved, bytes free, quota in bytes.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption

        func run() async throws {
            try await common.withStore { store in
                guard try await store.organisation(domain: organisation.domain) != nil else {
                    throw StoreError.unknownDomain(organisation.domain)
                }
                for each in try await store.mailboxes(domain: organisation.domain) {
                    let counts = try await store.counts(of: each.id)
                    let room = try await store.room(in: each.id)
                    print(
                        "\(each.number)\t\(each.kind.rawValue)\t\(counts.new)\t\(counts.saved)\t\(room)\t\(each.quota)")
                }
            }
        }
    }
}
