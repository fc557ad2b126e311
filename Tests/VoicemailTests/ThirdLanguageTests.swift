// Adding a language is adding a folder: a made-up third one, with another clock, other plurals and another order of
// words, is spoken to callers and owners and is among those that an owner goes through, without a line of code (C13).
import CallControl
import Foundation
import Mailboxes
import Phrases
import Testing

@testable import Voicemail

@Suite("A third language (C13)")
struct ThirdLanguageTests {
    /// English and Spanish, and "xx": Spanish with a clock of 24 hours, a third form of nouns and months before days.
    private func phrasebook() throws -> (book: Phrasebook, folder: URL) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "languages-\(UUID().uuidString)")
        let prompts = House.repository.appending(path: "prompts")
        for language in ["en", "es", "xx"] {
            let from = prompts.appending(path: "\(language == "xx" ? "es" : language)/language.yaml")
            var yaml = try String(contentsOf: from, encoding: .utf8)
            if language == "xx" { yaml = madeUp(yaml) }
            let place = folder.appending(path: language)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try yaml.write(to: place.appending(path: "language.yaml"), atomically: true, encoding: .utf8)
        }
        return (try Phrasebook(directory: folder), folder)
    }

    private func madeUp(_ spanish: String) -> String {
        let plural = "    1: \"one\"\n    2: \"other\"\n"
        let few = plural.replacing("2: \"other\"", with: "2: \"few\"") + "    5: \"other\"\n"
        let yaml = spanish.replacing(plural, with: few).replacing("clock: 12", with: "clock: 24")
            .replacing("\"day-{day} month-{month}\"", with: "\"month-{month} day-{day}\"")
        let lines = yaml.components(separatedBy: "\n")
        return (lines + lines.filter { $0.contains("-other: ") }.map { $0.replacing("-other: ", with: "-few: ") })
            .joined(separator: "\n")
    }

    private func house() async throws -> (House, VoicemailService) {
        let (book, folder) = try phrasebook()
        defer { try? FileManager.default.removeItem(at: folder) }
        let house = try await House.open()
        return (
            house,
            VoicemailService(
                store: house.store, phrasebook: book, keymaps: house.service.keymaps, settings: house.service.settings,
                now: house.service.now, logger: house.service.logger)
        )
    }

    @Test("its owner hears its own plurals, clock and order; its callers hear it too")
    func spoken() async throws {
        let (house, service) = try await house()
        try await house.settings {
            $0.language = "xx"
            $0.envelope = .automatic
        }
        for seed in 1...3 { try await house.message(2, seed) }
        let owner = ScriptedCall(account: "100")
        owner.when("enter-pin", type: "4815#")
        owner.when("to-hear-new-messages", type: "1")
        await service.run("own-mailbox", arguments: [:], owner)
        #expect(owner.heard(inOrder: "you-have", "number-3", "new-messages-few", "received", "today", "noon"))
        #expect(owner.language(of: "you-have") == "xx")
        let caller = ScriptedCall()
        await service.run("leave-message", arguments: ["mailbox": "100"], caller)
        #expect(caller.language(of: "person-at-extension") == "xx")
    }

    @Test("an owner who changes the language comes to it after the others, and then back to the first")
    func chosen() async throws {
        let (house, service) = try await house()
        var languages: [String?] = []
        for presses in 1...3 {
            let call = ScriptedCall(account: "100")
            call.when("enter-pin", type: "4815#")
            call.when("to-hear-new-messages", type: "5")
            call.when("to-change-pin", type: "5")
            call.when("language-chosen", type: "*#")
            await service.run("own-mailbox", arguments: [:], call)
            languages.append(try await house.mailbox().settings.language)
            #expect(call.cuesLeft == 0, "\(presses)")
        }
        #expect(languages == ["es", "xx", "en"])
    }

    @Test("a call that asks for it is held in it, whatever the mailbox speaks")
    func ofTheCall() async throws {
        let (house, service) = try await house()
        try await house.settings { $0.language = "es" }
        var invitation = ScriptedCall().invitation
        invitation.language = "xx-YY"
        let call = ScriptedCall(invitation)
        await service.run("leave-message", arguments: ["mailbox": "100"], call)
        #expect(call.language(of: "person-at-extension") == "xx")
    }
}
