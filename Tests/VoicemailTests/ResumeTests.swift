// A call that broke off in the middle of a message: the next one can go on there (C12).
import CallControl
import Foundation
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Resuming a call that broke off (C12)")
struct ResumeTests {
    /// Two new messages of 10 seconds; the first call is lost while second 6 of the first of them plays.
    private func interrupted() async throws -> (House, RecordingID) {
        let house = try await House.open()
        let id = try await house.message(10, 1)
        try await house.message(3, 2)
        await lose(house)
        return (house, id)
    }

    private func lose(_ house: House) async {
        let call = ListenTests.call()
        call.hangUp(inAudioAt: 6)
        await house.retrieve(call)
    }

    private func bookmark(_ house: House) async throws -> Bookmark? {
        try await house.store.bookmark(of: house.mailbox().id)
    }

    @Test("C12: the place is kept, offered at the next log-in, and the call goes on there and in the folder")
    func goesOn() async throws {
        let (house, id) = try await interrupted()
        let kept = try #require(try await bookmark(house))
        #expect(kept.message == id)
        #expect(kept.folder == .new)
        #expect((3...6).contains(kept.position / 8_000), "a little before where it was")
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("call-was-interrupted", type: "1")
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "enter-pin", "call-was-interrupted", "message-1", "end-of-message", "message-2",
                "end-of-message"))
        #expect(call.heardAudio == Array(House.speech(10, 1).dropFirst(kept.position)) + House.speech(3, 2))
        #expect(try await bookmark(house) == nil, "offered once")
    }

    @Test("C12: silence leads to the main menu, and any other key does there what it always does")
    func declined() async throws {
        let (house, _) = try await interrupted()
        let silent = ScriptedCall(account: "100")
        silent.when("enter-pin", type: "4815#")
        await house.retrieve(silent)
        #expect(silent.heard(inOrder: "call-was-interrupted", "to-go-on-where-you-were", "press-1", "you-have"))
        #expect(try await bookmark(house) == nil)

        await lose(house)
        let key = ScriptedCall(account: "100")
        key.when("enter-pin", type: "4815#")
        key.when("call-was-interrupted", type: "2")
        await house.retrieve(key)
        #expect(key.prompts.starts(with: ["enter-pin", "call-was-interrupted", "no-saved-messages"]))
    }

    @Test(
        "C12: not when the message is elsewhere by then, and not after an hour", arguments: ["moved", "purged", "late"])
    func tooLate(what: String) async throws {
        let (house, id) = try await interrupted()
        switch what {
        case "moved": try await house.move(id, to: .deleted)
        case "purged": _ = try await house.store.purge(id, of: house.mailbox().id)
        default:
            var old = try #require(try await bookmark(house))
            old.at -= 3_601
            try await house.store.setBookmark(old, of: house.mailbox().id)
        }
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        await house.retrieve(call)
        #expect(!call.heard("call-was-interrupted"))
        #expect(try await bookmark(house) == nil)
    }

    @Test(
        "C12: a good-bye, a message heard to its end and one deleted in this call leave no place",
        arguments: ["00#", "3"])
    func nothingToResume(keys: String) async throws {
        let house = try await House.open()
        try await house.message(6)
        let call = ListenTests.call()
        call.inAudio(at: 4, type: keys)
        await house.retrieve(call)
        #expect(try await bookmark(house) == nil)
        for step in 1...call.steps where keys == "3" {
            let house = try await House.open()
            try await house.message(6)
            let lost = ListenTests.call(hangUpAtStep: step)
            lost.inAudio(at: 4, type: keys)
            await house.retrieve(lost)
            if lost.reached("message-deleted") { #expect(try await bookmark(house) == nil, "step \(step)") }
        }
    }

    @Test("C12: whatever the step, a lost call keeps a place only in a message that has begun and not ended")
    func everyStep() async throws {
        let house = try await House.open()
        let id = try await house.message(5)
        let complete = ListenTests.call()
        await house.retrieve(complete)
        for step in 1...complete.steps {
            let house = try await House.open()
            try await house.message(5)
            let call = ListenTests.call(hangUpAtStep: step)
            await house.retrieve(call)
            guard let kept = try await bookmark(house) else { continue }
            #expect(!call.heardAudio.isEmpty && call.heardAudio.count < 40_000)
            #expect(kept.position < call.heardAudio.count, "step \(step)")
            #expect(!call.heard("end-of-message"))
        }
        #expect(try await house.folder(of: id) == .saved)
    }
}
