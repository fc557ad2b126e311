// What changes while an owner listens: messages that come meanwhile, and what stays new because the owner wants it so
// (C1, C2, C4, C5).
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("While an owner listens")
struct MeanwhileTests {
    @Test("C1 C2: a message that comes while new ones are heard is told after the last of them, and plays next")
    func arrival() async throws {
        let house = try await House.open()
        try await house.message(3, 1)
        let call = ListenTests.call()
        call.inAudio(at: 1, do: { _ = try? await house.message(3, 2, urgent: true) })
        call.when("end-of-message", type: "#")
        call.when("urgent-message", type: "")
        call.inAudio(at: 1, do: { _ = try? await house.message(3, 3) })
        call.when("end-of-message", type: "2")
        call.when("end-of-message", type: "#")
        call.when("no-more-messages", type: "")
        call.when("to-end-the-call", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "message-1", "you-have", "number-1", "urgent-messages-one", "message-2", "message-saved",
                "you-have", "number-1", "new-messages-one", "message-3", "no-more-messages", "to-hear-new-messages"))
        #expect(call.heardAudio == [1, 2, 3].flatMap { House.speech(3, $0) })
        #expect(try await house.messages(in: .saved).count == 3)
        #expect(call.cuesLeft == 0)
    }

    @Test("C1 C2: where the last message has vanished, what has come meanwhile is next all the same")
    func arrivalAfterTheLastIsGone() async throws {
        let house = try await House.open()
        let id = try await house.message(3, 1)
        let mailbox = try await house.mailbox().id
        let call = ListenTests.call()
        call.inAudio(
            at: 1,
            do: {
                _ = try? await house.store.purge(id, of: mailbox)
                _ = try? await house.message(3, 2)
            })
        call.when("to-hear-message-from-start", type: "2")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-gone", "you-have", "message-1", "end-of-message"))
        #expect(call.heardAudio.suffix(24_000) == House.speech(3, 2)[...])
    }

    @Test("C2 C11: in the map whose menus are one, next finds what has come after there were no more")
    func arrivalWithOneMenu() async throws {
        let house = try await House.open()
        try await house.choose(keymap: "asterisk", for: "100")
        try await house.message(2, 1)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("to-hear-messages", type: "1")
        call.when("end-of-message", type: "6")
        call.when("no-more-messages", do: { _ = try? await house.message(2, 2) })
        call.when("to-hear-first-message", type: "6")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "no-more-messages", "you-have", "number-1", "new-messages-one", "message-2"))
        #expect(call.heardAudio == House.speech(2, 1) + House.speech(2, 2))
    }

    @Test("C2 C4: what another folder gets meanwhile does not lengthen a list of saved ones")
    func otherFolder() async throws {
        let house = try await House.open()
        try await house.message(2, 1, in: .saved)
        let call = ListenTests.call("2")
        call.inAudio(
            at: 1,
            do: {
                _ = try? await house.message(2, 2)
                _ = try? await house.message(2, 3, in: .saved)
            })
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "end-of-message", "no-more-messages", "to-hear-new-messages"))
        #expect(call.heardAudio == House.speech(2, 1))
    }

    @Test("C2 C5: a message that was put back to the new ones stays new when it is forwarded then")
    func forwardedAndNew() async throws {
        let house = try await House.open()
        let id = try await house.message(3, 1)
        let call = ListenTests.call()
        call.when("end-of-message", type: "050")
        call.when("message-saved-in", type: "03")
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "2")
        call.when("to-send-as-it-is", type: "2")
        call.when("message-forwarded-to", type: "#")
        await house.retrieve(call)
        #expect(try await house.newAudio(of: "101") == [House.speech(3, 1)])
        #expect(try await house.folder(of: id) == .new)
    }

    @Test(
        "C4: a message that is had back from the deleted ones is where it was, also when the owner goes on from it",
        arguments: [Folder.new, .saved, .family])
    func hadBack(folder: Folder) async throws {
        let house = try await House.open()
        let id = try await house.message(3, 1)
        try await house.move(id, to: folder)
        try await house.move(id, to: .deleted)
        let call = ListenTests.call("6")
        call.when("end-of-message", type: "3")
        call.when("message-undeleted", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "deleted-message", "message-undeleted", "no-more-messages"))
        #expect(try await house.folder(of: id) == folder)
    }

    @Test("C4 C11: with Asterisk's keys the deleted ones are a folder to listen to, and none to move to")
    func deletedFolder() async throws {
        let house = try await House.open()
        try await house.choose(keymap: "asterisk", for: "100")
        let id = try await house.message(3, 1, in: .deleted)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("to-choose-folder", type: "2")
        call.when("folder-deleted", type: "*")
        call.when("end-of-message", type: "7")
        call.when("message-undeleted", type: "9")
        call.when("choose-folder", type: "*")
        call.when("invalid-key", type: "#")
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "choose-folder", "messages-in-one", "folder-deleted", "message-1", "message-undeleted",
                "choose-folder", "invalid-key", "goodbye"))
        #expect(try await house.folder(of: id) == .new)
        #expect(call.cuesLeft == 0)
    }

    @Test(
        "C2: how fast and how loud messages are at first is the mailbox's choice, by the steps of the keys",
        arguments: [
            (nil, nil, 1.0, 0.0), (150, 8, 1.5, 8), (200, 12, 2, 12), (50, -12, 0.5, -12), (110, -5, 1, -4),
        ])
    func atFirst(speed: Int?, volume: Int?, plays: Double, at gain: Double) async throws {
        let house = try await House.open()
        try await house.settings {
            $0.speed = speed
            $0.volume = volume
        }
        try await house.message(2, 1)
        let call = ListenTests.call()
        await house.retrieve(call)
        #expect(call.styles == [PlaybackStyle(speed: plays, gain: gain)])
    }

    @Test(
        "C2: speeds and volumes that cannot be played are refused",
        arguments: [(49, 0), (201, 0), (100, 13), (100, -13)])
    func refused(speed: Int, volume: Int) async throws {
        let house = try await House.open()
        await #expect(throws: StoreError.self) {
            try await house.settings {
                $0.speed = speed
                $0.volume = volume
            }
        }
    }

    @Test("C1: how full a nearly full mailbox is, is told in percent")
    func percent() async throws {
        let house = try await House.open(quota: 500_000)
        try await house.message(57.5, in: .saved)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "you-have", "you-have-used", "number-92", "percent-of-mailbox", "mailbox-almost-full",
                "to-hear-new-messages"))
    }
}
