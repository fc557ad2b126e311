// Dial by name (A9), as a caller lives through it: letters, names one after the other, too many, none, hidden ones.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Dial by name (A9)")
struct DirectoryTests {
    static let people = ["301": "John Smith", "302": "Joan Smythe", "303": "José Muñoz", "304": "Zoe Zappa"]

    static func house(_ more: Int = 0) async throws -> House {
        let house = try await House.open()
        var people = people
        for number in 0..<more { people["\(400 + number)"] = "Peter Parker" }
        for (number, name) in people {
            _ = try await house.store.addExtension(
                NewExtension(
                    domain: "example.org", number: number, displayName: name, password: "secret", pin: House.pin))
        }
        return house
    }

    static func dial(_ house: House, _ call: ScriptedCall) async {
        await house.service.run("directory", arguments: [:], call)
    }

    private static func letters(_ text: String) -> [String] { text.map { "letter-\($0)" } }

    @Test("one name is found, read out, chosen: the caller is at that mailbox's greeting and leaves a message")
    func oneName() async throws {
        let house = try await Self.house()
        let call = ScriptedCall()
        call.when("enter-name", type: "963#")
        call.when("press-1", type: "1")
        call.say(House.speech(3), ending: .hangUp)
        await Self.dial(house, call)
        #expect(
            call.prompts.starts(
                with: ["enter-name", "number-1", "names-found-one", "for"] + Self.letters("zoezappa") + [
                    "at-extension", "number-3", "number-0", "number-4", "press-1", "person-at-extension",
                ]))
        #expect(try await house.messages(in: .new, of: "304").count == 1)
        #expect(try await house.isConsistent())
    }

    @Test("several names come one after the other, each by its own key, and begin again after the last")
    func severalNames() async throws {
        let house = try await Self.house()
        let call = ScriptedCall()
        call.when("enter-name", type: "56#")
        for _ in 0..<3 { call.when("for-next-name", type: "#") }
        call.when("for-next-name", type: "1")
        await Self.dial(house, call)
        #expect(
            call.heard(inOrder: "number-3", "names-found-other", "for", "for", "for", "no-more-names", "for", "beep"))
    }

    @Test("who recorded a name is heard in it")
    func recordedName() async throws {
        let house = try await Self.house()
        try await house.greeting(.name, 1, 5, of: "304")
        let call = ScriptedCall()
        call.when("enter-name", type: "963#")
        call.when("press-1", type: "*")
        await Self.dial(house, call)
        #expect(call.heardAudio == House.speech(1, 5))
        #expect(!call.heard("letter-z"))
        #expect(call.heard(inOrder: "for", "at-extension", "press-1", "enter-name"))
    }

    @Test("silence ends the letters too, and a key for none of the names is told")
    func endedBySilence() async throws {
        let house = try await Self.house()
        let call = ScriptedCall()
        call.when("enter-name", type: "963")
        call.when("for", type: "7")
        call.when("invalid-key", type: "1")
        await Self.dial(house, call)
        #expect(call.heard(inOrder: "enter-name", "for", "invalid-key", "person-at-extension"))
    }

    @Test("a name that nobody has is told, and asked for again; the third is the last")
    func nobody() async throws {
        let house = try await Self.house()
        let call = ScriptedCall()
        for _ in 0..<3 { call.when("enter-name", type: "999#") }
        await Self.dial(house, call)
        #expect(call.prompts.filter { $0 == "enter-name" }.count == 3)
        #expect(call.heard(inOrder: "enter-name", "no-name-found", "enter-name", "no-name-found", "enter-name"))
        #expect(call.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
    }

    @Test("more than eight are not read out: more letters are asked for, and go on from those before")
    func tooMany() async throws {
        let house = try await Self.house(8)
        let eight = ScriptedCall()
        eight.when("enter-name", type: "738#")
        await Self.dial(house, eight)
        #expect(eight.heard(inOrder: "number-8", "names-found-other"))

        _ = try await house.store.addExtension(
            NewExtension(
                domain: "example.org", number: "500", displayName: "Peter Quick", password: "secret", pin: House.pin))
        let nine = ScriptedCall()
        nine.when("enter-name", type: "738#")
        nine.when("enter-more-letters", type: "37078#")
        nine.when("press-1", type: "1")
        await Self.dial(house, nine)
        #expect(
            nine.heard(
                inOrder: "too-many-names", "enter-more-letters", "names-found-one", "person-at-extension", "number-5"))

        let silent = ScriptedCall()
        silent.when("enter-name", type: "738#")
        await Self.dial(house, silent)
        #expect(silent.prompts.filter { $0 == "enter-more-letters" }.count == 3)
        #expect(silent.prompts.last == "goodbye")
    }

    @Test("star begins again, in the letters and among the names")
    func startOver() async throws {
        let house = try await Self.house()
        let call = ScriptedCall()
        call.when("enter-name", type: "999*963#")
        call.when("for", type: "*")
        call.when("enter-name", type: "5646#")
        call.when("for", type: "1")
        await Self.dial(house, call)
        #expect(!call.heard("no-name-found"))
        #expect(call.heard(inOrder: "enter-name", "for", "enter-name", "for", "person-at-extension"))
    }

    @Test("who is hidden or switched off is not found")
    func hidden() async throws {
        let house = try await Self.house()
        try await house.settings(of: "301") { $0.isHiddenFromDirectory = true }
        try await house.settings(of: "302") { $0.isEnabled = false }
        let call = ScriptedCall()
        call.when("enter-name", type: "76#")
        await Self.dial(house, call)
        #expect(call.heard("no-name-found"))
        #expect(!call.heard("for"))
    }

    @Test(
        "by first name or by last name only, the caller is asked for that",
        arguments: [
            (OrganisationSettings.DirectoryKey.first, "enter-first-name", "564"), (.last, "enter-last-name", "764"),
        ])
    func oneKey(key: OrganisationSettings.DirectoryKey, question: String, letters: String) async throws {
        let house = try await Self.house()
        try await house.organisation { $0.directoryBy = key }
        let call = ScriptedCall()
        call.when(question, type: letters == "564" ? "764#" : "564#")
        call.when(question, type: letters + "#")
        call.when("for", type: "1")
        await Self.dial(house, call)
        #expect(call.heard(inOrder: question, "no-name-found", question, "for", "number-3", "number-0", "number-1"))
    }

    @Test("who types nothing but pound, or nothing at all, is sent off politely", arguments: ["#", ""])
    func nothing(keys: String) async throws {
        let house = try await Self.house()
        let call = ScriptedCall()
        call.when("enter-name", type: keys)
        await Self.dial(house, call)
        #expect(call.prompts.last == "goodbye")
        #expect(call.prompts.filter { $0 == "enter-name" }.count == (keys.isEmpty ? 3 : 1))
    }
}
