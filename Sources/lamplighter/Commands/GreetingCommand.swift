// `lamplighter greeting …`: greetings and names from files, written texts and to files, beside a running server (C8, E2).

public import ArgumentParser
import Foundation
public import Mailboxes
import Media

struct GreetingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "greeting", abstract: "Greetings of a mailbox.",
        discussion: "Kinds: \(GreetingKind.allCases.map(\.rawValue).joined(separator: ", ")).",
        subcommands: [List.self, Set.self, Export.self, Delete.self])
    /// Seconds.
    private static let longest = 600

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists greetings: kind, seconds, bytes, codec.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                for each in try await store.greetings(of: mailbox.id) {
                    let seconds = Double(each.byteCount / 800) / 10
                    print("\(each.kind.rawValue)\t\(seconds)\t\(each.byteCount)\t\(each.encoding.rawValue)")
                }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a greeting from a WAV, FLAC or MP3 file or a written text, in place of the one before.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument
        @Argument(help: "Which greeting.") var kind: GreetingKind
        @Argument(help: "The file.") var file: String?
        @Option(help: "A text instead, for the program that voicemail.text-to-speech names.") var text: String?
        @Option(help: "What to keep it in: PCMU, PCMA or G722 (wideband).") var codec = StoredEncoding.pcmu

        func validate() throws {
            guard (file == nil) != (text == nil) else { throw ValidationError("name a file or a text, one of them") }
        }

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                let encoded = try await audio(for: mailbox).encoded(in: Codec(codec))
                try await store.setGreeting(kind, of: mailbox.id, audio: encoded, encoding: codec)
                print("set \(kind.rawValue) of mailbox \(mailbox.number)@\(mailbox.domain)")
            }
        }

        private func audio(for mailbox: Mailbox) async throws -> AudioFile {
            if let file { return try AudioFile(reading: file, longest: GreetingCommand.longest) }
            let command = try common.load().voicemail.textToSpeech
            guard !command.isEmpty else {
                throw NotThere("voicemail.text-to-speech in the configuration names no program that speaks")
            }
            return try await TextToSpeech(command: command)
                .speak(text ?? "", language: mailbox.language, longest: GreetingCommand.longest)
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Writes a greeting as a WAV file.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument
        @Argument(help: "Which greeting.") var kind: GreetingKind
        @Argument(help: "The file to write; it must not exist yet.") var file: String

        func run() async throws {
            guard !FileManager.default.fileExists(atPath: file) else {
                throw ValidationError("\(file) is there already")
            }
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                guard let greeting = try await store.greeting(kind, of: mailbox.id) else {
                    throw NotThere("mailbox \(mailbox.number) has no greeting \(kind.rawValue)")
                }
                let audio = try await store.audio(of: greeting.id, in: 0..<greeting.byteCount)
                try writeWave(audio, codec: Codec(greeting.encoding), to: file)
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a greeting.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var mailbox: MailboxArgument
        @Argument(help: "Which greeting.") var kind: GreetingKind

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await mailbox.find(in: store)
                guard try await store.deleteGreeting(kind, of: mailbox.id) else {
                    throw NotThere("mailbox \(mailbox.number) has no greeting \(kind.rawValue)")
                }
                print("deleted \(kind.rawValue) of mailbox \(mailbox.number)@\(mailbox.domain)")
            }
        }
    }
}

extension GreetingKind: ExpressibleByArgument {}
extension StoredEncoding: ExpressibleByArgument {}
