// `lamplighter organisation …`: the SIP domains that this system serves (A8).

public import ArgumentParser
public import Mailboxes

struct OrganisationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organisation", abstract: "Organisations: SIP domains with their own number plan.",
        subcommands: [Add.self, List.self, Show.self, Set.self, DefaultPIN.self, Removed.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds an organisation.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its SIP domain, for instance example.org.") var domain: String
        @Option(help: "Its name; the domain if it is left out.") var name: String?
        @Option(help: "Time zone in which dates are spoken, for instance Europe/Berlin.") var timeZone = "UTC"
        @Option(help: "Language of its prompts: a folder of prompts/.") var language = "en"
        @Option(help: "Digest algorithm of its challenges: MD5 or SHA-256.") var digest = DigestAlgorithm.md5

        func run() async throws {
            try await common.withStore(creating: true) { store in
                let added = try await store.addOrganisation(
                    NewOrganisation(
                        domain: domain, name: name ?? domain, timeZone: timeZone, language: language, digest: digest))
                print("added organisation \(added.domain)")
                let notes = SettingNotes(configuration: try common.load(), store: store)
                for note in try await notes.notes(on: added) { print("note: \(note)") }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows an organisation's name and settings.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its SIP domain.") var domain: String

        func run() async throws {
            try await common.withStore { store in
                let organisation = try await store.existingOrganisation(domain)
                print("name=\(organisation.name.printable)")
                print("time-zone=\(organisation.timeZone)")
                print("language=\(organisation.language)")
                print("digest=\(organisation.digest.rawValue)")
                SettingArguments.print(organisation.settings, SettingField.all)
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes an organisation: name=value, as many as you like; all of them or none.",
            discussion: SettingArguments.help(SettingField<OrganisationSettings>.all))
        @OptionGroup var common: CommonOptions
        @Option(help: "Its name.") var name: String?
        @Option(help: "Time zone in which dates are spoken, for instance Europe/Berlin.") var timeZone: String?
        @Option(help: "Language of its prompts: a folder of prompts/.") var language: String?
        @Option(help: "Digest algorithm of its challenges: MD5 or SHA-256.") var digest: DigestAlgorithm?
        @Argument(help: "Its SIP domain.") var domain: String
        @Argument(help: "name=value") var settings: [String] = []

        func run() async throws {
            let changes = try SettingArguments.changes(settings, SettingField<OrganisationSettings>.all)
            try await common.withStore { store in
                let organisation = try await store.existingOrganisation(domain)
                if !changes.isEmpty {
                    _ = try await store.changeSettings(of: organisation.id) { for change in changes { change(&$0) } }
                }
                let changed = try await store.change(
                    organisation.id, name: name, timeZone: timeZone, language: language, digest: digest)
                print("changed organisation \(organisation.domain)")
                let notes = SettingNotes(configuration: try common.load(), store: store)
                for note in try await notes.notes(on: changed) { print("note: \(note)") }
            }
        }
    }

    struct DefaultPIN: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "default-pin",
            abstract:
                "Sets the PIN that new mailboxes begin with where initial-pin=default: 7 digits from standard input.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its SIP domain.") var domain: String
        @Flag(help: "Take it back.") var remove = false

        func run() async throws {
            try await common.withStore { store in
                let organisation = try await store.existingOrganisation(domain)
                let pin = remove ? nil : readLine() ?? ""
                try await store.setDefaultPIN(pin, of: organisation.id)
                print("changed organisation \(organisation.domain)")
            }
        }
    }

    struct Removed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists what was removed and can still be restored: kind, number, name, when (UTC).")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Its SIP domain.") var domain: String

        func run() async throws {
            try await common.withStore { store in
                for each in try await store.removed(domain: domain) {
                    let name = each.name?.printable ?? ""
                    print("\(each.kind.rawValue)\t\(each.number)\t\(name)\t\(each.removedAt.asTime)")
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the organisations: domain, name, time zone, language, digest.")
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await common.withStore { store in
                for each in try await store.organisations() {
                    print(
                        "\(each.domain)\t\(each.name.printable)\t\(each.timeZone)\t\(each.language)\t\(each.digest.rawValue)"
                    )
                }
            }
        }
    }
}

extension SQLiteStore {
    func existingOrganisation(_ domain: String) async throws -> Organisation {
        guard let organisation = try await organisation(domain: domain) else { throw StoreError.unknownDomain(domain) }
        return organisation
    }
}

extension DigestAlgorithm: ExpressibleByArgument {}
