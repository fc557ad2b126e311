// `lamplighter notice …`: what waits to be told by e-mail (D1, D3, E6). PINs inside are never shown.

import ArgumentParser
import Mailboxes

struct NoticeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice", abstract: "Notices that wait to be e-mailed.", subcommands: [List.self, Delete.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists notices, oldest first: id, when (UTC), kind, mailbox, addresses, what it is about.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption

        func run() async throws {
            try await common.withStore { store in
                for each in try await store.notices(domain: organisation.domain) {
                    var number = ""
                    if let id = each.mailbox { number = try await store.mailbox(id)?.number ?? "removed" }
                    let addresses = each.addresses.joined(separator: ",").printable
                    let detail = each.detail?.printable ?? ""
                    print(
                        "\(each.id)\t\(each.createdAt.asTime)\t\(each.kind.rawValue)\t\(number)\t\(addresses)\t\(detail)"
                    )
                }
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a notice unsent.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its id.") var id: Int64

        func run() async throws {
            try await common.withStore { store in
                guard try await store.removeNotice(id) else { throw NotThere("there is no notice \(id)") }
                print("deleted notice \(id)")
            }
        }
    }
}
