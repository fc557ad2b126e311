// A caller who hangs up, at every step of everything that a caller can do: what was said well enough is there once,
// what was cancelled is not, and nothing half made is left (A9, B1, B3, B6, B8).
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("A caller hangs up at every step")
struct CallerHangUpTests {
    /// Keys for the review's menu, one at each of its rounds, and the takes that follow the first.
    struct Review: Sendable, CustomTestStringConvertible {
        var keys: [String]
        var takes: [(seconds: Double, voiced: Double)] = []
        var adds = false
        var testDescription: String { keys.joined(separator: " ") }
    }

    static let reviews = [
        Review(keys: ["1", "2"]), Review(keys: ["4", "4", "2"]),
        Review(keys: ["3", "3", "2"], takes: [(5, 1), (6, 1)]),
        Review(keys: ["3", "2"], takes: [(1, 1)]), Review(keys: ["3", "1", "2"], takes: [(5, 0)]),
        Review(keys: ["5", "2"], takes: [(5, 1)], adds: true),
        Review(keys: ["5", "1", "2"], takes: [(5, 0)], adds: true),
        Review(keys: ["*"]), Review(keys: ["4", "3", "*"], takes: [(5, 1)]), Review(keys: ["0"]),
        Review(keys: ["7", "8", "9"]),
        Review(keys: []),
    ]

    @Test("B3: the last good take is there once, unless it was cancelled", arguments: reviews)
    func review(_ review: Review) async throws {
        try await HangUpTests().atEveryStep(atLeast: 12) { house in
            try await house.organisation { $0.operatorNumber = "9" }
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.say(House.speech(4, 1), ending: .key(.pound))
            for (seed, take) in review.takes.enumerated() {
                call.say(House.speech(take.seconds, seed + 2), voiced: .seconds(take.voiced), ending: .key(.pound))
            }
            for key in review.keys { call.when("to-listen", type: key) }
            call.when("to-confirm", type: "1")
            await house.deposit(call)
            return call
        } check: { (house, call) async throws in
            let messages = try await house.messages(in: .new)
            let begun = call.events.filter { $0 == .recording }.count
            guard begun > 0, !call.reached("message-cancelled") else {
                return #expect(messages.isEmpty, "step \(call.steps)")
            }
            let message = try #require(messages.first, "step \(call.steps)")
            #expect(messages.count == 1, "step \(call.steps)")
            #expect(try await house.audio(message) == Self.expected(review, takes: begun - 1), "step \(call.steps)")
            let marks = ["message-marked-urgent", "message-no-longer-urgent"].map(call.reached)
            #expect(message.urgent == (marks[0] && !marks[1]), "step \(call.steps)")
        }
    }

    /// What counts after so many takes behind the first.
    private static func expected(_ review: Review, takes: Int) -> [UInt8] {
        var audio = House.speech(4, 1)
        for (seed, take) in review.takes.prefix(takes).enumerated() where take.voiced >= 0.3 {
            let said = House.speech(take.seconds, seed + 2)
            if review.adds { audio += said } else if take.seconds >= 2 { audio = said }
        }
        return audio
    }

    @Test(
        "B3 B4: a box that gets full while recording again: the first take or the fuller one",
        arguments: [60_000, 72_000])
    func quota(bytes: Int) async throws {
        var step = 0
        var call: ScriptedCall
        repeat {
            step += 1
            let house = try await House.open(quota: bytes)
            call = ReviewTests.call("3", hangUpAtStep: step)
            call.say(ReviewTests.second, ending: .key(.pound))
            call.when("to-listen", type: "2")
            await house.deposit(call)
            #expect(try await house.isConsistent(), "step \(step)")
            let messages = try await house.messages(in: .new)
            let begun = call.events.filter { $0 == .recording }.count
            #expect(messages.count == min(begun, 1), "step \(step)")
            guard let message = messages.first else { continue }
            let second = Array(ReviewTests.second.prefix(40_000))
            let expected = begun > 1 && bytes == 72_000 ? second : ReviewTests.first
            #expect(try await house.audio(message) == expected, "step \(step)")
        } while call.steps >= step
        #expect(step > 20)
    }

    @Test("B1: on the way to the operator and back nothing is left but what was said", arguments: [true, false])
    func operatorFails(recordsFirst: Bool) async throws {
        try await HangUpTests().atEveryStep(atLeast: 12) { house in
            try await house.organisation { $0.operatorNumber = "9" }
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.cannotBePassedOn(because: .noAnswer)
            if !recordsFirst { call.when("person-at-extension", type: "0") }
            call.say(House.speech(3), ending: .key(.pound))
            call.when("to-listen", type: "0")
            await house.deposit(call)
            return call
        } check: { (house, call) async throws in
            let messages = try await house.messages(in: .new)
            #expect(messages.count == (call.events.contains(.recording) ? 1 : 0), "step \(call.steps)")
        }
    }

    @Test("B6: in all of the mailboxes or in none")
    func copies() async throws {
        try await HangUpTests().atEveryStep(atLeast: 12) { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.say(House.speech(3), ending: .key(.pound))
            call.when("to-listen", type: "3")
            call.say(House.speech(5, 2), ending: .key(.pound))
            call.when("to-listen", type: "2")
            await house.deposit(call, for: "100&101&200")
            return call
        } check: { (house, call) async throws in
            let begun = call.events.filter { $0 == .recording }.count
            for number in ["100", "101", "200"] {
                let messages = try await house.messages(in: .new, of: number)
                #expect(messages.map(\.byteCount) == [[], [24_000], [40_000]][min(begun, 2)], "step \(call.steps)")
            }
        }
    }

    @Test("B8: an early call that ends before its answer leaves nothing")
    func early() async throws {
        try await HangUpTests().atEveryStep(atLeast: 8) { house in
            try await house.settings { $0.greetsEarly = true }
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.say(House.speech(3), ending: .hangUp)
            await house.deposit(call)
            return call
        } check: { (house, call) async throws in
            let isRecorded = call.events.contains(.recording)
            #expect(!isRecorded || call.events.contains(.accepted), "step \(call.steps)")
            #expect(try await house.messages(in: .new).count == (isRecorded ? 1 : 0), "step \(call.steps)")
        }
    }

    @Test("A9: through the directory to a message")
    func directory() async throws {
        var step = 0
        var call: ScriptedCall
        repeat {
            step += 1
            let house = try await DirectoryTests.house()
            call = ScriptedCall(hangUpAtStep: step)
            call.when("enter-name", type: "99#")
            call.when("enter-name", type: "56#")
            call.when("for-next-name", type: "#")
            call.when("for-next-name", type: "*")
            call.when("enter-name", type: "963#")
            call.when("press-1", type: "1")
            call.say(House.speech(3), ending: .hangUp)
            await DirectoryTests.dial(house, call)
            #expect(try await house.isConsistent(), "step \(step)")
            let messages = try await house.messages(in: .new, of: "304")
            #expect(messages.count == (call.events.contains(.recording) ? 1 : 0), "step \(step)")
        } while call.steps >= step
        #expect(step > 40)
    }

    @Test("B1: from mailbox to mailbox: the message is in the last one")
    func otherMailbox() async throws {
        try await HangUpTests().atEveryStep(atLeast: 9) { house in
            try await house.settings { $0.callerKeys = ["1": .mailbox("101")] }
        } flow: { house, step in
            let call = ScriptedCall(hangUpAtStep: step)
            call.when("person-at-extension", type: "1")
            call.say(House.speech(3), ending: .key(.pound))
            call.when("to-listen", type: "2")
            await house.deposit(call)
            return call
        } check: { (house, call) async throws in
            #expect(try await house.messages(in: .new).isEmpty)
            let messages = try await house.messages(in: .new, of: "101")
            #expect(messages.count == (call.events.contains(.recording) ? 1 : 0), "step \(call.steps)")
        }
    }
}
