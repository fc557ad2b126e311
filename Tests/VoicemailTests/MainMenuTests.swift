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
                "to-choose-folder", "press-7", "pause", "to-hear-this-again", "press-star", "pause", "to-end-the-call",
                "goodbye",
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
            ("1", "no-new-messages"), ("2", "no-saved-messages"), ("3", "enter-addressee"), ("4", "greeting-menu"),
            ("5", "options-menu"),
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

    @Test(
        "C1 E6: from how full a mailbox on its owner is warned is the mailbox's own",
        arguments: [(40, true), (60, false)])
    func ownWarning(percent: Int, isWarned: Bool) async throws {
        let house = try await House.open(quota: 320_000)
        try await house.message(20)
        try await house.settings { $0.warnsAt = percent }
        let call = Self.call("#")
        await house.retrieve(call)
        #expect(call.heard("mailbox-almost-full") == isWarned)
    }

    @Test(
        "C1 B1: a temporary greeting that is on is told at every log-in; one that has ended, or is not recorded, is not"
    )
    func temporaryGreeting() async throws {
        let house = try await House.open()
        func told() async -> [String] {
            let call = Self.call("#")
            await house.retrieve(call)
            return call.prompts
        }
        #expect(await !told().contains("temporary-greeting-is-on"))
        try await house.greeting(.temporary)
        #expect(
            await told().starts(with: ["enter-pin", "no-messages", "temporary-greeting-is-on", "to-hear-new-messages"]))
        try await house.settings { $0.temporaryGreetingEnds = House.noon + 3_600 }
        #expect(await told().starts(with: ["enter-pin", "no-messages", "temporary-greeting-is-on", "until-today"]))
        try await house.settings { $0.temporaryGreetingEnds = House.noon }
        #expect(await !told().contains("temporary-greeting-is-on"))
    }

    @Test("C1: new messages begin to play at once where the owner wants that, and only when there are any")
    func newAtOnce() async throws {
        let house = try await House.open()
        try await house.settings { $0.playsNewAtOnce = true }
        let id = try await house.message(3, 1)
        try await house.message(3, 2, in: .saved)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(inOrder: "you-have", "message-1", "end-of-message", "no-more-messages", "to-hear-new-messages"))
        #expect(call.heardAudio == House.speech(3, 1))
        #expect(try await house.folder(of: id) == .saved)

        let again = Self.call("#")
        await house.retrieve(again)
        #expect(again.heardAudio.isEmpty)
    }

    @Test("C1: messages come newest first where the owner wants that, urgent ones still before all others")
    func newestFirst() async throws {
        let house = try await House.open()
        try await house.settings { $0.order = .newestFirst }
        for seed in 1...3 { try await house.message(2, seed, urgent: seed == 2) }
        let call = Self.call("1")
        for _ in 1...3 { call.when("end-of-message", type: "#") }
        await house.retrieve(call)
        #expect(call.heardAudio == House.speech(2, 2) + House.speech(2, 3) + House.speech(2, 1))
    }

    @Test("C7: 0 passes the owner on to the mailbox's operator or else the organisation's, in the organisation's way")
    func operatorReached() async throws {
        let house = try await House.open()
        let none = Self.call("0")
        await house.retrieve(none)
        #expect(none.heard(inOrder: "not-offered-here", "to-hear-new-messages"))
        #expect(!none.heard("to-reach-operator"))

        try await house.organisation {
            $0.operatorNumber = "101"
            $0.transfer = .bridge
        }
        let passedOn = Self.call("0")
        await house.retrieve(passedOn)
        #expect(passedOn.events.contains(.passedOn("101")))
        #expect(passedOn.transferManner == .bridge)
        #expect(passedOn.events.last == .hungUp)

        try await house.settings { $0.operatorNumber = "102" }
        let notReached = Self.call("0")
        notReached.cannotBePassedOn(because: .busy)
        notReached.when("to-reach-operator", type: "1")
        await house.retrieve(notReached)
        #expect(notReached.events.contains(.passedOn("102")))
        #expect(notReached.heard(inOrder: "one-moment", "line-busy", "to-reach-operator", "no-new-messages"))
    }
}
