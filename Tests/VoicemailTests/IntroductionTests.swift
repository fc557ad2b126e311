// The first log-in: a new PIN that nobody gets around, then a name and a greeting; and the asterisk map's own way (C10,
// D1).
import CallControl
import Testing

@testable import Mailboxes
@testable import Voicemail

@Suite("First log-in (C10, D1)")
struct IntroductionTests {
    /// Extension 100 with a temporary PIN, and nothing recorded yet.
    static func newcomer(_ house: House) async throws {
        try await house.store.setPIN(House.pin, of: house.mailbox().id, temporary: true)
        try await house.settings { $0.needsIntroduction = true }
    }

    static func opens(_ pin: String, _ house: House) async throws -> Bool {
        try await house.store.checkPIN(pin, of: house.mailbox().id, from: "192.0.2.9") == .accepted
    }

    private func logIn() -> ScriptedCall {
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        return call
    }

    @Test("D1: the temporary PIN, typed again, is no PIN of one's own")
    func temporaryAgain() async throws {
        let house = try await House.open()
        try await Self.newcomer(house)
        let stubborn = logIn()
        for _ in 1...3 { stubborn.when("enter-new-pin", type: "4815#") }
        await house.retrieve(stubborn)
        #expect(stubborn.prompts.suffix(3) == ["new-pin-is-the-old-one", "pin-not-changed", "goodbye"])
        #expect(!stubborn.heard("enter-new-pin-again"))
        #expect(try await house.mailbox().pinIsTemporary)
        let call = logIn()
        call.when("enter-new-pin", type: "4815#")
        call.when("new-pin-is-the-old-one", type: "90210#")
        call.when("enter-new-pin-again", type: "90210#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "new-pin-is-the-old-one", "pin-changed"))
        #expect(try await Self.opens("90210", house))
    }

    @Test("a new PIN, a name, a greeting, and then the mailbox; the next log-in asks for none of it")
    func complete() async throws {
        let house = try await House.open()
        try await Self.newcomer(house)
        let call = logIn()
        call.when("enter-new-pin", type: "90210#90210#")
        call.when("to-record", type: "1")
        call.say(House.speech(1, 3), ending: .key(.pound))
        call.when("to-accept", type: "2")
        call.when("to-record", type: "1")
        call.say(House.speech(4, 5), ending: .key(.pound))
        call.when("to-accept", type: "2")
        call.when("to-hear-new-messages", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "pin-must-be-changed", "enter-new-pin", "enter-new-pin-again", "pin-changed", "introduction",
                "offer-name", "record-name-after-tone", "name-saved", "offer-greeting", "record-greeting-after-tone",
                "greeting-saved", "introduction-done", "to-hear-new-messages", "goodbye"))
        let mailbox = try await house.mailbox()
        #expect(!mailbox.pinIsTemporary)
        #expect(!mailbox.settings.needsIntroduction)
        #expect(try await Self.opens("90210", house))
        for (kind, audio) in [(GreetingKind.name, House.speech(1, 3)), (.unavailable, House.speech(4, 5))] {
            let greeting = try #require(try await house.store.greeting(kind, of: mailbox.id))
            #expect(try await house.store.audio(of: greeting.id, in: 0..<greeting.byteCount) == audio)
        }
        let again = ScriptedCall(account: "100")
        again.when("enter-pin", type: "90210#")
        again.when("to-hear-new-messages", type: "#")
        await house.retrieve(again)
        #expect(!again.heard("introduction"))
        #expect(!again.heard("pin-must-be-changed"))
    }

    @Test("name and greeting can be skipped, and are not offered again")
    func skipped() async throws {
        let house = try await House.open()
        try await house.settings { $0.needsIntroduction = true }
        let call = logIn()
        call.when("to-record", type: "2")
        call.when("to-record", type: "2")
        call.when("to-hear-new-messages", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "introduction", "offer-name", "offer-greeting", "introduction-done", "goodbye"))
        #expect(!call.heard("enter-new-pin"), "the PIN is their own already")
        #expect(try await !house.mailbox().settings.needsIntroduction)
        #expect(!call.events.contains(.recording))
    }

    @Test(
        "nobody gets around the new PIN: silence, stars, weak and different ones end the call, and it stays temporary",
        arguments: [
            (["", "", ""], "goodbye"), (["*****", "", ""], "goodbye"), (["#", "#", "#"], "too-many-wrong-entries"),
            (["1234#", "7777#", "123#"], "pin-not-changed"),
            (["90210#90211#", "90210#90212#", "90210#90213#"], "pin-not-changed"),
        ] as [([String], String)])
    func insists(entries: [String], told: String) async throws {
        let house = try await House.open()
        try await Self.newcomer(house)
        let call = logIn()
        for entry in entries { call.when("enter-new-pin", type: entry) }
        await house.retrieve(call)
        #expect(call.prompts.last == "goodbye")
        #expect(call.heard(inOrder: "pin-must-be-changed", told))
        #expect(!call.heard("pin-changed"))
        #expect(!call.heard("to-hear-new-messages"))
        let mailbox = try await house.mailbox()
        #expect(mailbox.pinIsTemporary)
        #expect(mailbox.settings.needsIntroduction)
        #expect(try await Self.opens(House.pin, house))
    }

    @Test("C11: with the asterisk map name and greetings are a duty, and the new PIN comes last")
    func asterisk() async throws {
        let house = try await House.open()
        try await Self.newcomer(house)
        try await house.choose(keymap: "asterisk", for: "100")
        let call = logIn()
        for seed in 1...3 {
            call.say(House.speech(2, seed), ending: .key(.pound))
            call.when("to-accept", type: "1")
        }
        call.when("enter-new-pin", type: "90210#90210#")
        call.when("to-hear-messages", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "record-name-after-tone", "name-saved", "record-greeting-after-tone", "greeting-saved",
                "record-greeting-after-tone", "greeting-saved", "pin-must-be-changed", "pin-changed",
                "introduction-done", "goodbye"))
        let mailbox = try await house.mailbox()
        #expect(!mailbox.pinIsTemporary && !mailbox.settings.needsIntroduction)
        for kind in [GreetingKind.name, .unavailable, .busy] {
            #expect(try await house.store.greeting(kind, of: mailbox.id) != nil)
        }
        let broken = try await House.open()
        try await Self.newcomer(broken)
        try await broken.choose(keymap: "asterisk", for: "100")
        let early = logIn()
        for seed in 1...3 {
            early.say(House.speech(2, seed), ending: .key(.pound))
            early.when("to-accept", type: "1")
        }
        early.when("enter-new-pin", type: "90210#")
        await broken.retrieve(early)
        let left = try await broken.mailbox()
        #expect(left.pinIsTemporary && left.settings.needsIntroduction, "a second log-in is still the first one")
    }
}
