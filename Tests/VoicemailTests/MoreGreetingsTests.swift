// The temporary greeting and its end, the greetings for special cases, and the nine numbered ones (C8); the keys of other
// maps for the same things (C11).
import CallControl
import Foundation
import Testing

@testable import Mailboxes
@testable import Voicemail

@Suite("More greetings (C8)")
struct MoreGreetingsTests {
    private func run(_ house: House, _ call: ScriptedCall, _ kind: GreetingKind) async throws {
        try await house.run(call) { talk, mailbox in try await OneGreeting(talk, mailbox, kind).run() }
    }

    private func stored(_ kind: GreetingKind, _ house: House) async throws -> [UInt8]? {
        guard let greeting = try await house.store.greeting(kind, of: house.mailbox().id) else { return nil }
        return try await house.store.audio(of: greeting.id, in: 0..<greeting.byteCount)
    }

    /// Midnight that ends the day so many days from now, in 2026 on 21 November.
    private func midnight(_ days: Int, _ zone: String) throws -> Double {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        return try #require(
            calendar.date(from: DateComponents(year: 2026, month: 11, day: 21 + days))
        ).timeIntervalSince1970
    }

    @Test(
        "a temporary greeting holds for so many days in the owner's zone, today being the first; zero is for ever",
        arguments: [
            ("1#", "UTC", 1, "until-today"), ("2#", "UTC", 2, "until-tomorrow"), ("9#", "UTC", 9, "until"),
            ("1#", "Pacific/Auckland", 2, "until-today"), ("365#", "America/New_York", 365, "until"),
            ("0#", "UTC", 0, "heard-until-deleted"), ("*", "UTC", 0, "heard-until-deleted"),
            ("#", "UTC", 0, "heard-until-deleted"), ("366#", "UTC", 0, "invalid-entry"),
            ("9999#", "UTC", 0, "invalid-entry"),
        ])
    func temporary(days: String, zone: String, end: Int, told: String) async throws {
        let house = try await House.open()
        try await house.settings { settings in
            settings.timeZone = zone
            settings.temporaryGreetingEnds = 1
        }
        let call = ScriptedCall()
        call.when("to-hear-this-greeting", type: "2")
        call.say(House.speech(3, 4), ending: .key(.pound))
        call.when("to-accept", type: "2")
        call.when("enter-days", type: days)
        try await run(house, call, .temporary)
        #expect(call.heard(inOrder: "temporary-greeting", "greeting-saved", "enter-days", told))
        #expect(try await stored(.temporary, house) == House.speech(3, 4))
        let ends = try await house.mailbox().settings.temporaryGreetingEnds
        #expect(ends == (end == 0 ? nil : try midnight(end, zone)))
        #expect(try await house.isConsistent())
    }

    @Test("what holds is told on the way in: until when, for ever, or that its time is over")
    func state() async throws {
        let house = try await House.open()
        try await house.greeting(.temporary)
        for (end, told) in [
            (nil, ["heard-until-deleted"]), (House.noon - 1, ["temporary-greeting-ended"]),
            (House.noon + 12 * 3_600, ["heard", "until-today"]),
        ] as [(Double?, [String])] {
            try await house.settings { $0.temporaryGreetingEnds = end }
            let call = ScriptedCall()
            call.when("to-hear-this-greeting", type: "*")
            try await run(house, call, .temporary)
            #expect(Array(call.prompts.dropFirst().prefix(told.count)) == told)
        }
    }

    @Test("deleting the temporary greeting forgets its end; deleting a numbered one, that callers hear it")
    func delete() async throws {
        let house = try await House.open()
        try await house.greeting(.temporary)
        try await house.greeting(.slot4)
        try await house.settings { settings in
            settings.temporaryGreetingEnds = House.noon + 9_000
            settings.chosenGreeting = 4
        }
        for kind in [GreetingKind.temporary, .slot4] {
            let call = ScriptedCall()
            call.when("to-hear-this-greeting", type: "3")
            try await run(house, call, kind)
            #expect(call.prompts.last == "this-greeting-deleted")
            #expect(try await stored(kind, house) == nil)
        }
        let settings = try await house.mailbox().settings
        #expect(settings.temporaryGreetingEnds == nil)
        #expect(settings.chosenGreeting == nil)
    }

    @Test(
        "recorded, heard and deleted like the everyday one",
        arguments: [
            GreetingKind.busy, .outOfHours, .slot1, .slot9,
        ])
    func recordHearDelete(_ kind: GreetingKind) async throws {
        let house = try await House.open()
        let first = ScriptedCall()
        first.when("to-hear-this-greeting", type: "2")
        first.say(House.speech(3, 4), ending: .key(.pound))
        first.when("to-accept", type: "2")
        try await run(house, first, kind)
        #expect(first.prompts.last == "greeting-saved")
        #expect(try await stored(kind, house) == House.speech(3, 4))
        let second = ScriptedCall()
        second.when("to-hear-this-greeting", type: "1")
        second.when("to-record-this-greeting", type: "3")
        try await run(house, second, kind)
        #expect(second.heardAudio == House.speech(3, 4))
        #expect(try await stored(kind, house) == nil)
    }

    @Test("a numbered greeting stands in for the everyday one, and callers hear it; zero goes back")
    func chosen() async throws {
        let house = try await House.open()
        try await house.greeting(.unavailable, 2, 7)
        try await house.greeting(.slot3, 2, 8)
        let call = ScriptedCall()
        call.when("to-hear-greeting", type: "9")
        call.when("enter-greeting-number", type: "3")
        call.when("to-hear-this-greeting", type: "5")
        call.when("callers-hear", type: "*")
        try await house.run(call) { talk, mailbox in try await GreetingsMenu(talk, mailbox).run() }
        #expect(try await house.mailbox().settings.chosenGreeting == 3)
        let caller = ScriptedCall()
        await house.deposit(caller)
        #expect(caller.heardAudio == House.speech(2, 8))
        let back = ScriptedCall()
        back.when("callers-hear", type: "90")
        try await house.run(back) { talk, mailbox in try await GreetingsMenu(talk, mailbox).run() }
        #expect(
            back.heard(inOrder: "greeting-menu", "callers-hear", "enter-greeting-number", "callers-hear-usual-greeting")
        )
        #expect(try await house.mailbox().settings.chosenGreeting == nil)
    }

    @Test("one that is not recorded cannot be chosen")
    func chosenEmpty() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.when("enter-greeting-to-use", type: "5")
        try await house.run(call) { talk, mailbox in try await NumberedGreetings(talk, mailbox).choose() }
        #expect(call.prompts.suffix(3) == ["greeting", "number-5", "greeting-not-recorded-yet"])
        #expect(try await house.mailbox().settings.chosenGreeting == nil)
    }
}

@Suite("Options")
struct OptionsTests {
    private func options(_ house: House, _ keys: String) async throws -> ScriptedCall {
        let call = ScriptedCall()
        call.when("options-menu", type: keys)
        try await house.run(call) { talk, mailbox in
            var menu = OptionsMenu(talk, mailbox)
            return try await menu.run()
        }
        return call
    }

    @Test("C1 C3: each press goes on to the next choice, says it and keeps it")
    func choices() async throws {
        let house = try await House.open()
        _ = try await options(house, "234*")
        var settings = try await house.mailbox().settings
        #expect(settings.envelope == .off)
        #expect(settings.order == .newestFirst)
        #expect(settings.playsNewAtOnce)
        _ = try await options(house, "2234*")
        settings = try await house.mailbox().settings
        #expect(settings.envelope == .onDemand)
        #expect(settings.order == .oldestFirst)
        #expect(!settings.playsNewAtOnce)
    }

    @Test("C13: the language changes at once, for this call and the next")
    func language() async throws {
        let house = try await House.open()
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#5")
        call.when("options-menu", type: "5")
        call.when("language-chosen", type: "*")
        call.when("to-hear-new-messages", type: "#")
        await house.retrieve(call)
        #expect(try await house.mailbox().language == "es")
        #expect(call.language(of: "enter-pin") == "en")
        #expect(call.language(of: "language-chosen") == "es")
        #expect(call.language(of: "goodbye") == "es")
    }
}

@Suite("The asterisk map below the main menu (C11)")
struct AsteriskFlowTests {
    private func open() async throws -> House {
        let house = try await House.open()
        try await house.choose(keymap: "asterisk", for: "100")
        return house
    }

    private func logIn(_ keys: String) -> ScriptedCall {
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#" + keys)
        return call
    }

    @Test("forward to two as it is: 1, 8, 1, 101*200#, 2")
    func forward() async throws {
        let house = try await open()
        let message = try await house.letter()
        let call = logIn("1")
        call.inAudio(at: 2, type: "8")
        call.when("to-enter-number", type: "1101*200#2")
        call.when("message-forwarded-to", type: "#")
        await house.retrieve(call)
        for number in ["101", "200"] { #expect(try await house.newAudio(of: number) == [House.speech(5)]) }
        #expect(try await house.folder(of: message.id) == .saved)
        #expect(call.prompts.last == "goodbye")
    }

    @Test("forward with a comment goes out when it is recorded; a hang-up at the tone sends nothing")
    func prepend() async throws {
        for hangsUp in [false, true] {
            let house = try await open()
            try await house.letter()
            let call = logIn("1")
            call.inAudio(at: 2, type: "8")
            call.when("to-enter-number", type: "1101*200#1")
            if !hangsUp { call.say(House.speech(2, 4), ending: .key(.pound)) }
            call.when("message-forwarded-to", type: "#")
            await house.retrieve(call)
            let expected = hangsUp ? [] : [House.speech(2, 4) + House.speech(5)]
            for number in ["101", "200"] { #expect(try await house.newAudio(of: number) == expected) }
            #expect(try await house.isConsistent())
        }
    }

    @Test("reply: 1, 3, 1, the message, #")
    func reply() async throws {
        let house = try await open()
        try await house.letter()
        let call = logIn("1")
        call.inAudio(at: 2, type: "31")
        call.say(House.speech(3, 4), ending: .key(.pound))
        call.when("message-sent-to", type: "#")
        await house.retrieve(call)
        #expect(try await house.newAudio(of: "101") == [House.speech(3, 4)])
        #expect(call.prompts.last == "goodbye")
    }

    @Test("call back: 1, 3, 2, 1; dial out: 1, 3, 4, the number", arguments: [("321", "101"), ("34555#", "555")])
    func calls(keys: String, number: String) async throws {
        let house = try await open()
        try await house.settings { $0.mayCallBack = true }
        try await house.organisation { $0.callableNumbers = ["555"] }
        try await house.letter()
        let call = logIn("1")
        call.inAudio(at: 2, type: keys)
        await house.retrieve(call)
        #expect(call.events.contains(.passedOn(number)))
    }

    @Test(
        "options: 0, then 1 unavailable, 2 busy, 3 name, 4 temporary, each accepted with 1; 4, 2 erases; 5 is the PIN")
    func options() async throws {
        let house = try await open()
        let call = logIn("0")
        call.when("options-menu", type: "1")
        for (seed, next) in [(1, "2"), (2, "3"), (3, "4"), (4, "41")] {
            call.say(House.speech(2, seed), ending: .key(.pound))
            call.when("to-accept", type: "1")
            call.when(seed == 3 ? "name-saved" : "greeting-saved", type: next)
        }
        call.say(House.speech(2, 5), ending: .key(.pound))
        call.when("to-accept", type: "1")
        call.when("greeting-saved", type: "42")
        call.when("this-greeting-deleted", type: "590210#90210#")
        call.when("pin-changed", type: "*")
        call.when("to-hear-messages", type: "#")
        await house.retrieve(call)
        #expect(call.cuesLeft == 0)
        #expect(call.prompts.last == "goodbye")
        let mailbox = try await house.mailbox()
        for (kind, seed) in [(GreetingKind.unavailable, 1), (.busy, 2), (.name, 3)] {
            let greeting = try #require(try await house.store.greeting(kind, of: mailbox.id))
            let audio = try await house.store.audio(of: greeting.id, in: 0..<greeting.byteCount)
            #expect(audio == House.speech(2, seed))
        }
        #expect(try await house.store.greeting(.temporary, of: mailbox.id) == nil)
        #expect(try await IntroductionTests.opens("90210", house))
    }
}
