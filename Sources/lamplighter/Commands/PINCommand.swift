// `lamplighter pin …` and `lamplighter lockout …`: PINs given anew, and wrong tries forgiven (D1–D3).

import ArgumentParser
import Mailboxes

struct PINCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "PINs of mailboxes.", subcommands: [Reset.self, Set.self])

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draws a temporary PIN, prints it once, and ends a lockout of the mailbox.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument
        @Flag(help: "Take the organisation's default PIN instead, which is not printed.") var toDefault = false

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                if toDefault {
                    try await store.resetPINToDefault(of: mailbox.id)
                    print("mailbox \(mailbox.number)@\(mailbox.domain) has the default PIN")
                } else {
                    print("PIN: \(try await store.resetPIN(of: mailbox.id))")
                }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets a PIN that you have chosen, from standard input, and ends a lockout of the mailbox.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument
        @Flag(help: "Its owner has to choose another at the next log-in.") var temporary = false

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                try await store.givePIN(readLine() ?? "", of: mailbox.id, temporary: temporary)
                print("mailbox \(mailbox.number)@\(mailbox.domain) has a new PIN")
            }
        }
    }
}

struct LockoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockout", abstract: "Who has to wait after wrong PINs.", subcommands: [List.self, End.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists mailboxes and sources that are locked now: who, wrong tries, seconds left.")
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.withStore { store in
                for each in try await store.lockouts() {
                    let who: String
                    switch each.subject {
                    case .source(let address): who = "source \(address.printable)"
                    case .mailbox(let id):
                        let mailbox = try await store.mailbox(id)
                        who = mailbox.map { "mailbox \($0.number)@\($0.domain)" } ?? "a removed mailbox"
                    }
                    print("\(who)\t\(each.wrong)\t\(each.seconds)")
                }
            }
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets the wrong tries at a mailbox, or those of a source.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "The mailbox's number.") var number: String?
        @Option(help: "The source as `lockout list` shows it.") var source: String?

        func validate() throws {
            guard (number == nil) != (source == nil) else {
                throw ValidationError("name a mailbox or a source, one of them")
            }
        }

        func run() async throws {
            try await common.withStore { store in
                var isDone = false
                if let number {
                    let mailbox = try await store.existingMailbox(number, organisation.domain)
                    isDone = try await store.unlock(.mailbox(mailbox.id))
                }
                if let source { isDone = try await store.unlock(.source(source)) }
                guard isDone else { throw NotThere("there are no wrong tries of \(number ?? source ?? "")") }
                print("forgotten")
            }
        }
    }
}
