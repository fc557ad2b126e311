// Every scenario of `sipp-scenarios/` against the real program: those about signalling share one server, and what
// a deposit or a log-in leaves behind is looked at afterwards.

import Foundation
import Testing

@Suite("SIPp scenarios", .serialized)
struct ScenarioTests {
    static let signalling = [
        "options-are-answered", "register-with-digest-and-unregister", "register-with-wrong-password-is-refused",
        "register-too-brief-is-423", "unknown-method-is-501", "unknown-extension-required-is-420",
        "bye-outside-a-call-is-481", "stranger-is-refused", "unknown-mailbox-is-404", "no-common-codec-is-488",
        "late-offer-is-answered", "hold-and-resume", "re-invite-without-offer-gets-one",
        "subscribe-notify-refresh-unsubscribe",
        "subscribe-to-another-event-is-489", "subscribe-too-brief-is-423", "notify-follows-the-route",
        "register-two-contacts-and-remove-all", "register-star-that-expires-later-is-400", "cancelled-call-ends",
        "cancel-of-nothing-is-481", "update-holds-and-resumes", "merged-request-is-482", "record-route-comes-back",
        "wrong-method-is-405", "call-with-a-strange-body-is-415", "strange-uri-scheme-is-416", "unknown-version-is-505",
    ]

    @Test("The scenarios' README says what each of them shows")
    func readme() throws {
        let text = try String(contentsOfFile: Sipp.folder + "/README.md", encoding: .utf8)
        #expect(!Sipp.scenarios.isEmpty)
        for scenario in Sipp.scenarios { #expect(text.contains("| `\(scenario)` |"), "\(scenario)") }
    }

    @Test("Signalling by UDP and TCP (F1, F2, G1, G4)", arguments: ["u1", "t1"])
    func signalling(transport: String) async throws {
        let server = try await TestServer()
        for scenario in Self.signalling {
            try await Sipp.run(scenario, against: server, transport: transport)
        }
        #expect(try await server.stop() == 0)
    }

    @Test(
        "A caller who hangs up or presses # leaves a message, byte for byte what was said, whatever the review (B2, B3)",
        arguments: [
            ("leave-message-hang-up-while-recording", "speech.ulaw", "PCMU"),
            ("leave-message-end-with-pound", "speech.ulaw", "PCMU"),
            ("leave-message-listen-then-accept", "speech.ulaw", "PCMU"),
            ("leave-message-record-again-hang-up-keeps-the-first", "speech.ulaw", "PCMU"),
            ("leave-message-urgent", "speech.ulaw", "PCMU"),
            ("one-way-caller-leaves-a-message", "speech.ulaw", "PCMU"),
            ("leave-message-alaw-hang-up-while-recording", "speech.alaw", "PCMA"),
        ])
    func deposit(scenario: String, speech: String, encoding: String) async throws {
        let server = try await TestServer()
        try await Sipp.run(scenario, against: server)
        try await server.process.waitFor("message delivered")
        let message = try #require(try await server.messages(in: "101").first)
        #expect(message.folder == "new")
        #expect(message.isUrgent == (scenario == "leave-message-urgent"))
        #expect(message.encoding == encoding)
        #expect(message.caller.hasPrefix("100"))
        let stored = try await server.audio(of: message)
        let spoken = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Sipp.folder + "/media/" + speech)))
        let heard = try Heard(stored, of: spoken)
        #expect(heard.seconds >= 3.5, "only \(heard.seconds) s of the speech are in the message")
        #expect(
            heard.isExact, "the stored bytes differ from what was sent, first at byte \(heard.firstDifference ?? -1)")
    }

    @Test(
        "Too short and silent messages are not delivered (B2)",
        arguments: [
            "leave-message-too-short-is-dropped", "leave-message-silence-is-dropped",
        ])
    func dropped(scenario: String) async throws {
        let server = try await TestServer()
        try await Sipp.run(scenario, against: server)
        try await server.process.waitFor("nothing recorded")
        #expect(try await server.messages(in: "101").isEmpty)
    }

    @Test("Busy tone ends a message and is no part of it; what is added to one is (B3, B7)")
    func lengths() async throws {
        let server = try await TestServer()
        try await Sipp.run("leave-message-busy-tone-ends-it", against: server)
        try await server.process.waitFor("ending=busyTone")
        try await Sipp.run("leave-message-add-to-it-hang-up", against: server)
        try await server.process.waitFor("message delivered", times: 2)
        let lengths = try await server.messages(in: "101").map(\.bytes)
        try #require(lengths.count == 2)
        // Five seconds of speech, then six of busy tone.
        #expect(lengths[0] < 8_000 * 7 && lengths[0] > 8_000 * 4, "\(lengths)")
        // Four seconds of it, then two.
        #expect(lengths[1] > 8_000 * 5, "\(lengths)")
    }

    @Test("By name: the second of several is chosen and gets the message; nobody of that name is told (A9)")
    func directory() async throws {
        let server = try await TestServer()
        try await Sipp.run("directory-finds-the-second-of-a-name", against: server)
        try await server.process.waitFor("message delivered")
        #expect(try await server.messages(in: "101").count == 1)
        #expect(try await server.messages(in: "100").isEmpty)
        try await Sipp.run("directory-unknown-name-is-told", against: server)
        try await server.process.waitFor("reason=wrong entries")
    }

    @Test("A message that was cancelled is not delivered (B3)")
    func cancelled() async throws {
        let server = try await TestServer()
        try await Sipp.run("leave-message-cancelled-is-dropped", against: server)
        try await server.process.waitFor("message cancelled")
        #expect(try await server.messages(in: "101").isEmpty)
    }

    @Test(
        "The owner listens, saves and deletes; what was heard to its end is no longer new (A1, C2)",
        arguments: [
            ("log-in-listen-and-save", "saved"), ("log-in-listen-and-delete", "deleted"),
            ("log-in-listen-to-the-end", "saved"),
        ])
    func listening(scenario: String, folder: String) async throws {
        let server = try await TestServer()
        try await Sipp.run("leave-message-hang-up-while-recording", against: server)
        try await Sipp.run(scenario, against: server)
        #expect(try await server.messages(in: "101").map(\.folder) == [folder])
    }

    @Test("The owner forwards with a comment: 102 has both in one message, 101's own counts as heard (C5)")
    func forwarding() async throws {
        let server = try await TestServer()
        try await Sipp.run("leave-message-hang-up-while-recording", against: server)
        try await Sipp.run("forward-with-comment", against: server)
        let original = try #require(try await server.messages(in: "101").first)
        let forwarded = try #require(try await server.messages(in: "102").first)
        #expect(original.folder == "saved" && forwarded.folder == "new")
        #expect(forwarded.caller.hasPrefix("101"))
        let audio = try await (server.audio(of: original), server.audio(of: forwarded))
        #expect(audio.1.count > audio.0.count + 24_000, "a comment of at least three seconds")
        #expect(audio.1.suffix(audio.0.count) == audio.0[...], "the message follows the comment, byte for byte")
    }

    @Test("The owner replies: who left the message has the answer (C6)")
    func reply() async throws {
        let server = try await TestServer()
        try await Sipp.run("leave-message-hang-up-while-recording", against: server)
        try await Sipp.run("reply", against: server)
        let answers = try await server.messages(in: "100")
        #expect(answers.map(\.folder) == ["new"])
        #expect(answers.first?.caller.hasPrefix("101") == true)
    }

    @Test("The owner deletes a message, takes that back later and files it; and records a greeting (C4, C8)")
    func filing() async throws {
        let server = try await TestServer()
        try await Sipp.run("leave-message-hang-up-while-recording", against: server)
        try await Sipp.run("delete-undelete-and-move", against: server)
        #expect(try await server.messages(in: "101").map(\.folder) == ["work"])
        try await Sipp.run("record-a-greeting", against: server)
        let greetings = try await server.command("greeting", "list", "101")
        #expect(greetings.hasPrefix("unavailable"))
    }

    @Test(
        "Ways in, and the polite ways out (A2, A4, C1, D3, G2)",
        arguments: [
            "log-in-by-account-number", "log-in-with-info-digits", "star-in-the-greeting-logs-the-owner-in",
            "wrong-pin-three-times-is-good-bye", "silent-caller-is-sent-off-politely",
        ])
    func waysIn(scenario: String) async throws {
        let server = try await TestServer(["VOICEMAIL_KEY_TIMEOUT": "2"])
        try await Sipp.run(scenario, against: server)
        let log = try #require(server.process.output.split(separator: "ready\n", maxSplits: 1).last)
        #expect(!log.contains("4815") && !log.contains("1111"), "a PIN is in the log")
    }
}

/// How much of some speech is in a recording that began before the speech did.
struct Heard {
    var seconds: Double
    var isExact: Bool { firstDifference == nil }
    var firstDifference: Int?

    init(_ stored: [UInt8], of spoken: [UInt8]) throws {
        // The first 20 ms that are not silence, as one packet carries them, mark where the speech begins.
        let probe = Array(spoken[0..<160])
        guard let start = stored.firstIndex(ofSequence: probe) else {
            throw ChildProcess.Failure(description: "the speech is not in the \(stored.count) stored bytes")
        }
        let heard = stored[start...].prefix(spoken.count)
        firstDifference = zip(heard, spoken).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        seconds = Double(firstDifference ?? heard.count) / 8_000
    }
}

extension Array where Element == UInt8 {
    func firstIndex(ofSequence wanted: [UInt8]) -> Int? {
        guard count >= wanted.count, let first = wanted.first else { return nil }
        return (0...(count - wanted.count)).first { index in
            self[index] == first && self[index..<(index + wanted.count)].elementsEqual(wanted)
        }
    }
}
