// `lamplighter extension …`: SIP accounts, each with a personal mailbox of the same number (E1).

import ArgumentParser
import Mailboxes

struct ExtensionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extension", abstract: "Extensions: SIP accounts with a personal mailbox.",
        subcommands: [Add.self, List.self, Show.self, Set.self, Remove.self, Restore.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Adds an extension and its mailbox; a password left out is random, a PIN what the organisation chose, printed once."
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "2 to 10 digits; also the SIP user name.") var number: String
        @Option(help: "The name that phones show.") var name: String?
        @Option(help: "The SIP password.") var password: String?
        @Option(help: "The mailbox's PIN.") var pin: String?
        @Option(help: "Digest algorithm of this account: MD5 or SHA-256; the organisation's if it is left out.")
        var digest: DigestAlgorithm?
        @Option(help: "Bytes that the mailbox may hold.") var quota = Mailbox.defaultQuota
        @Option(help: "An e-mail address of its owner; as often as you like.") var email: [String] = []

        func run() async throws {
            try await common.withStore { store in
                let password = password ?? Secret.password()
                let added = try await store.create(
                    NewExtension(
                        domain: organisation.domain, number: number, displayName: name, password: password, pin: pin,
                        digest: digest, quota: quota, emails: email))
                print("added extension \(added.thing.number)@\(added.thing.domain)")
                if self.password == nil { print("password: \(password)") }
                if let pin = added.pin { print("PIN: \(pin)") }
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

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows an extension's name, mailbox and settings.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "Its number.") var number: String

        func run() async throws {
            try await common.withStore { store in
                let account = try await store.existingExtension(number, organisation.domain)
                print("name=\(account.displayName?.printable ?? "")")
                print("mailbox=\(try await store.mailbox(account.mailbox)?.number ?? "")")
                SettingArguments.print(account.settings, SettingField.all)
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes an extension; name=value for its settings, as many as you like.",
            discussion: SettingArguments.help(SettingField<ExtensionSettings>.all))
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "Its number.") var number: String
        @Option(help: "The name that phones and the directory have.") var name: String?
        @Option(help: "The mailbox that is its own: 5001 opens it, and it lights the lamp.") var mailbox: String?
        @Option(help: "The SIP password.") var password: String?
        @Argument(help: "name=value") var settings: [String] = []

        func run() async throws {
            let changes = try SettingArguments.changes(settings, SettingField<ExtensionSettings>.all)
            try await common.withStore { store in
                let account = try await store.existingExtension(number, organisation.domain)
                if !changes.isEmpty {
                    _ = try await store.changeSettings(of: account.id) { for change in changes { change(&$0) } }
                }
                if let mailbox {
                    let mailbox = try await store.existingMailbox(mailbox, organisation.domain)
                    let old = try await store.mailbox(account.mailbox)
                    try await store.setMailbox(mailbox.id, of: account.id)
                    if let old, old.id != mailbox.id, try await store.accounts(ofMailbox: old.id).isEmpty {
                        print("note: mailbox \(old.number) is nobody's own now, and its messages stay in it")
                    }
                }
                if let name { try await store.setDisplayName(name, of: account.id) }
                if let password { try await store.setPassword(password, of: account) }
                print("changed extension \(account.number)@\(account.domain)")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes an extension and its mailbox, after showing what is in it; restore undoes it.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "Its number.") var number: String
        @Flag(help: "Leave the mailbox where it is.") var keepMailbox = false
        @Flag(help: "Do not ask.") var yes = false

        func run() async throws {
            try await common.withStore { store in
                let account = try await store.existingExtension(number, organisation.domain)
                if !keepMailbox { print(try await store.removalPreview(of: account.mailbox).text) }
                try confirm("Remove extension \(account.number)@\(account.domain)?", yes)
                try await store.removeExtension(account.id, keepingMailbox: keepMailbox)
                print("removed extension \(account.number)@\(account.domain)")
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings the last removed extension of a number back, with its mailbox.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "Its number.") var number: String

        func run() async throws {
            try await common.withStore { store in
                let account = try await store.restoreExtension(number, domain: organisation.domain)
                print("restored extension \(account.number)@\(account.domain)")
            }
        }
    }
}

extension SQLiteStore {
    func existingExtension(_ number: String, _ domain: String) async throws -> Extension {
        guard let account = try await account(number: number, domain: domain) else {
            throw NotThere("there is no extension \(number) in \(domain)")
        }
        return account
    }
}
