// The main menu: what it tells and where each key leads.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Main menu")
struct MainMenuTests {
    /// Extension 100, logged in; the keys are typed at the end of the counts.
    static func call(_ keys: String, hangUpAtStep: Int? = nil) -> ScriptedCall {
        let call = ScriptedCall(account: "100", hangUpAtStep: hangUpAtStep)
        call.when("enter-pin", type: "4815#")
        call.when("to-hear-new-messages", type: keys)
        return call
    }

    @Test("C1: urgent, new and saved messages are counted, and the menu names each key")
    func counts() async throws {
        let house = try await House.open()
        try await house.message()
        try await house.message(urgent: true)
        try await house.message(in: .saved)
        try await house.message(in: .saved)
        try await house.message(in: .deleted)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("to-end-the-call", type: "#")
        await house.retrieve(call)
        #expect(
            call.prompts == [
                "enter-pin", "you-have", "number-1", "urgent-messages-one", "number-1", "new-messages-one", "and",
                "number-2",
                "saved-messages-other", "to-hear-new-messages", "press-1", "pause", "to-hear-saved-messages", "press-2",
                "pause", "to-send-message", "press-3", "pause", "to-change-greeting-or-name", "press-4", "pause",
                "to-change-pin-and-options", "press-5", "pause", "to-hear-deleted-messages", "press-6", "pause",
                "to-choose-folder", "press-7", "pause", "to-reach-operator", "press-0", "pause",
                "to-hear-this-again", "press-star", "pause", "to-end-the-call", "goodbye",
            ])
        #expect(call.events.last == .hungUp)
    }

    @Test("C13: a breath stands between two sentences, so that no answer runs into the menu after it")
    func breath() async throws {
        let house = try await House.open()
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "1#")
        call.when("wrong-pin", type: "")
        call.whenSilent(type: "4815#")
        call.when("to-end-the-call", type: "1")
        call.when("no-new-messages", type: "")
        call.when("to-end-the-call", type: "#")
        await house.retrieve(call)
        let pairs = [
            ("wrong-pin", "enter-pin"), ("no-messages", "to-hear-new-messages"),
            ("no-new-messages", "to-hear-new-messages"),
        ]
        for (told, asked) in pairs {
            let place = try #require(call.events.firstIndex(of: .heard(told)))
            #expect(call.events[place...].prefix(3) == [.heard(told), .pause, .heard(asked)])
        }
    }

    @Test(
        "C1: each key leads where the default key map says",
        arguments: [
            ("1", "no-new-messages"), ("2", "no-saved-messages"), ("4", "greeting-menu"), ("5", "enter-new-pin"),
            ("6", "no-deleted-messages"), ("*", "no-messages"), ("#", "goodbye"),
        ])
    func keys(key: String, leadsTo: String) async throws {
        let house = try await House.open()
        let call = Self.call(key)
        await house.retrieve(call)
        #expect(call.heard(inOrder: "to-hear-new-messages", leadsTo))
    }

    @Test(
        "C1: keys that mean nothing here are told at once; three in a row end the call",
        arguments: [
            "8", "9", "A", "D",
        ])
    func wrongKeys(key: String) async throws {
        let house = try await House.open()
        let call = Self.call(key)
        call.when("invalid-key", type: key)
        call.when("to-hear-new-messages", type: key)
        await house.retrieve(call)
        #expect(
            call.prompts.suffix(5) == [
                "invalid-key", "invalid-key", "to-hear-new-messages", "too-many-wrong-entries", "goodbye",
            ])
    }

    @Test("C1: a right key in between forgives the wrong ones")
    func forgiven() async throws {
        let house = try await House.open()
        let call = Self.call("88*88*88#")
        await house.retrieve(call)
        #expect(call.prompts.last == "goodbye")
        #expect(!call.heard("too-many-wrong-entries"))
    }

    @Test("C1: three silences say good-bye, then hang up")
    func silence() async throws {
        let house = try await House.open()
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        await house.retrieve(call)
        #expect(call.prompts.filter { $0 == "to-hear-new-messages" }.count == 3)
        #expect(call.events.suffix(3) == [.silence, .heard("goodbye"), .hungUp])
    }

    @Test(
        "C1: the owner of a nearly full mailbox is warned",
        arguments: [
            (189_000, "mailbox-almost-full"), (180_000, "your-mailbox-is-full"), (400_000, "no-messages"),
        ])
    func warnings(quota: Int, told: String) async throws {
        let house = try await House.open(quota: quota)
        try await house.greeting(.unavailable, 20)
        try await house.greeting(.name, 1.5)
        let call = Self.call("#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "no-messages", "to-hear-new-messages"))
        #expect(call.heard(told))
        #expect(call.prompts.filter { $0.contains("full") } == (told == "no-messages" ? [] : [told]))
    }
}
