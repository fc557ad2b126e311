// The key map `asterisk`: what its users' fingers know does here what it does there. The sequences are those of
// Asterisk's own test suite, typed at the moments at which that suite types them.
import CallControl
import Mailboxes
import Synchronization
import Testing

@testable import Voicemail

@Suite("The keys of Asterisk (C11)")
struct AsteriskKeysTests {
    private func house() async throws -> House {
        let house = try await House.open()
        try await house.organisation {
            $0.keymap = "asterisk"
            $0.operatorNumber = "101"
        }
        return house
    }

    /// Extension 100, logged in, at its main menu.
    private func call(_ keys: String = "", hangUpAtStep: Int? = nil) -> ScriptedCall {
        let call = ScriptedCall(account: "100", hangUpAtStep: hangUpAtStep)
        call.when("enter-pin", type: "4815#")
        call.when("to-choose-folder", type: keys)
        return call
    }

    @Test(
        "authenticate_extensions: star at the mailbox or at the PIN leaves to the operator", arguments: ["*#", "100#"])
    func star(keys: String) async throws {
        let house = try await house()
        let call = ScriptedCall("5000")
        call.when("enter-account-number", type: keys)
        call.when("enter-pin", type: "*#")
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.events.suffix(2) == [.passedOn("101"), .hungUp])
        #expect(call.heard("enter-pin") == (keys == "100#"))
    }

    @Test("authenticate_extensions: an operator who does not answer leaves the caller at the question; not for ever")
    func starUnanswered() async throws {
        let house = try await house()
        let call = ScriptedCall("5000")
        call.cannotBePassedOn(because: .noAnswer)
        for _ in 1...3 { call.when("enter-account-number", type: "*") }
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.heard(inOrder: "one-moment", "nobody-answers", "enter-account-number"))
        #expect(call.events.filter { $0 == .passedOn("101") }.count == 3)
        #expect(call.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
    }

    @Test("authenticate_invalid_mailbox, _invalid_password: three tries, then good-bye")
    func invalid() async throws {
        let house = try await house()
        let mailbox = ScriptedCall("5000")
        for _ in 1...3 { mailbox.when("enter-account-number", type: "5678#") }
        await house.service.run("any-mailbox", arguments: [:], mailbox)
        #expect(mailbox.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
        let pin = ScriptedCall("5000")
        pin.when("enter-account-number", type: "100#")
        for _ in 1...3 { pin.when("enter-pin", type: "5555#") }
        await house.service.run("any-mailbox", arguments: [:], pin)
        #expect(pin.prompts.suffix(2) == ["too-many-wrong-pins", "goodbye"])
    }

    @Test("authenticate_nominal: mailbox and PIN typed")
    func nominal() async throws {
        let house = try await house()
        let call = ScriptedCall("5000")
        call.when("enter-account-number", type: "100#")
        call.when("enter-pin", type: "4815#")
        call.when("to-end-the-call", type: "#")
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.heard(inOrder: "no-messages", "to-hear-messages", "press-1", "goodbye"))
    }

    @Test("check_voicemail_nominal: 1, 9 1, 6 …, #: urgent first, each saved into Old")
    func saveIntoOld() async throws {
        let house = try await house()
        try await house.message(3, 1)
        try await house.message(3, 2, urgent: true)
        let call = call("1")
        for _ in 1...2 {
            call.when("end-of-message", type: "9")
            call.when("choose-folder", type: "1")
            call.when("message-saved-in", type: "6")
        }
        call.when("no-more-messages", type: "#")
        await house.retrieve(call)
        #expect(call.heardAudio == House.speech(3, 2) + House.speech(3, 1))
        #expect(try await house.messages(in: .saved).count == 2)
        #expect(call.prompts.last == "goodbye")
        #expect(call.cuesLeft == 0)
    }

    @Test("check_voicemail_delete: 1, 7, on to the next by itself, 7, #: both are deleted", arguments: [true, false])
    func delete(whilePlaying: Bool) async throws {
        let house = try await house()
        try await house.settings { $0.goesOnAfterDelete = true }
        try await house.message(3, 1)
        try await house.message(3, 2)
        let call = call("1")
        for _ in 1...2 {
            if whilePlaying { call.inAudio(at: 1, type: "7") } else { call.when("end-of-message", type: "7") }
        }
        call.when("no-more-messages", type: "#")
        await house.retrieve(call)
        #expect(try await house.messages(in: .deleted).count == 2)
        #expect(try await house.store.counts(of: house.mailbox().id) == MessageCounts())
        #expect(call.prompts.last == "goodbye")
    }

    @Test("check_voicemail_envelope: the envelope by itself; 1 in it skips the rest of it")
    func envelope() async throws {
        let house = try await house()
        try await house.settings { $0.envelope = .automatic }
        try await house.message(3, 1)
        let whole = call("1")
        await house.retrieve(whole)
        #expect(whole.heard(inOrder: "message-1", "received", "from", "length", "end-of-message"))
        try await house.move(try await house.messages(in: .saved)[0].id, to: .new)
        let skipped = call("1")
        skipped.when("received", type: "1")
        await house.retrieve(skipped)
        #expect(!skipped.heard("length"))
        #expect(skipped.heardAudio == House.speech(3, 1))
    }

    @Test("check_voicemail_callback: 1, 3, 2, 1 calls the sender; check_voicemail_dialout: 1, 3, 4, number #")
    func callOut() async throws {
        let house = try await house()
        try await house.settings { $0.mayCallBack = true }
        try await house.organisation { $0.callableNumbers = ["555"] }
        try await house.message(3, from: "5551234")
        let back = call("1")
        back.when("end-of-message", type: "3")
        back.when("to-send-message", type: "2")
        back.whenSilent(type: "1")
        await house.retrieve(back)
        #expect(back.events.contains(.passedOn("5551234")))

        let out = call("1")
        out.when("end-of-message", type: "3")
        out.when("to-send-message", type: "4")
        out.when("enter-number-to-call", type: "5555555#")
        await house.retrieve(out)
        #expect(out.events.contains(.passedOn("5555555")))
        #expect(out.events.last == .hungUp)
    }

    @Test(
        "check_voicemail_forward: 8, 1, two numbers with star between, #, 2: both get it, the original is kept in Old")
    func forward() async throws {
        let house = try await house()
        try await house.message(3, 1)
        let call = call("1")
        call.when("end-of-message", type: "8")
        call.when("to-enter-number", type: "1")
        call.when("enter-addressee", type: "101*200#")
        call.when("to-send-as-it-is", type: "2")
        call.when("to-hear-first-message", type: "#")
        await house.retrieve(call)
        for number in ["101", "200"] {
            let messages = try await house.messages(in: .new, of: number)
            #expect(messages.count == 1)
            if let message = messages.first { #expect(try await house.audio(message) == House.speech(3, 1)) }
        }
        #expect(try await house.messages(in: .saved).count == 1)
        #expect(call.prompts.last == "goodbye")
    }

    @Test(
        "check_voicemail_forward_with_prepend, _forward_hangup: 1 puts a comment before it; a hang-up forwards nothing")
    func comment() async throws {
        for hangsUp in [false, true] {
            let house = try await house()
            try await house.message(3, 1)
            let call = call("1")
            call.when("end-of-message", type: "8")
            call.when("to-enter-number", type: "1")
            call.when("enter-addressee", type: "101*200#")
            call.when("to-send-as-it-is", type: "1")
            if !hangsUp { call.say(House.speech(4, 7), ending: .key(.pound)) }
            await house.retrieve(call)
            for number in ["101", "200"] {
                let messages = try await house.messages(in: .new, of: number)
                #expect(messages.map(\.byteCount) == (hangsUp ? [] : [56_000]))
            }
            #expect(try await house.isConsistent())
        }
    }

    @Test(
        "check_voicemail_options_…: 0, then 1 unavailable, 2 busy, 3 name: talk #, 1 accepts, star leaves",
        arguments: [
            ("1", GreetingKind.unavailable), ("2", .busy), ("3", .name),
        ])
    func record(key: String, kind: GreetingKind) async throws {
        let house = try await house()
        let call = call("0")
        call.when("to-record-greeting", type: key)
        call.say(House.speech(3, 9), ending: .key(.pound))
        call.when("to-accept", type: "1")
        call.whenSilent(type: "*")
        call.when("to-hear-messages", type: "#")
        await house.retrieve(call)
        let greeting = try #require(try await house.store.greeting(kind, of: house.mailbox().id))
        #expect(greeting.byteCount == 24_000)
        #expect(call.prompts.last == "goodbye")
    }

    @Test("check_voicemail_options_record_temp: 0, 4 records it, 4, 1 does so again, 4, 2 erases it, star, #")
    func temporary() async throws {
        let house = try await house()
        let mailbox = try await house.mailbox().id
        let recorded = Mutex<[Int?]>([])
        let look: @Sendable () async -> Void = {
            let greeting = try? await house.store.greeting(.temporary, of: mailbox)
            recorded.withLock { $0.append(greeting?.byteCount) }
        }
        let call = call("0")
        call.when("to-record-greeting", type: "4")
        call.say(House.speech(3, 9), ending: .key(.pound))
        call.when("to-accept", type: "1")
        call.when("greeting-saved", do: look)
        call.when("to-record-greeting", type: "4")
        call.when("to-record-this-greeting", type: "1")
        call.say(House.speech(4, 8), ending: .key(.pound))
        call.when("to-accept", type: "1")
        call.when("greeting-saved", do: look)
        call.when("to-record-greeting", type: "4")
        call.when("to-record-this-greeting", type: "2")
        call.when("this-greeting-deleted", do: look)
        call.when("to-record-greeting", type: "*")
        call.when("to-hear-messages", type: "#")
        await house.retrieve(call)
        #expect(recorded.withLock { $0 } == [24_000, 32_000, nil])
        #expect(call.cuesLeft == 0 && call.prompts.last == "goodbye")
    }

    @Test("check_voicemail_options_change_password: 0, 5, two bad ones refused, a good one twice, star, #; it counts")
    func changePIN() async throws {
        let house = try await house()
        let call = call("0")
        call.when("to-record-greeting", type: "5")
        call.when("enter-new-pin", type: "5555#")
        call.when("enter-new-pin", type: "555555#")
        call.when("enter-new-pin", type: "555666#")
        call.when("enter-new-pin-again", type: "555666#")
        call.when("pin-changed", type: "*")
        call.when("to-hear-messages", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "new-pin-too-easy", "pin-changed", "to-hear-messages", "goodbye"))
        #expect(try await house.store.checkPIN("555666", of: house.mailbox().id, from: "a phone") == .accepted)
    }

    @Test("check_voicemail_reply: 1, 3, 1, talk #, #: the other mailbox has it")
    func reply() async throws {
        let house = try await house()
        try await house.message(3, 1, from: "101", sender: "101")
        let call = call("1")
        call.when("end-of-message", type: "3")
        call.when("to-reply", type: "1")
        call.say(House.speech(4, 8), ending: .key(.pound))
        call.when("to-hear-first-message", type: "#")
        await house.retrieve(call)
        let messages = try await house.messages(in: .new, of: "101")
        #expect(messages.map(\.byteCount) == [32_000])
        #expect(call.cuesLeft == 0 && call.prompts.last == "goodbye")
    }

    @Test("check_voicemail_new_user: name, unavailable, busy, then a PIN of one's own twice; a hang-up leaves it new")
    func newUser() async throws {
        for hangsUp in [false, true] {
            let house = try await house()
            try await house.settings { $0.needsIntroduction = true }
            try await house.store.setPIN("4815", of: house.mailbox().id, temporary: true)
            let call = ScriptedCall(account: "100")
            call.when("enter-pin", type: "4815#")
            for seed in 1...3 {
                call.say(House.speech(2, seed), ending: .key(.pound))
                call.when("to-accept", type: "1")
            }
            call.when("enter-new-pin", type: "555666#")
            if hangsUp {
                call.hangUp(at: "enter-new-pin-again")
            } else {
                call.when("enter-new-pin-again", type: "555666#")
            }
            await house.retrieve(call)
            let mailbox = try await house.mailbox()
            #expect(mailbox.pinIsTemporary == hangsUp)
            #expect(mailbox.settings.needsIntroduction == hangsUp)
            if !hangsUp {
                for kind in [GreetingKind.name, .unavailable, .busy] {
                    #expect(try await house.store.greeting(kind, of: mailbox.id) != nil)
                }
            }
        }
    }

    @Test(
        "while a message plays: # ahead, star back, 0 pause, 2 from the start",
        arguments: [
            ("#", 4.0, 7.0), ("*", 4.0, 1.0), ("2", 4.0, 0.0), ("00", 4.0, 4.0), ("5", 4.0, 0.0), ("3*", 4.0, 4.0),
        ])
    func playing(keys: String, at second: Double, goesOn: Double) async throws {
        let house = try await house()
        try await house.message(10)
        let call = call("1")
        call.inAudio(at: second, type: keys)
        await house.retrieve(call)
        let starts = call.events.compactMap { if case .audio(let from) = $0 { from } else { nil } }
        #expect(starts.last == goesOn)
        #expect(call.heard("end-of-message"))
    }

    @Test(
        "a message's menu is the main menu: 1 the first one again, 4 and 6 around it, 2 another folder, 0 options, star help"
    )
    func oneMenu() async throws {
        let house = try await house()
        try await house.message(2, 1)
        try await house.message(2, 2)
        try await house.message(2, 3, in: .work)
        let call = call("1")
        call.when("end-of-message", type: "6")
        call.when("end-of-message", type: "6")
        call.when("no-more-messages", type: "4")
        call.when("end-of-message", type: "1")
        call.when("end-of-message", type: "0")
        call.when("options-menu", type: "*")
        call.when("to-hear-first-message", type: "*")
        call.when("to-hear-first-message", type: "22")
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        #expect(call.cuesLeft == 0)
        #expect(call.heardAudio == [1, 2, 1, 1, 3].flatMap { House.speech(2, $0) })
        #expect(call.prompts.last == "goodbye")
    }

    @Test("1 plays the old messages where there are no new ones")
    func onlyOld() async throws {
        let house = try await house()
        try await house.message(2, 1, in: .saved)
        let call = call("1")
        await house.retrieve(call)
        #expect(call.heardAudio == House.speech(2, 1))
    }

    @Test(
        "leave_voicemail_nominal, _contexts: # skips the greeting and ends the message; star opens the mailbox, 0 the operator"
    )
    func deposit() async throws {
        let house = try await house()
        let left = ScriptedCall()
        left.when("person-at-extension", type: "#")
        left.say(House.speech(3), ending: .hangUp)
        await house.deposit(left)
        #expect(try await house.messages(in: .new).count == 1)
        let owner = ScriptedCall()
        owner.when("person-at-extension", type: "*")
        owner.when("enter-pin", type: "4815#")
        await house.deposit(owner)
        #expect(owner.heard(inOrder: "enter-pin", "you-have", "to-hear-messages"))
        let zero = ScriptedCall()
        zero.when("person-at-extension", type: "0")
        await house.deposit(zero)
        #expect(zero.events.contains(.passedOn("101")))
    }
}
