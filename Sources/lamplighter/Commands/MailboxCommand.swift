// `lamplighter mailbox …`: general mailboxes, which belong to nobody or to a team (E1), and a look at all of them.

import ArgumentParser
import Mailboxes

struct MailboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailbox", abstract: "Mailboxes.",
        subcommands: [Add.self, List.self, Show.self, Set.self, Member.self, Remove.self, Restore.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a general mailbox; a PIN left out is what the organisation chose, printed once.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "2 to 10 digits.") var number: String
        @Option(help: "What it is called.") var name: String?
        @Option(help: "Its PIN.") var pin: String?
        @Option(help: "Bytes that it may hold.") var quota = Mailbox.defaultQuota
        @Option(help: "An e-mail address; as often as you like.") var email: [String] = []
        @Option(help: "An extension that may open it; as often as you like.") var member: [String] = []

        func run() async throws {
            try await common.withStore { store in
                var members: [ExtensionID] = []
                for each in member {
                    members.append(try await store.existingExtension(each, organisation.domain).id)
                }
                let added = try await store.create(
                    NewMailbox(
                        domain: organisation.domain, number: number, name: name, pin: pin, quota: quota, emails: email,
                        members: members))
                print("added mailbox \(added.thing.number)@\(added.thing.domain)")
                if let pin = added.pin { print("PIN: \(pin)") }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a mailbox's name, whose it is, and its settings.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                print("name=\(mailbox.name?.printable ?? "")")
                print("kind=\(mailbox.kind.rawValue)")
                let owners = try await store.accounts(ofMailbox: mailbox.id)
                let members = try await store.members(of: mailbox.id)
                print("own-of=\(owners.map(\.number).joined(separator: ","))")
                print("members=\(members.map(\.number).joined(separator: ","))")
                print("quota=\(mailbox.quota)")
                SettingArguments.print(mailbox.settings, SettingField.all)
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes a mailbox: name=value, as many as you like; all of them or none.",
            discussion: SettingArguments.help(SettingField<MailboxSettings>.all))
        @OptionGroup var common: CommonOptions
        @Option(help: "What the mailbox is called.") var name: String?
        @Option(help: "Bytes that it may hold.") var quota: Int?
        @OptionGroup var mailbox: MailboxArgument
        @Argument(help: "name=value") var settings: [String] = []

        func run() async throws {
            let changes = try SettingArguments.changes(settings, SettingField<MailboxSettings>.all)
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                if !changes.isEmpty {
                    _ = try await store.changeSettings(of: mailbox.id) { for change in changes { change(&$0) } }
                }
                if let name { try await store.setName(name, of: mailbox.id) }
                if let quota { try await store.setQuota(quota, of: mailbox.id) }
                print("changed mailbox \(mailbox.number)@\(mailbox.domain)")
                let changed = try await self.mailbox.find(in: store)
                let notes = SettingNotes(configuration: try common.load(), store: store)
                for note in try await notes.notes(on: changed) { print("note: \(note)") }
            }
        }
    }

    struct Member: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The extensions that may open a mailbox besides its owner (A5, E2): add, remove, list.")
        enum Deed: String, ExpressibleByArgument { case add, remove, list }
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "add, remove or list.") var deed: Deed
        @Argument(help: "The mailbox's number.") var number: String
        @Argument(help: "Extensions.") var extensions: [String] = []

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await store.existingMailbox(number, organisation.domain)
                for each in extensions {
                    let account = try await store.existingExtension(each, organisation.domain)
                    switch deed {
                    case .add: try await store.addMember(account.id, to: mailbox.id)
                    case .remove:
                        guard try await store.removeMember(account.id, from: mailbox.id) else {
                            throw NotThere("\(each) is no member of mailbox \(mailbox.number)")
                        }
                    case .list: break
                    }
                }
                for each in try await store.members(of: mailbox.id) {
                    print("\(each.number)\t\(each.displayName?.printable ?? "")")
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a mailbox, after showing what is in it; restore undoes it.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument
        @Flag(help: "Give its extensions a fresh, empty one of the same number: the next person's.") var renew = false
        @Flag(help: "Do not ask.") var yes = false

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                print(try await store.removalPreview(of: mailbox.id).text)
                try confirm("Remove mailbox \(mailbox.number)@\(mailbox.domain)?", yes)
                if renew {
                    let fresh = try await store.renewMailbox(mailbox.id)
                    print("mailbox \(mailbox.number)@\(mailbox.domain) is new and empty")
                    if let pin = fresh.pin { print("PIN: \(pin)") }
                } else {
                    try await store.removeMailbox(mailbox.id)
                    print("removed mailbox \(mailbox.number)@\(mailbox.domain)")
                }
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Brings the last removed mailbox of a number back.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "Its number.") var number: String

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await store.restoreMailbox(number, domain: organisation.domain)
                print("restored mailbox \(mailbox.number)@\(mailbox.domain)")
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
                _ = try await store.existingOrganisation(organisation.domain)
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

extension SQLiteStore {
    func existingMailbox(_ number: String, _ domain: String) async throws -> Mailbox {
        guard let mailbox = try await mailbox(number: number, domain: domain) else {
            throw NotThere("there is no mailbox \(number) in \(domain)")
        }
        return mailbox
    }
}
