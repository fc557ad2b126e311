// What all subcommands share: where the configuration is, and the way into the store behind it.

import ArgumentParser
import Foundation
import Mailboxes

struct CommonOptions: ParsableArguments {
    @Option(help: "The configuration file; lamplighter.yaml if it is there.")
    var config: String?

    func load() throws -> Configuration { try Configuration.load(config) }

    /// Opens the store for administration; the server may be running beside it.
    /// - Parameter creating: whether a database that is missing is made.
    func withStore<Result>(
        creating: Bool = false, _ work: (SQLiteStore) async throws -> Result
    ) async throws -> Result {
        let store = try await SQLiteStore.administer(directory: load().files.data, creating: creating)
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await work(store)) } catch { outcome = .failure(error) }
        try await store.close()
        return try outcome.get()
    }
}

/// What a command was asked for is not there: exit status 1, where `ValidationError` would explain the usage.
struct NotThere: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Asks on the terminal; anything but a yes ends the command with nothing done.
func confirm(_ question: String, _ isAnswered: Bool) throws {
    if isAnswered { return }
    print("\(question) [y/N] ", terminator: "")
    guard ["y", "yes"].contains((readLine() ?? "").lowercased()) else { throw NotThere("nothing was done") }
}

extension Double {
    /// Seconds since 1970 as they are shown.
    var asTime: String { Date(timeIntervalSince1970: self).formatted(.iso8601) }
}

extension String {
    /// Names come from callers and phones: nothing in them may end a line or move the cursor of a terminal.
    var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { CharacterSet.controlCharacters.contains($0) ? " " : $0 }))
    }
}

struct DomainOption: ParsableArguments {
    @Option(help: "The organisation's SIP domain.")
    var domain: String = "example.org"
}

/// A mailbox by its number, in an organisation.
struct MailboxArgument: ParsableArguments {
    @OptionGroup var organisation: DomainOption
    @Argument(help: "The mailbox's number.") var number: String

    /// - Throws: `NotThere`.
    func find(in store: SQLiteStore) async throws -> Mailbox {
        try await store.existingMailbox(number, organisation.domain)
    }
}

/// Secrets that nobody has chosen: from the system's random generator, without letters that look alike.
enum Secret {
    static func password() -> String { random("abcdefghjkmnpqrstuvwxyz23456789", 16) }
    static func pin() -> String { random("0123456789", 6) }

    private static func random(_ alphabet: String, _ length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
    }
}
