// `lamplighter message …`: what is in a mailbox, taken out as WAV, moved, or deleted for good. A running server
// notices and puts the lamps right.

public import ArgumentParser
import Foundation
public import Mailboxes
import Media

extension Folder: ExpressibleByArgument {}

struct MessageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Messages of a mailbox.",
        subcommands: [List.self, Export.self, Move.self, Delete.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists messages: id, folder, urgent, received (UTC), seconds, bytes, codec, caller.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var organisation: DomainOption
        @Argument(help: "The mailbox's number.") var mailbox: String

        func run() async throws {
            try await common.withStore { store in
                let mailbox = try await store.existingMailbox(mailbox, organisation.domain)
                for folder in Folder.allCases {
                    for each in try await store.messages(in: folder, of: mailbox.id) { print(each.line) }
                }
            }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a message as a WAV file, or its bytes as they are stored.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The message's id.") var id: Int64
        @Argument(help: "The file to write; it must not exist yet.") var file: String
        @Flag(help: "Write the stored bytes without a header.") var raw = false

        func run() async throws {
            try await common.withStore { store in
                let message = try await store.existingMessage(id)
                guard !FileManager.default.fileExists(atPath: file) else {
                    throw ValidationError("\(file) is there already")
                }
                let audio = try await store.audio(of: message.id, in: 0..<message.byteCount)
                if raw {
                    try Data(audio).write(to: URL(fileURLWithPath: file), options: .withoutOverwriting)
                } else {
                    try writeWave(audio, codec: Codec(message.encoding), to: file)
                }
            }
        }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Puts a message into another folder.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The message's id.") var id: Int64
        @Argument(help: "\(Folder.allCases.map(\.rawValue).joined(separator: ", ")).") var folder: Folder

        func run() async throws {
            try await common.withStore { store in
                let message = try await store.existingMessage(id)
                guard try await store.move(message.id, of: message.mailbox, to: folder) else {
                    throw NotThere("there is no message \(id) any more")
                }
                print("moved message \(id) to \(folder.rawValue)")
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a message and its audio for good.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The message's id.") var id: Int64

        func run() async throws {
            try await common.withStore { store in
                let message = try await store.existingMessage(id)
                guard try await store.purge(message.id, of: message.mailbox) else {
                    throw NotThere("there is no message \(id) any more")
                }
                print("deleted message \(id)")
            }
        }
    }
}

extension Store {
    fileprivate func existingMessage(_ id: Int64) async throws -> Message {
        guard let message = try await message(RecordingID(rawValue: id)) else {
            throw NotThere("there is no message \(id)")
        }
        return message
    }
}

extension Message {
    fileprivate var line: String {
        let seconds = (Double(byteCount) / 8_000).formatted(.number.precision(.fractionLength(1)).grouping(.never))
        let caller = [callerNumber, callerName].compactMap { $0 }.joined(separator: " ").printable
        return [
            "\(id.rawValue)", folder.rawValue, urgent ? "urgent" : "-", receivedAt.asTime, seconds, "\(byteCount)",
            encoding.rawValue, caller,
        ].joined(separator: "\t")
    }
}
