// Whoever hangs up, and whenever: each flow is run once to its end, and then again for each of its steps with a
// hang-up there. Whatever the step, nothing half made is left, nothing is lost and nothing is changed by halves.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Hang-up at every step")
struct HangUpTests {
    /// Runs `flow` on a fresh house with a hang-up at step 1, 2, 3 … until it gets to its end, and checks each.
    func atEveryStep(
        atLeast expectedSteps: Int, prepare: (House) async throws -> Void = { _ in },
        flow: (House, Int) async throws -> ScriptedCall, check: (House, ScriptedCall) async throws -> Void
    ) async throws {
        var step = 1
        while true {
            let house = try await House.open()
            try await prepare(house)
            let call = try await flow(house, step)
            #expect(try await house.isConsistent(), "step \(step)")
            try await check(house, call)
            if call.steps < step { break }
            step += 1
        }
        #expect(step > expectedSteps)
    }

    @Test("A3 B2: leaving a message: all of it or none of it is there")
    func deposit() async throws {
        try await atEveryStep(atLeast: 9) { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.say(House.speech(3), ending: .key(.pound))
            call.when("to-accept", type: "2")
            await house.deposit(call)
            return call
        } check: { (house, call) async throws in
            let messages = try await house.messages(in: .new)
            #expect(messages.count == (call.events.contains(.recording) ? 1 : 0), "step \(call.steps)")
            for message in messages { #expect(try await house.audio(message) == House.speech(3)) }
        }
    }

    @Test("B2: leaving a message at the second try")
    func secondTry() async throws {
        try await atEveryStep(atLeast: 12) { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.say(House.speech(1), ending: .key(.pound))
            call.say(House.speech(3), ending: .key(.pound))
            call.when("to-accept", type: "2")
            await house.deposit(call)
            return call
        } check: { (house, call) async throws in
            let recordings = call.events.filter { $0 == .recording }.count
            let count = try await house.messages(in: .new).count
            #expect(count == (recordings == 2 ? 1 : 0), "step \(call.steps)")
        }
    }

    @Test("C2: going through messages: each is in exactly one folder, and only as far as the owner got")
    func messages() async throws {
        try await atEveryStep(atLeast: 30) { house in
            for seed in 1...3 { try await house.message(3, seed) }
        } flow: { house, step in
            let call = ListenTests.call("1", hangUpAtStep: step)
            call.inAudio(at: 1, type: "8")
            call.when("paused", type: "85")
            call.when("end-of-message", type: "2")
            call.inAudio(at: 2, type: "3")
            call.when("message-deleted", type: "33#")
            call.when("message-3", type: "*")
            call.when("deleted-message", type: "3#")
            await house.retrieve(call)
            return call
        } check: { (house, call) async throws in
            var total = 0
            for folder in Folder.allCases { total += try await house.messages(in: folder).count }
            #expect(total == 3, "step \(call.steps)")
            if !call.reached("end-of-message") { #expect(try await house.messages(in: .saved).isEmpty) }
            if !call.reached("message-deleted") { #expect(try await house.messages(in: .deleted).isEmpty) }
        }
    }

    @Test("C8: recording a greeting: callers hear the old one until the new one is accepted")
    func greeting() async throws {
        try await atEveryStep(atLeast: 20) { house in
            try await house.greeting(.unavailable, 2, 7)
        } flow: { house, step in
            let call = GreetingTests.call("2", hangUpAtStep: step)
            call.say(House.speech(3, 4), ending: .key(.pound))
            call.when("to-listen", type: "3")
            call.say(House.speech(3, 5), ending: .key(.pound))
            call.when("to-listen", type: "1")
            call.when("to-listen", type: "2")
            await house.retrieve(call)
            return call
        } check: { (house, call) async throws in
            let greeting = try #require(try await house.store.greeting(.unavailable, of: house.mailbox().id))
            let audio = try await house.store.audio(of: greeting.id, in: 0..<greeting.byteCount)
            #expect(
                audio == (call.reached("greeting-saved") ? House.speech(3, 5) : House.speech(2, 7)),
                "step \(call.steps)")
        }
    }

    @Test("A4 C9: from the greeting through the PIN to a new PIN: it is the old or the new one")
    func changePIN() async throws {
        try await atEveryStep(atLeast: 20) { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("is-not-available", type: "*")
            call.when("enter-pin", type: "4815#")
            call.when("to-hear-new-messages", type: "51")
            call.when("enter-new-pin", type: "90210#")
            call.when("enter-new-pin-again", type: "90210#")
            call.when("pin-changed", type: "*#")
            await house.deposit(call)
            return call
        } check: { (house, call) async throws in
            let pin = call.reached("pin-changed") ? "90210" : House.pin
            #expect(try await house.store.checkPIN(pin, of: house.mailbox().id, from: "192.0.2.9") == .accepted)
        }
    }
}
