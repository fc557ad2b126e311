// The command line. `serve` runs the system; the other subcommands work on its data directory.

import ArgumentParser

@main
struct Lamplighter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lamplighter",
        abstract: "Voicemail over SIP: answers, records, lights the lamp, plays back.",
        subcommands: [
            ServeCommand.self, CheckCommand.self, OrganisationCommand.self, ExtensionCommand.self, MailboxCommand.self,
            MessageCommand.self, GreetingCommand.self, ListsCommand.self, PINCommand.self, LockoutCommand.self,
            NoticeCommand.self,
        ])
}
