// A hang-up at every step of what an owner does besides listening: nothing is sent by halves, no draft is left, and
// what was chosen holds or does not (C5–C10, D1).
import CallControl
import Testing

@testable import Mailboxes
@testable import Voicemail

/// How addressees are named that are more than one number.
struct Addressing: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// At these prompts, these keys.
    var script: [(String, String)]
    var reaches: [String]

    static let all = [
        Addressing(testDescription: "a list", script: [("enter-addressee", "3#")], reaches: ["101", "102"]),
        Addressing(
            testDescription: "everybody", script: [("enter-addressee", "0#"), ("to-confirm", "1")],
            reaches: ["101", "102", "200"]),
        Addressing(
            testDescription: "by name",
            script: [("enter-addressee", "#"), ("enter-name", "232#"), ("press-1", "1")], reaches: ["102"]),
        Addressing(
            testDescription: "a list and somebody on it",
            script: [("enter-addressee", "3#"), ("to-add-another", "1"), ("enter-addressee", "101#")],
            reaches: ["101", "102"]),
    ]
}

extension HangUpTests {
    @Test("C6: sending to two: both get it or nobody, and only once it was told to be sent")
    func sendMessage() async throws {
        try await atEveryStep(atLeast: 30) { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("enter-addressee", type: "101#")
            call.when("to-add-another", type: "1")
            call.when("enter-addressee", type: "200#")
            call.when("to-add-another", type: "2")
            call.say(House.speech(3, 1), ending: .key(.pound))
            call.when("to-listen", type: "3")
            call.say(House.speech(3, 2), ending: .key(.pound))
            call.when("to-listen", type: "5")
            call.say(House.speech(2, 3), ending: .key(.pound))
            call.when("to-listen", type: "1")
            call.when("to-listen", type: "2")
            try await SendingTests.send(house, call)
            return call
        } check: { (house, call) async throws in
            let sent = call.reached("message-sent-to") ? [House.speech(3, 2) + House.speech(2, 3)] : []
            for number in ["101", "200"] {
                #expect(try await house.newAudio(of: number) == sent, "step \(call.steps)")
            }
        }
    }

    @Test("C6: to a list, to everybody, to somebody by name: each of them gets it or nobody", arguments: Addressing.all)
    func addressing(_ way: Addressing) async throws {
        try await atEveryStep(atLeast: 15) { house in
            try await house.neighbour("102", name: "Ada Lovelace")
            try await house.list(3, "101", "102")
            try await house.settings { $0.mayBroadcast = true }
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            for (prompt, keys) in way.script { call.when(prompt, type: keys) }
            call.when("to-add-another", type: "4")
            call.when("to-add-another", type: "2")
            call.say(House.speech(3, 2), ending: .key(.pound))
            call.when("to-listen", type: "2")
            try await SendingTests.send(house, call)
            return call
        } check: { (house, call) async throws in
            for number in ["100", "101", "102", "200"] {
                let isSent = call.reached("message-sent-to") && way.reaches.contains(number)
                let sent = isSent ? [House.speech(3, 2)] : []
                #expect(try await house.newAudio(of: number) == sent, "\(number), step \(call.steps)")
            }
        }
    }

    @Test("C6: changing a list of one's own: it is the old one or the new one")
    func ownList() async throws {
        try await atEveryStep(atLeast: 40) { house in
            try await house.neighbour("102")
            try await house.list(3, "101")
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("enter-list-number", type: "3")
            call.when("to-add-to-list", type: "2")
            call.when("enter-addressee", type: "102#")
            call.when("to-add-another", type: "1")
            call.when("enter-addressee", type: "200#")
            call.when("to-add-another", type: "2")
            call.when("to-take-off-list", type: "3")
            call.when("enter-addressee", type: "101#")
            call.when("to-add-another", type: "2")
            call.when("to-hear-list", type: "1")
            call.when("to-return-to-options", type: "*")
            try await OwnListsTests.run(house, call)
            return call
        } check: { (house, call) async throws in
            let members = try await house.members(of: 3)
            let told =
                call.prompts.filter { $0 == "list" }.count + (call.reached("list") && !call.heard("list") ? 1 : 0)
            let expected = [["101"], ["101"], ["101", "102", "200"], ["102", "200"]][min(told, 3)]
            // It is changed before that is told.
            let next = [["101"], ["101", "102", "200"], ["102", "200"], ["102", "200"]][min(told, 3)]
            #expect(members == expected || members == next, "step \(call.steps)")
        }
    }

    @Test("C5: forwarding with a comment to two, of whom one takes nothing: the other gets it or not, never twice")
    func forward() async throws {
        try await atEveryStep(atLeast: 20) { house in
            try await house.letter()
            try await house.settings(of: "200") { $0.isAnnouncementOnly = true }
        } flow: { house, step in
            let message = try #require(try await house.messages(in: .new).first)
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("enter-addressee", type: "200#")
            call.when("to-add-another", type: "1")
            call.when("enter-addressee", type: "101#")
            call.when("to-add-another", type: "2")
            call.when("to-record-comment", type: "1")
            call.say(House.speech(2, 4), ending: .key(.pound))
            call.when("to-listen", type: "2")
            try await SendingTests.forward(house, call, message)
            return call
        } check: { (house, call) async throws in
            let isSent = call.reached("message-forwarded-to")
            let expected = isSent ? [House.speech(2, 4) + House.speech(5)] : []
            #expect(try await house.newAudio(of: "101") == expected, "step \(call.steps)")
            #expect(try await house.messages(in: .new, of: "200").isEmpty)
            #expect(try await house.messages(in: .saved).count == (isSent ? 1 : 0), "heard when it is sent")
            #expect(try await house.messages(in: .new).count == (isSent ? 0 : 1))
        }
    }

    @Test("C6: a reply is sent or not")
    func reply() async throws {
        try await atEveryStep(atLeast: 8) { house in
            try await house.letter()
        } flow: { house, step in
            let message = try #require(try await house.messages(in: .new).first)
            let call = ScriptedCall(hangUpAtStep: step)
            call.say(House.speech(2, 4), ending: .key(.pound))
            call.when("to-listen", type: "2")
            try await house.run(call) { talk, mailbox in try await Reply(talk, mailbox, message).run() }
            return call
        } check: { (house, call) async throws in
            let expected = call.reached("message-sent-to") ? [House.speech(2, 4)] : []
            #expect(try await house.newAudio(of: "101") == expected, "step \(call.steps)")
        }
    }

    @Test("C7: calling back: the number is called only when that was confirmed")
    func callBack() async throws {
        try await atEveryStep(atLeast: 2) { house in
            try await house.settings { $0.mayCallBack = true }
            try await house.letter()
        } flow: { house, step in
            let message = try #require(try await house.messages(in: .new).first)
            let call = ScriptedCall(hangUpAtStep: step)
            call.cannotBePassedOn(because: .busy)
            call.when("press-1", type: "2")
            call.when("enter-number-to-call", type: "100#")
            try await house.run(call) { talk, mailbox in try await CallBack(talk, mailbox, message).run() }
            return call
        } check: { (house, call) async throws in
            #expect(!call.events.contains(.passedOn("101")))
            #expect(call.events.contains(.passedOn("100")) == call.reached("line-busy"))
        }
    }

    @Test("C8: a temporary greeting with an end: the old one and its end, or the new one")
    func temporaryGreeting() async throws {
        let end = House.noon - 1
        try await atEveryStep(atLeast: 15) { house in
            try await house.greeting(.temporary, 2, 7)
            try await house.settings { $0.temporaryGreetingEnds = end }
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("to-hear-this-greeting", type: "2")
            call.say(House.speech(3, 4), ending: .key(.pound))
            call.when("to-listen", type: "1")
            call.when("to-listen", type: "2")
            call.when("enter-days", type: "3#")
            try await house.run(call) { talk, mailbox in try await OneGreeting(talk, mailbox, .temporary).run() }
            return call
        } check: { (house, call) async throws in
            let mailbox = try await house.mailbox()
            let greeting = try #require(try await house.store.greeting(.temporary, of: mailbox.id))
            let audio = try await house.store.audio(of: greeting.id, in: 0..<greeting.byteCount)
            let ends = mailbox.settings.temporaryGreetingEnds
            if call.reached("greeting-saved") {
                #expect(audio == House.speech(3, 4), "step \(call.steps)")
                #expect(ends == (call.reached("heard") ? House.noon + 2.5 * 86_400 : nil), "step \(call.steps)")
            } else {
                #expect(audio == House.speech(2, 7), "step \(call.steps)")
                #expect(ends == end, "step \(call.steps)")
            }
        }
    }

    @Test("C8: choosing and deleting a numbered greeting never leaves a choice without a greeting")
    func numberedGreeting() async throws {
        try await atEveryStep(atLeast: 12) { house in
            try await house.greeting(.slot3)
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("to-hear-greeting", type: "9")
            call.when("enter-greeting-number", type: "3")
            call.when("to-hear-this-greeting", type: "5")
            call.when("to-hear-greeting", type: "93")
            call.when("to-delete-this-greeting", type: "3")
            call.when("to-hear-greeting", type: "*")
            try await house.run(call) { talk, mailbox in try await GreetingsMenu(talk, mailbox).run() }
            return call
        } check: { (house, call) async throws in
            let mailbox = try await house.mailbox()
            let isThere = try await house.store.greeting(.slot3, of: mailbox.id) != nil
            #expect(isThere != call.reached("this-greeting-deleted"), "step \(call.steps)")
            #expect(isThere || mailbox.settings.chosenGreeting == nil, "step \(call.steps)")
        }
    }

    @Test("C1 C3 C13: options are the old ones or the new ones")
    func options() async throws {
        try await atEveryStep(atLeast: 6) { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("options-menu", type: "2")
            call.when("to-change-pin", type: "3")
            call.when("to-change-pin", type: "5")
            call.when("to-change-pin", type: "*")
            try await house.run(call) { talk, mailbox in
                var menu = OptionsMenu(talk, mailbox)
                return try await menu.run()
            }
            return call
        } check: { (house, call) async throws in
            let mailbox = try await house.mailbox()
            #expect((mailbox.settings.envelope == .off) == call.reached("envelope-off"), "step \(call.steps)")
            #expect((mailbox.settings.order == .newestFirst) == call.reached("newest-first"), "step \(call.steps)")
            #expect((mailbox.language == "es") == call.reached("language-chosen"), "step \(call.steps)")
        }
    }

    @Test(
        "C10 C11 D1: the first log-in where name and greetings are a duty and the PIN comes last: the same",
        arguments: ["asterisk"])
    func duty(keymap: String) async throws {
        try await atEveryStep(atLeast: 40) { house in
            try await IntroductionTests.newcomer(house)
            try await house.choose(keymap: keymap, for: "100")
        } flow: { house, step in
            let call = ScriptedCall(account: "100", hangUpAtStep: step)
            call.when("enter-pin", type: "4815#")
            for seed in 3...5 {
                call.say(House.speech(2, seed), ending: .key(.pound))
                call.when("to-accept", type: "1")
            }
            call.when("enter-new-pin", type: "90210#")
            call.when("enter-new-pin-again", type: "90210#")
            call.when("to-hear-messages", type: "#")
            await house.retrieve(call)
            return call
        } check: { (house, call) async throws in
            let mailbox = try await house.mailbox()
            let hasOwnPIN = call.reached("pin-changed")
            #expect(mailbox.pinIsTemporary != hasOwnPIN, "step \(call.steps)")
            #expect(mailbox.settings.needsIntroduction != hasOwnPIN, "step \(call.steps)")
            #expect(try await IntroductionTests.opens(hasOwnPIN ? "90210" : House.pin, house), "step \(call.steps)")
            let greetings = call.prompts.filter { $0 == "greeting-saved" }.count
            #expect((try await house.store.greeting(.name, of: mailbox.id) != nil) == call.reached("name-saved"))
            if greetings >= 1 { #expect(try await house.store.greeting(.unavailable, of: mailbox.id) != nil) }
            #expect(try await house.store.greeting(.busy, of: mailbox.id) == nil || greetings >= 1)
        }
    }

    @Test("C10 D1: the first log-in: the PIN is temporary or the new one, and what is left is asked the next time")
    func introduction() async throws {
        try await atEveryStep(atLeast: 40) { house in
            try await IntroductionTests.newcomer(house)
        } flow: { house, step in
            let call = ScriptedCall(account: "100", hangUpAtStep: step)
            call.when("enter-pin", type: "4815#")
            call.when("enter-new-pin", type: "90210#")
            call.when("enter-new-pin-again", type: "90210#")
            call.when("to-record", type: "1")
            call.say(House.speech(1, 3), ending: .key(.pound))
            call.when("to-accept", type: "2")
            call.when("to-record", type: "1")
            call.say(House.speech(2, 4), ending: .key(.pound))
            call.when("to-accept", type: "2")
            call.when("to-hear-new-messages", type: "#")
            await house.retrieve(call)
            return call
        } check: { (house, call) async throws in
            let mailbox = try await house.mailbox()
            let hasOwnPIN = call.reached("pin-changed")
            #expect(mailbox.pinIsTemporary != hasOwnPIN, "step \(call.steps)")
            #expect(try await IntroductionTests.opens(hasOwnPIN ? "90210" : House.pin, house), "step \(call.steps)")
            let name = try await house.store.greeting(.name, of: mailbox.id)
            let greeting = try await house.store.greeting(.unavailable, of: mailbox.id)
            #expect((name != nil) == call.reached("name-saved"), "step \(call.steps)")
            #expect((greeting != nil) == call.reached("greeting-saved"), "step \(call.steps)")
            #expect(mailbox.settings.needsIntroduction != call.reached("greeting-saved"), "step \(call.steps)")
        }
    }
}
