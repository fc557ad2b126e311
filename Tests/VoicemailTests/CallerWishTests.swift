// What a caller's keys lead to (B1): the operator, other numbers, other mailboxes, and back when that does not work.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Where a caller's keys lead (B1)")
struct CallerWishTests {
    private func house(_ operatorNumber: String? = "9") async throws -> House {
        let house = try await House.open()
        try await house.organisation { $0.operatorNumber = operatorNumber }
        return house
    }

    @Test(
        "0 reaches the operator from the greeting and the instructions",
        arguments: ["person-at-extension", "is-not-available", "leave-message-after-tone"])
    func operatorFromGreeting(prompt: String) async throws {
        let house = try await house()
        let call = ScriptedCall()
        call.when(prompt, type: "0")
        await house.deposit(call)
        #expect(call.prompts.last == "one-moment")
        #expect(call.events.suffix(2) == [.passedOn("9"), .hungUp])
        #expect(call.transferManner == .refer)
        #expect(try await house.isConsistent())
    }

    @Test("0 is nothing where there is no operator")
    func noOperator() async throws {
        let house = try await house(nil)
        let call = ScriptedCall()
        call.when("person-at-extension", type: "0")
        call.say(House.speech(3), ending: .key(.pound))
        call.when("to-listen", type: "0")
        await house.deposit(call)
        #expect(call.heard(inOrder: "person-at-extension", "is-not-available", "beep", "to-listen", "invalid-key"))
        #expect(!call.heard("to-reach-operator"))
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test("as the organisation has it: by REFER or by a second leg", arguments: OrganisationSettings.Transfer.allCases)
    func manner(transfer: OrganisationSettings.Transfer) async throws {
        let house = try await house()
        try await house.organisation { $0.transfer = transfer }
        let call = ScriptedCall()
        call.when("person-at-extension", type: "0")
        await house.deposit(call)
        #expect(call.transferManner?.rawValue == transfer.rawValue)
    }

    @Test(
        "whoever cannot be passed on hears why, and the tone comes all the same",
        arguments: [
            (TransferFailure.busy, "line-busy"), (.noAnswer, "nobody-answers"), (.refused, "cannot-be-reached"),
            (.noRoute, "cannot-be-reached"),
        ])
    func notReached(failure: TransferFailure, told: String) async throws {
        let house = try await house()
        let call = ScriptedCall()
        call.cannotBePassedOn(because: failure)
        call.when("person-at-extension", type: "0")
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(call.prompts == ["person-at-extension", "one-moment", told, "leave-message-after-tone", "beep"])
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test("keys work while it is said that nobody was reached")
    func keysAfterFailure() async throws {
        let house = try await house()
        let call = ScriptedCall()
        call.cannotBePassedOn(because: .noAnswer)
        call.when("person-at-extension", type: "0")
        call.when("nobody-answers", type: "0")
        call.when("nobody-answers", type: "#")
        await house.deposit(call)
        #expect(call.events.filter { $0 == .passedOn("9") }.count == 2)
        #expect(call.prompts.suffix(2) == ["nobody-answers", "beep"])
    }

    @Test(
        "after the recording 0 delivers the message and passes the caller on", arguments: [nil, TransferFailure.busy])
    func operatorAfterRecording(failure: TransferFailure?) async throws {
        let house = try await house()
        let call = ScriptedCall()
        if let failure { call.cannotBePassedOn(because: failure) }
        call.say(House.speech(3), ending: .key(.pound))
        call.when("to-listen", type: "4")
        call.when("to-listen", type: "0")
        await house.deposit(call)
        #expect(call.events.contains(.passedOn("9")))
        #expect(call.prompts.suffix(2) == (failure == nil ? ["to-listen", "one-moment"] : ["line-busy", "goodbye"]))
        #expect(try await house.messages(in: .new).map(\.urgent) == [true])
        #expect(try await house.isConsistent())
    }

    @Test("while recording 0 ends nothing, unless the map says so")
    func operatorWhileRecording() async throws {
        let house = try await house()
        let plain = ScriptedCall()
        plain.say(House.speech(3), ending: .hangUp)
        await house.deposit(plain)
        #expect(plain.limits.map(\.endKeys) == [[.pound]])

        try await house.choose(keymap: "asterisk", for: "100")
        let call = ScriptedCall()
        call.say(House.speech(3), ending: .key(.zero))
        await house.deposit(call)
        #expect(call.limits.map(\.endKeys) == [[.pound, .zero]])
        #expect(call.prompts.suffix(2) == ["beep", "one-moment"])
        #expect(call.events.contains(.passedOn("9")))
        #expect(try await house.messages(in: .new).count == 2)

        let short = ScriptedCall()
        short.cannotBePassedOn(because: .busy)
        short.say(House.speech(1), ending: .key(.zero))
        short.say(House.speech(3), ending: .hangUp)
        await house.deposit(short)
        #expect(short.heard(inOrder: "beep", "one-moment", "line-busy", "leave-message-after-tone-short", "beep"))
        #expect(try await house.messages(in: .new).count == 3)
    }

    @Test("a map that offers the operator while recording does not where there is none")
    func noOperatorWhileRecording() async throws {
        let house = try await house(nil)
        try await house.choose(keymap: "asterisk", for: "100")
        let call = ScriptedCall()
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(call.limits.map(\.endKeys) == [[.pound]])
    }

    @Test("a key of the mailbox's own table reaches a number, logs in, skips, or does nothing")
    func ownTable() async throws {
        let house = try await house()
        try await house.settings {
            $0.callerKeys = ["1": .number("5551234"), "2": .skip, "3": .logIn, "#": .nothing, "9": .operatorNumber]
        }
        for (key, expected) in [("1", ScriptedCall.Event.passedOn("5551234")), ("9", .passedOn("9"))] {
            let call = ScriptedCall()
            call.when("person-at-extension", type: key)
            await house.deposit(call)
            #expect(call.events.contains(expected))
        }
        for (key, next) in [("2", "beep"), ("3", "enter-pin"), ("#", "number-1"), ("5", "number-1")] {
            let call = ScriptedCall()
            call.when("person-at-extension", type: key)
            await house.deposit(call)
            #expect(call.prompts.prefix(2) == ["person-at-extension", next], "\(key)")
        }
    }

    @Test("a key can lead to another mailbox: its greeting, its message")
    func otherMailbox() async throws {
        let house = try await house()
        try await house.settings { $0.callerKeys = ["1": .mailbox("101")] }
        let call = ScriptedCall()
        call.when("person-at-extension", type: "1")
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(
            call.prompts.prefix(5) == [
                "person-at-extension", "person-at-extension", "number-1", "number-0", "number-1",
            ])
        #expect(try await house.messages(in: .new).isEmpty)
        #expect(try await house.messages(in: .new, of: "101").count == 1)
    }

    @Test("who is sent on from a busy mailbox does not hear that the other one is busy too")
    func busyMailboxLeadsOn() async throws {
        let house = try await house()
        try await house.settings { $0.callerKeys = ["1": .mailbox("101")] }
        let call = ScriptedCall(diverted: .busy)
        call.when("is-on-the-phone", type: "1")
        await house.deposit(call)
        #expect(call.heard(inOrder: "is-on-the-phone", "person-at-extension", "number-1", "is-not-available", "beep"))
        #expect(call.prompts.filter { $0 == "is-on-the-phone" }.count == 1)
    }

    @Test("a key that leads to no mailbox says so, and the tone comes")
    func noMailbox() async throws {
        let house = try await house()
        try await house.settings { $0.callerKeys = ["1": .mailbox("999")] }
        let call = ScriptedCall()
        call.when("person-at-extension", type: "1")
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(call.heard(inOrder: "no-such-mailbox", "leave-message-after-tone", "beep"))
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test("two mailboxes whose keys lead to each other do not send a caller round for ever")
    func roundAndRound() async throws {
        let house = try await house()
        try await house.settings { $0.callerKeys = ["1": .mailbox("101")] }
        try await house.settings(of: "101") { $0.callerKeys = ["1": .mailbox("100")] }
        let call = ScriptedCall()
        for _ in 0..<100 { call.when("person-at-extension", type: "1") }
        await house.deposit(call)
        #expect(call.prompts.filter { $0 == "person-at-extension" }.count == 6)
        #expect(call.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
    }
}
