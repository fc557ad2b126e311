// `lamplighter lists …`: distribution lists, an organisation's and those of its owners (C6).

import ArgumentParser
import Mailboxes

struct ListsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists", abstract: "Distribution lists: messages to many mailboxes at once.",
        subcommands: [Show.self, Add.self, Remove.self, Member.self])

    /// Whose list it is.
    struct Owner: ParsableArguments {
        @OptionGroup var organisation: DomainOption
        @Option(help: "The mailbox whose own list it is, under 1 to 9; the organisation's if it is left out.")
        var owner: String?

        func mailbox(_ store: SQLiteStore) async throws -> MailboxID? {
            guard let owner else { return nil }
            return try await store.existingMailbox(owner, organisation.domain).id
        }

        func lists(_ store: SQLiteStore) async throws -> [DistributionList] {
            if let owner = try await mailbox(store) { return try await store.lists(of: owner) }
            return try await store.lists(domain: organisation.domain)
        }

        func list(_ number: String, _ store: SQLiteStore) async throws -> DistributionList {
            guard let list = try await lists(store).first(where: { $0.number == number }) else {
                let whose = owner.map { "mailbox \($0)" } ?? organisation.domain
                throw NotThere("there is no list \(number) of \(whose)")
            }
            return list
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows lists: number, name, mailboxes.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var owner: Owner

        func run() async throws {
            try await common.withStore { store in
                for each in try await owner.lists(store) {
                    let numbers = try await store.mailboxes(onList: each.id).map(\.number).joined(separator: ",")
                    print("\(each.number)\t\(each.name.printable)\t\(numbers)")
                }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a list.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var owner: Owner
        @Argument(help: "2 to 10 digits, or 1 to 9 for an owner's.") var number: String
        @Option(help: "Its name.") var name: String?
        @Argument(help: "Mailboxes on it.") var mailboxes: [String] = []

        func run() async throws {
            try await common.withStore { store in
                var ids: [MailboxID] = []
                for each in mailboxes {
                    ids.append(try await store.existingMailbox(each, owner.organisation.domain).id)
                }
                let list = try await store.addList(
                    number, name: name ?? "", owner: owner.mailbox(store), domain: owner.organisation.domain)
                for id in ids { try await store.addMailbox(id, toList: list.id) }
                print("added list \(list.number)")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a list; its mailboxes stay.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var owner: Owner
        @Argument(help: "Its number.") var number: String

        func run() async throws {
            try await common.withStore { store in
                _ = try await store.removeList(owner.list(number, store).id)
                print("removed list \(number)")
            }
        }
    }

    struct Member: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Puts mailboxes on a list or takes them off it.")
        enum Deed: String, ExpressibleByArgument { case add, remove }
        @OptionGroup var common: CommonOptions
        @OptionGroup var owner: Owner
        @Argument(help: "add or remove.") var deed: Deed
        @Argument(help: "The list's number.") var number: String
        @Argument(help: "Mailboxes.") var mailboxes: [String]

        func run() async throws {
            try await common.withStore { store in
                let list = try await owner.list(number, store)
                for each in mailboxes {
                    let mailbox = try await store.existingMailbox(each, owner.organisation.domain)
                    switch deed {
                    case .add: try await store.addMailbox(mailbox.id, toList: list.id)
                    case .remove:
                        guard try await store.removeMailbox(mailbox.id, fromList: list.id) else {
                            throw NotThere("mailbox \(each) is not on list \(number)")
                        }
                    }
                }
                print("changed list \(number)")
            }
        }
    }
}
