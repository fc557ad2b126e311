// Leaving a message, as callers live through it: greeting, beep, recording, and every way it can end.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Leaving a message")
struct LeaveMessageTests {
    @Test("A3 B1 B2: the stock greeting speaks the number, the beep comes, the message is stored as it was said")
    func deposit() async throws {
        let house = try await House.open()
        let call = ScriptedCall("03100", encoding: .pcma)
        let speech = House.speech(7.5)
        call.say(speech, ending: .key(.pound))
        call.when("to-accept", type: "2")
        await house.deposit(call)
        #expect(
            call.prompts == [
                "person-at-extension", "number-1", "number-0", "number-0", "is-not-available",
                "leave-message-after-tone",
                "beep", "to-listen", "press-1", "pause", "to-accept", "message-sent", "goodbye",
            ])
        #expect(call.limits.map(\.endKeys) == [[.pound]])
        #expect(call.limits.map(\.maximum) == [.seconds(180)])
        #expect(call.limits.map(\.endsOnTones) == [true])
        #expect(call.events.last == .hungUp)
        let message = try #require(try await house.messages(in: .new).first)
        #expect(try await house.audio(message) == speech)
        #expect(message.callerNumber == "5551234")
        #expect(message.callerName == "Bob")
        #expect(message.encoding == .pcma)
        #expect(message.receivedAt == House.noon)
        #expect(!message.urgent)
        #expect(try await house.isConsistent())
    }

    @Test("B1: the owner's greeting comes before the recorded name, the name before the number")
    func greetingOrder() async throws {
        let house = try await House.open()
        try await house.greeting(.name, 2, 1)
        let named = ScriptedCall()
        await house.deposit(named)
        #expect(named.heardAudio == House.speech(2, 1))
        #expect(named.prompts.prefix(2) == ["is-not-available", "leave-message-after-tone"])

        try await house.greeting(.unavailable, 3, 2)
        let greeted = ScriptedCall()
        await house.deposit(greeted)
        #expect(greeted.heardAudio == House.speech(3, 2))
        #expect(greeted.prompts == ["leave-message-after-tone", "beep"])
    }

    @Test("B1: a mailbox that is nobody's own does not speak of a person")
    func generalMailbox() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        await house.deposit(call, for: "200")
        #expect(
            call.prompts.prefix(5) == [
                "nobody-at-extension", "number-2", "number-0", "number-0", "leave-message-after-tone",
            ])
    }

    @Test("B1: a damaged greeting gives way to the next one, and the message is taken")
    func damagedGreeting() async throws {
        let house = try await House.open()
        try await house.damage(try await house.greeting(.unavailable))
        let call = ScriptedCall()
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(call.heard(inOrder: "person-at-extension", "is-not-available", "beep"))
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test(
        "B1: pound skips greeting and instructions, and pounds typed in a hurry do not end the recording",
        arguments: [
            "#", "##", "1#", "0a#",
        ])
    func skip(keys: String) async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.when("person-at-extension", type: keys)
        call.say(House.speech(4), ending: .hangUp)
        await house.deposit(call)
        #expect(call.prompts == ["person-at-extension", "beep"])
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test("B1: pound skips the owner's own greeting in the middle")
    func skipRecordedGreeting() async throws {
        let house = try await House.open()
        try await house.greeting(.unavailable, 10)
        let call = ScriptedCall()
        call.inAudio(at: 2, type: "#")
        await house.deposit(call)
        #expect(call.heardAudio.count == 16_000)
        #expect(call.prompts == ["beep"])
    }

    @Test(
        "A4: star in the greeting or the instructions asks for the PIN and opens the mailbox",
        arguments: [
            "person-at-extension", "number-0", "leave-message-after-tone",
        ])
    func logInFromGreeting(prompt: String) async throws {
        let house = try await House.open()
        try await house.message()
        let call = ScriptedCall()
        call.when(prompt, type: "*")
        call.when("enter-pin", type: "4815#")
        call.when("to-hear-new-messages", type: "#")
        await house.deposit(call)
        #expect(call.heard(inOrder: "enter-pin", "you-have", "to-hear-new-messages", "goodbye"))
        #expect(!call.heard("beep"))
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test("A10: an unknown mailbox, organisation or application gets its status before any answer")
    func unknown() async throws {
        let house = try await House.open()
        let cases: [(String, [String: String], String, Rejection)] = [
            ("leave-message", ["mailbox": "999"], "example.org", .notFound),
            ("leave-message", [:], "example.org", .notFound),
            ("open-mailbox", ["mailbox": "999"], "example.org", .notFound),
            ("leave-message", ["mailbox": "100"], "other.org", .notFound),
            ("any-mailbox", [:], "other.org", .notFound),
            ("make-coffee", [:], "example.org", .serverError),
        ]
        for (application, arguments, domain, rejection) in cases {
            let call = ScriptedCall(domain: domain)
            await house.service.run(application, arguments: arguments, call)
            #expect(call.events == [.rejected(rejection)], "\(application) \(arguments) \(domain)")
        }
    }

    @Test(
        "B2: what is too short or silent is not delivered; the caller is told and may try again",
        arguments: [
            (1.9, 1.0, "message-too-short"), (0.0, 0.0, "message-too-short"), (5.0, 0.2, "nothing-recorded"),
        ])
    func nothingSaid(seconds: Double, voiced: Double, told: String) async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(House.speech(seconds), voiced: .seconds(voiced), ending: .key(.pound))
        call.say(House.speech(6, 9), ending: .key(.pound))
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard(inOrder: "beep", told, "leave-message-after-tone-short", "beep", "message-sent", "goodbye"))
        let messages = try await house.messages(in: .new)
        #expect(messages.count == 1)
        #expect(try await house.audio(try #require(messages.first)) == House.speech(6, 9))
        #expect(try await house.isConsistent())
    }

    @Test("B2: a caller who never says anything is told so and sent away after three tries")
    func neverSaid() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        for _ in 0..<5 { call.say(House.speech(10), voiced: .zero, ending: .silence) }
        await house.deposit(call)
        #expect(call.events.filter { $0 == .recording }.count == 3)
        #expect(call.prompts.suffix(3) == ["beep", "nothing-recorded", "goodbye"])
        #expect(try await house.messages(in: .new).isEmpty)
        #expect(try await house.isConsistent())
    }

    @Test(
        "B2 B7: however a recording ends, it is kept when it is long enough; where nobody listens nothing more is said",
        arguments: [
            (Take.Ending.key(.pound), "message-sent"), (.silence, "message-sent"),
            (.maximum, "recording-stopped-maximum"),
            (.hangUp, "beep"), (.mediaTimeout, "beep"), (.shutdown, "beep"), (.busyTone, "beep"), (.faxTone, "beep"),
            (.loop, "beep"),
        ])
    func endings(ending: Take.Ending, told: String) async throws {
        let house = try await House.open()
        try await house.settings { $0.offersReview = false }
        let call = ScriptedCall()
        call.say(House.speech(2), voiced: .milliseconds(300), ending: ending)
        await house.deposit(call)
        #expect(try await house.messages(in: .new).map(\.byteCount) == [16_000])
        #expect(call.prompts.suffix(2) == (told == "beep" ? ["leave-message-after-tone", "beep"] : [told, "goodbye"]))
        #expect(call.events.last == .hungUp)
    }

    @Test("B2: hanging up before saying anything leaves no message")
    func hangUpAtOnce() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(House.speech(1), ending: .hangUp)
        await house.deposit(call)
        #expect(try await house.messages(in: .new).isEmpty)
        #expect(try await house.isConsistent())
    }

    @Test("B4: a full mailbox says so before the beep and takes nothing")
    func full() async throws {
        let house = try await House.open(quota: 30_000)
        try await house.message(2)
        let call = ScriptedCall()
        await house.deposit(call)
        #expect(call.heard(inOrder: "person-at-extension", "mailbox-full", "goodbye"))
        #expect(!call.heard("beep"))
        #expect(!call.events.contains(.recording))
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test("B4 A4: the owner gets into a full mailbox by star, in the greeting, in what is said and after it")
    func ownerOfFullMailbox() async throws {
        let house = try await House.open(quota: 30_000)
        try await house.message(2)
        for moment in ["is-not-available", "mailbox-full", "to-open-your-mailbox", nil] {
            let call = ScriptedCall()
            if let moment { call.when(moment, type: "*") } else { call.whenSilent(type: "*") }
            call.when("enter-pin", type: "4815#")
            await house.deposit(call)
            #expect(call.heard(inOrder: "enter-pin", "you-have", "your-mailbox-is-full"), "\(moment ?? "after it")")
        }
    }

    @Test("B4: a recording that meets the quota stops, is kept up to there, and the caller is told")
    func quotaWhileRecording() async throws {
        let house = try await House.open(quota: 30_000)
        let call = ScriptedCall()
        call.say(House.speech(60), ending: .key(.pound))
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard(inOrder: "beep", "recording-stopped-mailbox-full", "to-listen", "message-sent", "goodbye"))
        let message = try #require(try await house.messages(in: .new).first)
        #expect(message.byteCount == 30_000)
        #expect(try await house.audio(message) == Array(House.speech(60).prefix(30_000)))
    }

    @Test("A10 B4: a store that fails in the first seconds is not blamed on the caller")
    func storeFailsAtOnce() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(House.speech(1), ending: .storeFailed)
        await house.deposit(call)
        #expect(call.prompts.suffix(3) == ["beep", "system-problem", "goodbye"])
        #expect(!call.heard("message-too-short"))
        #expect(try await house.isConsistent())
    }

    @Test(
        "A10: a store that fails is told to the caller, wherever in the call it happens",
        arguments: [
            nil, "person-at-extension", "leave-message-after-tone", "beep",
        ])
    func storeFails(moment: String?) async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        if let moment {
            call.when(moment, do: { try? await house.store.close() })
        } else {
            try await house.store.close()
        }
        call.say(House.speech(5), ending: .key(.pound))
        await house.deposit(call)
        #expect(call.prompts.suffix(2) == ["system-problem", "goodbye"])
        #expect(call.events.last == .hungUp)
    }
}
