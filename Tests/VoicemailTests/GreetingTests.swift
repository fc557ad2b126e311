// Greetings and name: nothing changes for callers until the owner accepts what was recorded.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Greetings and name")
struct GreetingTests {
    /// Extension 100 in its greetings menu; `keys` are typed there.
    static func call(_ keys: String, hangUpAtStep: Int? = nil) -> ScriptedCall {
        let call = MainMenuTests.call("4", hangUpAtStep: hangUpAtStep)
        call.when("greeting-menu", type: keys)
        return call
    }

    struct Kind: Sendable {
        var kind: GreetingKind
        var hear, record, delete: String
        var question, saved, deleted, none, follows: String
    }
    static let kinds = [
        Kind(
            kind: .unavailable, hear: "1", record: "2", delete: "3", question: "record-greeting-after-tone",
            saved: "greeting-saved", deleted: "greeting-deleted", none: "no-greeting-recorded",
            follows: "your-greeting-is"),
        Kind(
            kind: .name, hear: "4", record: "5", delete: "6", question: "record-name-after-tone", saved: "name-saved",
            deleted: "name-deleted", none: "no-name-recorded", follows: "your-name-is"),
    ]

    private func stored(_ kind: GreetingKind, _ house: House) async throws -> [UInt8]? {
        guard let greeting = try await house.store.greeting(kind, of: house.mailbox().id) else { return nil }
        return try await house.store.audio(of: greeting.id, in: 0..<greeting.byteCount)
    }

    @Test("C8: record, hear and accept; from then on callers hear it", arguments: kinds)
    func record(_ kind: Kind) async throws {
        let house = try await House.open()
        let call = Self.call(kind.record)
        call.say(House.speech(3, 4), ending: .key(.pound))
        call.when("to-listen", type: "1")
        call.when("to-listen", type: "2")
        await house.retrieve(call)
        #expect(call.heard(inOrder: kind.question, "beep", "to-listen", "your-recording-is", "to-listen", kind.saved))
        #expect(call.heardAudio == House.speech(3, 4))
        #expect(try await stored(kind.kind, house) == House.speech(3, 4))
        let caller = ScriptedCall()
        await house.deposit(caller)
        #expect(caller.heardAudio == House.speech(3, 4))
        #expect(try await house.isConsistent())
    }

    @Test("C8: recording again, cancelling, silence and wrong keys keep the old one", arguments: kinds)
    func keepOld(_ kind: Kind) async throws {
        let house = try await House.open()
        try await house.greeting(kind.kind, 2, 7)
        for keys in ["*", "1*", "777", "", "3"] {
            let call = Self.call(kind.record)
            call.say(House.speech(3, 4), ending: .silence)
            call.when("to-listen", type: keys)
            await house.retrieve(call)
            #expect(try await stored(kind.kind, house) == House.speech(2, 7), "\(keys)")
            #expect(try await house.isConsistent(), "\(keys)")
            #expect(call.heard("recording-discarded") == keys.hasSuffix("*"), "\(keys)")
        }
    }

    @Test("C8: recorded again, the second recording counts", arguments: kinds)
    func again(_ kind: Kind) async throws {
        let house = try await House.open()
        try await house.greeting(kind.kind, 2, 7)
        let call = Self.call(kind.record)
        call.say(House.speech(3, 4), ending: .key(.pound))
        call.when("to-listen", type: "3")
        call.say(House.speech(4, 5), ending: .maximum)
        call.when("to-listen", type: "2")
        await house.retrieve(call)
        #expect(call.prompts.filter { $0 == kind.question }.count == 2)
        #expect(call.heard(inOrder: "beep", "beep", "own-recording-stopped-maximum", "to-listen", kind.saved))
        #expect(try await stored(kind.kind, house) == House.speech(4, 5))
        #expect(try await house.isConsistent())
    }

    @Test("C8: hear and delete, and what is said when there is none", arguments: kinds)
    func hearAndDelete(_ kind: Kind) async throws {
        let house = try await House.open()
        try await house.greeting(kind.kind, 2, 7)
        let call = Self.call(kind.hear)
        call.when("to-hear-greeting", type: kind.delete)
        call.when(kind.deleted, type: kind.delete)
        call.when(kind.none, type: kind.hear)
        call.when(kind.none, type: "*")
        call.when("to-hear-new-messages", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(inOrder: kind.follows, kind.deleted, kind.none, kind.none, "to-hear-new-messages", "goodbye"))
        #expect(call.heardAudio == House.speech(2, 7))
        #expect(try await stored(kind.kind, house) == nil)
    }

    @Test("C8: a recording without speech is told and tried again, three times", arguments: kinds)
    func nothingSaid(_ kind: Kind) async throws {
        let house = try await House.open()
        let call = Self.call(kind.record)
        call.say(House.speech(0.4), ending: .key(.pound))
        call.say(House.speech(9), voiced: .zero, ending: .silence)
        call.say([], voiced: .zero, ending: .key(.pound))
        await house.retrieve(call)
        #expect(call.prompts.filter { $0 == "nothing-recorded" }.count == 3)
        #expect(call.prompts.filter { $0 == "beep" }.count == 3)
        #expect(call.heard(inOrder: "nothing-recorded", "nothing-recorded", "nothing-recorded", "to-hear-greeting"))
        #expect(try await stored(kind.kind, house) == nil)
        #expect(try await house.isConsistent())
    }

    @Test("B4 C8: a greeting counts against the quota: it stops there, and in a full mailbox none is recorded")
    func quota() async throws {
        let house = try await House.open(quota: 20_000)
        let call = Self.call("2")
        call.say(House.speech(10, 4), ending: .key(.pound))
        call.when("to-listen", type: "2")
        call.when("greeting-saved", type: "2")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "beep", "own-recording-stopped-mailbox-full", "to-listen", "greeting-saved",
                "your-mailbox-is-full"))
        #expect(!call.heard("recording-stopped-mailbox-full"), "that one speaks of a message")
        #expect(try await stored(.unavailable, house) == Array(House.speech(10, 4).prefix(20_000)))
        #expect(call.prompts.filter { $0 == "beep" }.count == 1)
    }

    @Test("C8: keys that mean nothing in these menus are told; three end the call", arguments: ["0", "#", "A", "D"])
    func wrongKeys(key: String) async throws {
        let house = try await House.open()
        let call = Self.call(key + key + key)
        await house.retrieve(call)
        #expect(call.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
        #expect(call.heard("invalid-key"))
    }
}

@Suite("Changing the PIN")
struct ChangePINTests {
    private func change(_ house: House, _ keys: String) async throws -> ScriptedCall {
        let call = MainMenuTests.call("51")
        call.when("enter-new-pin", type: keys)
        await house.retrieve(call)
        return call
    }

    private func opens(_ pin: String, _ house: House) async throws -> Bool {
        try await house.store.checkPIN(pin, of: house.mailbox().id, from: "192.0.2.9") == .accepted
    }

    @Test("C9: typed twice, the new PIN counts and the old one does not")
    func change() async throws {
        let house = try await House.open()
        let call = try await change(house, "90210#90210#")
        #expect(call.heard(inOrder: "enter-new-pin", "enter-new-pin-again", "pin-changed", "to-change-pin"))
        #expect(try await opens("90210", house))
        #expect(try await opens(House.pin, house) == false)
    }

    @Test(
        "C9 D2: weak PINs are refused with the reason, and the old one stays",
        arguments: [
            ("123", "new-pin-too-short"), ("12345678901", "new-pin-too-long"), ("1234", "new-pin-too-easy"),
            ("7777", "new-pin-too-easy"),
        ])
    func weak(pin: String, told: String) async throws {
        let house = try await House.open()
        let call = try await change(house, "\(pin)#")
        #expect(call.heard(inOrder: "enter-new-pin", told, "enter-new-pin"))
        #expect(!call.heard("enter-new-pin-again"))
        #expect(try await opens(House.pin, house))
    }

    @Test("C9: two different entries change nothing; after three rounds it goes back to the options")
    func different() async throws {
        let house = try await House.open()
        let call = try await change(house, "90210#90211#" + "1234#" + "90210#90219#")
        #expect(call.heard(inOrder: "new-pins-do-not-match", "pin-not-changed", "to-change-pin"))
        #expect(!call.heard("pin-changed"))
        #expect(try await opens(House.pin, house))
    }

    @Test(
        "D2: the policy's lengths are told when a PIN does not fit",
        arguments: [
            (7, nil, "66042", ["new-pin-too-short", "pin-must-have-at-least", "number-7", "digits-other"]),
            (4, 6, "6604", ["new-pin-too-short", "pin-must-have-exactly", "number-6", "digits-other"]),
            (4, 6, "6604277", ["new-pin-too-long", "pin-must-have-exactly", "number-6", "digits-other"]),
            (
                4, nil, "66042776601",
                ["new-pin-too-long", "pin-must-have-between", "number-4", "and", "number-10", "digits-other"]
            ),
        ] as [(Int, Int?, String, [String])])
    func lengths(minimum: Int, exactly: Int?, pin: String, told: [String]) async throws {
        let house = try await House.open()
        try await house.organisation { settings in
            settings.pinPolicy.minimum = minimum
            settings.pinPolicy.exactly = exactly
        }
        let call = try await change(house, "\(pin)#")
        let place = try #require(call.prompts.firstIndex(of: told[0]))
        #expect(Array(call.prompts[place...].prefix(told.count)) == told)
        #expect(try await opens(House.pin, house))
    }

    @Test("C9: star or pound before the first digit leaves the PIN as it is", arguments: ["*", "#"])
    func giveUp(key: String) async throws {
        let house = try await House.open()
        let call = try await change(house, key)
        #expect(call.heard(inOrder: "enter-new-pin", "pin-not-changed", "to-change-pin"))
        #expect(try await opens(House.pin, house))
    }

    @Test("C9: hanging up between the two entries changes nothing")
    func hangUp() async throws {
        let house = try await House.open()
        for step in 1...24 {
            let call = MainMenuTests.call("51", hangUpAtStep: step)
            call.when("enter-new-pin", type: "90210#9021")
            await house.retrieve(call)
            #expect(!call.heard("pin-changed"))
            #expect(try await opens(House.pin, house))
        }
    }
}
