// After a message has been recorded (B3): every key, in every state of the menu; what is kept, whatever happens.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Reviewing a message (B3)")
struct ReviewTests {
    static let first = House.speech(4, 1)
    static let second = House.speech(6, 2)
    static let choices: [String?] = [
        "to-listen", "to-accept", "to-record-again", "to-mark-urgent", "to-add-to-recording", "to-cancel",
    ]

    /// A caller who has said `first` and pressed pound; `keys` are pressed in the menu, and `second` is said after them.
    static func call(_ keys: String, hangUpAtStep: Int? = nil) -> ScriptedCall {
        let call = ScriptedCall(hangUpAtStep: hangUpAtStep)
        call.say(first, ending: .key(.pound))
        call.when("to-listen", type: keys)
        return call
    }

    private func audio(_ house: House) async throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        for message in try await house.messages(in: .new) { all.append(try await house.audio(message)) }
        #expect(try await house.isConsistent())
        return all
    }

    @Test("the menu offers what there is, key by key; zero only where there is an operator")
    func spokenMenu() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(Self.first, ending: .key(.pound))
        call.when("press-star", type: "2")
        await house.deposit(call)
        let choices = zip(
            Self.choices.compactMap { $0 }, ["press-1", "press-2", "press-3", "press-4", "press-5", "press-star"])
        let spoken = Array(choices.flatMap { [$0, $1, "pause"] }.dropLast())
        #expect(Array(call.prompts.drop { $0 != "beep" }.dropFirst()) == spoken + ["message-sent", "goodbye"])

        try await house.organisation { $0.operatorNumber = "9" }
        let withOperator = ScriptedCall()
        withOperator.say(Self.first, ending: .key(.pound))
        withOperator.when("press-0", type: "2")
        await house.deposit(withOperator)
        #expect(withOperator.heard(inOrder: "to-cancel", "press-star", "to-reach-operator", "press-0", "message-sent"))
    }

    @Test("2 accepts it, wherever in the menu it is pressed, and after it", arguments: choices + [nil])
    func accept(moment: String?) async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(Self.first, ending: .key(.pound))
        if let moment { call.when(moment, type: "2") } else { call.whenSilent(type: "2") }
        await house.deposit(call)
        #expect(call.prompts.suffix(2) == ["message-sent", "goodbye"])
        #expect(try await audio(house) == [Self.first])
    }

    @Test("keys that were pressed while it was recorded are nobody's")
    func typedAhead() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.when("beep", type: "*1")
        call.say(Self.first, ending: .key(.pound))
        await house.deposit(call)
        #expect(!call.heard("message-cancelled") && !call.heard("message-will-be-cancelled"))
        #expect(try await audio(house) == [Self.first])
    }

    @Test("1 plays it as it was said, without what was trimmed off, and can be cut short")
    func listen() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(Self.first, worthwhile: 3, ending: .silence)
        call.when("to-listen", type: "1")
        call.when("to-listen", type: "1")
        call.inAudio(at: 2, type: "2")
        await house.deposit(call)
        #expect(call.heardAudio == Array(Self.first.prefix(24_000)) + Array(Self.first.prefix(16_000)))
        #expect(call.heard(inOrder: "your-recording-is", "to-listen", "your-recording-is", "message-sent"))
        #expect(try await audio(house) == [Array(Self.first.prefix(24_000))])
    }

    @Test("3 records again: what is accepted then is the second take, and only that")
    func recordAgain() async throws {
        let house = try await House.open()
        let call = Self.call("3")
        call.say(Self.second, ending: .key(.pound))
        call.when("to-listen", type: "1")
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard(inOrder: "leave-message-after-tone-short", "beep", "to-listen", "message-sent"))
        #expect(call.heardAudio == Self.second)
        #expect(try await audio(house) == [Self.second])
    }

    @Test("3 again and again: each take counts as soon as it is good enough")
    func manyTakes() async throws {
        let house = try await House.open()
        let call = Self.call("3")
        for seed in 2...5 {
            call.say(House.speech(3, seed), ending: .key(.pound))
            call.when("to-listen", type: seed == 5 ? "2" : "3")
        }
        await house.deposit(call)
        #expect(try await audio(house) == [House.speech(3, 5)])
    }

    @Test(
        "3: a second take without a message leaves the first, and says so",
        arguments: [(1.0, 1.0, "message-too-short"), (5.0, 0.1, "nothing-recorded")])
    func worthlessTake(seconds: Double, voiced: Double, told: String) async throws {
        let house = try await House.open()
        let call = Self.call("3")
        call.say(House.speech(seconds, 2), voiced: .seconds(voiced), ending: .key(.pound))
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard(inOrder: told, "earlier-recording-kept", "to-listen", "message-sent"))
        #expect(try await audio(house) == [Self.first])
    }

    @Test(
        "3: whoever goes while recording again leaves the second take when it is good, else the first",
        arguments: [Take.Ending.hangUp, .mediaTimeout, .shutdown, .busyTone, .faxTone, .loop], [0.5, 6.0])
    func goneInSecondTake(ending: Take.Ending, seconds: Double) async throws {
        let house = try await House.open()
        let call = Self.call("3")
        call.say(House.speech(seconds, 2), ending: ending)
        await house.deposit(call)
        #expect(call.prompts.last == "beep")
        #expect(try await audio(house) == [seconds > 2 ? House.speech(seconds, 2) : Self.first])
    }

    @Test("3 B4: a box that is full before the first take has been said again keeps the first")
    func fullInSecondTake() async throws {
        let house = try await House.open(quota: 60_000)
        let call = Self.call("3")
        call.say(Self.second, ending: .key(.pound))
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard(inOrder: "no-room-for-another", "earlier-recording-kept", "to-listen", "message-sent"))
        #expect(try await audio(house) == [Self.first])
    }

    @Test("3 B4: a second take that meets the quota and is the fuller one counts")
    func fullerSecondTake() async throws {
        let house = try await House.open(quota: 72_000)
        let call = Self.call("3")
        call.say(Self.second, ending: .key(.pound))
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard(inOrder: "beep", "recording-stopped-mailbox-full", "to-listen", "message-sent"))
        #expect(try await audio(house) == [Array(Self.second.prefix(40_000))])
    }

    @Test("3 5 B4: where there is no room for more the caller is told, and nothing is recorded", arguments: ["3", "5"])
    func noRoom(key: String) async throws {
        let house = try await House.open(quota: 36_000)
        let call = Self.call(key)
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard(inOrder: "no-room-for-another", "to-listen", "message-sent"))
        #expect(call.limits.count == 1)
        #expect(try await audio(house) == [Self.first])
    }

    @Test(
        "4 marks it urgent, and once more takes the mark away", arguments: [("4", true), ("44", false), ("444", true)])
    func urgent(keys: String, expected: Bool) async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(Self.first, ending: .key(.pound))
        for key in keys { call.when("to-listen", type: String(key)) }
        call.when("to-accept", type: "2")
        await house.deposit(call)
        #expect(call.heard("message-marked-urgent"))
        #expect(call.heard("message-no-longer-urgent") == (keys.count > 1))
        #expect(try await house.messages(in: .new).map(\.urgent) == [expected])
    }

    @Test("4: the mark stays whoever hangs up, and over another take")
    func urgentHangUp() async throws {
        let house = try await House.open()
        let call = Self.call("4")
        call.when("to-listen", type: "3")
        call.say(Self.second, ending: .hangUp)
        await house.deposit(call)
        #expect(call.heard(inOrder: "message-marked-urgent", "to-unmark-urgent") || call.heard("message-marked-urgent"))
        #expect(try await house.messages(in: .new).map(\.urgent) == [true])
        #expect(try await audio(house) == [Self.second])
    }

    @Test("4 is neither offered nor a key where the mailbox takes no urgent messages")
    func urgentNotAllowed() async throws {
        let house = try await House.open()
        try await house.settings { $0.allowsUrgent = false }
        let call = Self.call("4")
        call.when("invalid-key", type: "2")
        await house.deposit(call)
        #expect(!call.heard("to-mark-urgent"))
        #expect(try await house.messages(in: .new).map(\.urgent) == [false])
    }

    @Test("5 adds to it: one message, one after the other, as far as the longest message goes")
    func add() async throws {
        let house = try await House.open()
        try await house.settings { $0.maximumMessage = 20 }
        let call = Self.call("5")
        call.say(Self.second, ending: .key(.pound))
        call.when("to-listen", type: "1")
        call.when("to-listen", type: "5")
        call.say(House.speech(2, 3), ending: .hangUp)
        await house.deposit(call)
        #expect(call.heard(inOrder: "add-after-tone", "beep", "your-recording-is", "add-after-tone", "beep"))
        #expect(call.heardAudio == Self.first + Self.second)
        #expect(call.limits.map(\.maximum) == [.seconds(20), .seconds(16), .seconds(10)])
        #expect(try await audio(house) == [Self.first + Self.second + House.speech(2, 3)])
    }

    @Test("5: what is added and trimmed, or not worth it, leaves no gap and no rest", arguments: [0.1, 1.0])
    func addSilence(voiced: Double) async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(Self.first, worthwhile: 3, ending: .silence)
        call.when("to-listen", type: "5")
        call.say(Self.second, voiced: .seconds(voiced), worthwhile: 1, ending: .silence)
        call.when("to-listen", type: "5")
        call.say(House.speech(2, 3), ending: .key(.pound))
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard("nothing-added") == (voiced < 0.3))
        let middle = voiced < 0.3 ? [] : Array(Self.second.prefix(8_000))
        #expect(try await audio(house) == [Array(Self.first.prefix(24_000)) + middle + House.speech(2, 3)])
    }

    @Test("5: a message that is as long as can be is not added to")
    func addToLongest() async throws {
        let house = try await House.open()
        try await house.settings { $0.maximumMessage = 5 }
        let call = ScriptedCall()
        call.say(House.speech(5, 1), ending: .maximum)
        call.when("recording-stopped-maximum", type: "5")
        call.when("recording-stopped-maximum", type: "2")
        await house.deposit(call)
        #expect(call.limits.count == 1)
        #expect(call.prompts.suffix(3) == ["recording-stopped-maximum", "message-sent", "goodbye"])
        #expect(try await audio(house) == [House.speech(5, 1)])
    }

    @Test("star asks, 1 confirms: there is no message")
    func cancel() async throws {
        let house = try await House.open()
        let call = Self.call("*")
        call.when("to-confirm", type: "1")
        await house.deposit(call)
        #expect(call.heard(inOrder: "message-will-be-cancelled", "to-confirm", "message-cancelled", "goodbye"))
        #expect(try await audio(house) == [])
    }

    @Test("star and star again keeps it, and so does every other way out of the question", arguments: ["*", "999", ""])
    func notCancelled(keys: String) async throws {
        let house = try await House.open()
        let call = Self.call("*")
        call.when("message-will-be-cancelled", type: keys)
        if keys == "*" { call.when("to-listen", type: "2") }
        await house.deposit(call)
        #expect(!call.heard("message-cancelled"))
        #expect(call.heard(inOrder: "message-will-be-cancelled", "message-sent", "goodbye"))
        #expect(try await audio(house) == [Self.first])
    }

    @Test("silence: the menu comes three times, then it is sent; wrong keys the same", arguments: ["", "789"])
    func silence(keys: String) async throws {
        let house = try await House.open()
        let call = Self.call(keys)
        await house.deposit(call)
        #expect(call.prompts.filter { $0 == "to-listen" }.count == (keys.isEmpty ? 3 : 1))
        #expect(call.heard(inOrder: keys.isEmpty ? "are-you-still-there" : "invalid-key", "message-sent", "goodbye"))
        #expect(try await audio(house) == [Self.first])
    }

    @Test("why a recording stopped is said before the menu", arguments: [Take.Ending.silence, .maximum, .key(.pound)])
    func whyItStopped(ending: Take.Ending) async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(Self.first, ending: ending)
        call.when("to-listen", type: "2")
        await house.deposit(call)
        #expect(call.heard("recording-stopped-maximum") == (ending == .maximum))
        #expect(try await audio(house) == [Self.first])
    }

    @Test("where a mailbox offers no review the message is sent at once")
    func notOffered() async throws {
        let house = try await House.open()
        try await house.settings { $0.offersReview = false }
        let call = ScriptedCall()
        call.say(Self.first, ending: .key(.pound))
        await house.deposit(call)
        #expect(call.prompts.suffix(3) == ["beep", "message-sent", "goodbye"])
        #expect(try await audio(house) == [Self.first])
    }

    @Test("C11: with other maps other keys do the same", arguments: [("asterisk", "21"), ("freeswitch", "12")])
    func keymaps(name: String, listenAndAccept: String) async throws {
        let house = try await House.open()
        try await house.choose(keymap: name, for: "100")
        let call = ScriptedCall()
        call.say(Self.first, ending: .key(.pound))
        for key in listenAndAccept { call.when("to-listen", type: String(key)) }
        await house.deposit(call)
        #expect(call.heardAudio == Self.first)
        #expect(try await audio(house) == [Self.first])
    }

    @Test("A10: a store that fails in the menu is told to the caller")
    func storeFails() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(Self.first, ending: .key(.pound))
        call.when("to-listen", do: { try? await house.store.close() })
        call.when("to-accept", type: "2")
        await house.deposit(call)
        #expect(call.prompts.suffix(2) == ["system-problem", "goodbye"])
    }
}
