// The key map `freeswitch`: what the fingers of mod_voicemail's users know.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("The keys of FreeSWITCH (C11)")
struct FreeSwitchKeysTests {
    private func call(_ keys: String) async throws -> (House, ScriptedCall) {
        let house = try await House.open()
        try await house.choose(keymap: "freeswitch", for: "100")
        try await house.message(10, 1)
        try await house.message(2, 2)
        try await house.message(2, 3, in: .saved)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("to-hear-new-messages", type: keys)
        return (house, call)
    }

    @Test(
        "main menu: 1 new, 2 saved, 5 options, # leaves",
        arguments: [
            ("1", "message-1"), ("2", "message-1"), ("5", "options-menu"), ("#", "goodbye"), ("0", "you-have"),
        ])
    func main(key: String, leadsTo: String) async throws {
        let (house, call) = try await call(key)
        await house.retrieve(call)
        #expect(call.heard(inOrder: "to-hear-new-messages", leadsTo))
    }

    @Test(
        "while it plays: 4 back, 6 ahead, 0 again; star skips the envelope and means nothing later",
        arguments: [
            ("4", 2.0), ("6", 8.0), ("0", 0.0), ("*", 5.0),
        ])
    func playing(key: String, goesOn: Double) async throws {
        let (house, call) = try await call("1")
        call.inAudio(at: 5, type: key)
        await house.retrieve(call)
        let starts = call.events.compactMap { if case .audio(let from) = $0 { from } else { nil } }
        #expect(starts.last == goesOn)
        #expect(!call.heard("invalid-key"))
    }

    @Test(
        "while it plays and after it: 2 saves, 7 deletes, 3 goes on, 1 goes back",
        arguments: [
            ("2", Folder.saved), ("7", .deleted), ("3", .saved), ("1", .saved),
        ], [true, false])
    func filed(_ sample: (key: String, folder: Folder), whilePlaying: Bool) async throws {
        let (house, call) = try await call("1")
        if whilePlaying { call.inAudio(at: 5, type: sample.key) } else { call.when("end-of-message", type: sample.key) }
        call.when("to-end-the-call", type: "#")
        await house.retrieve(call)
        let messages = try await house.messages(in: sample.folder)
        #expect(messages.contains { $0.byteCount == 80_000 })
    }

    @Test("# stops a message and asks; there # leads to the main menu")
    func stop() async throws {
        let (house, call) = try await call("1")
        call.inAudio(at: 5, type: "#")
        call.when("for-next-message", type: "#")
        call.when("to-hear-new-messages", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-1", "for-previous-message", "to-hear-new-messages", "goodbye"))
        #expect(try await house.messages(in: .new).count == 2)
    }
}
