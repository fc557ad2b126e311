// `lamplighter pin …` and `lamplighter lockout …`: PINs given anew, and wrong tries forgiven (D1–D3, G4).

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
        commandName: "lockout", abstract: "Who has to wait after wrong PINs or passwords.",
        subcommands: [List.self, End.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: """
                Lists mailboxes, accounts and sources that are locked now: who, wrong tries, seconds left, what for.
                """)
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.withStore { store in
                for each in try await store.lockouts() {
                    let who: String
                    var secret = "PIN"
                    switch each.subject {
                    case .source(let address): who = "source \(address.printable)"
                    case .mailbox(let id):
                        let mailbox = try await store.mailbox(id)
                        who = mailbox.map { "mailbox \($0.number)@\($0.domain)" } ?? "a removed mailbox"
                    case .password(let subject):
                        secret = "password"
                        let account = subject.account.map { "account \($0.printable)" }
                        let from = account == nil ? "source" : "from"
                        let address = subject.address.map { "\(from) \($0.printable)" }
                        who = [account, address].compactMap(\.self).joined(separator: " ")
                    }
                    print("\(who)\t\(each.wrong)\t\(each.seconds)\t\(secret)")
                }
            }
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets the wrong PINs and passwords at a mailbox and account, or those of a source.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "The number of the mailbox and account.") var number: String?
        @Option(help: "The source as `lockout list` shows it.") var source: String?

        func validate() throws {
            guard (number == nil) != (source == nil) else {
                throw ValidationError("name a mailbox or a source, one of them")
            }
        }

        func run() async throws {
            try await common.withStore { store in
                var subjects: [CurrentLockout.Subject] = []
                if let number {
                    let domain = organisation.domain.lowercased()
                    if let mailbox = try await store.mailbox(number: number, domain: domain) {
                        subjects.append(.mailbox(mailbox.id))
                    }
                    subjects.append(.password(.init(account: "\(number)@\(domain)", address: nil)))
                }
                if let source { subjects += [.source(source), .password(.init(account: nil, address: source))] }
                var isDone = false
                for subject in subjects where try await store.unlock(subject) { isDone = true }
                guard isDone else { throw NotThere("there are no wrong tries of \(number ?? source ?? "")") }
                print("forgotten")
            }
        }
    }
}
