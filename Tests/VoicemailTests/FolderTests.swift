// Folders: chosen by their digit, in every key map, to listen to or to put a message into.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Folders (C4)")
struct FolderTests {
    @Test("C4: every folder is listened to by its digit, its messages are counted first", arguments: 0...9)
    func listen(digit: Int) async throws {
        let house = try await House.open()
        let folder = Folder.byDigit[digit]
        try await house.message(3, 1, in: folder)
        try await house.message(3, 2, in: folder)
        try await house.message(3, 3, in: .deleted)
        let call = ListenTests.call("7\(digit)")
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "number-2", "message-1", "end-of-message", "message-2", "end-of-message"))
        #expect(call.heardAudio == House.speech(3, 1) + House.speech(3, 2))
        let kept = folder == .new ? Folder.saved : folder
        #expect(try await house.messages(in: kept).count == 2, "only what is new becomes saved")
    }

    @Test("C4: the choice names the folders that have something in them; an empty one can be chosen all the same")
    func named() async throws {
        let house = try await House.open()
        try await house.message(3, in: .family)
        let call = ListenTests.call("7")
        call.when("folder-family", type: "")
        call.when("to-cancel", type: "4")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "choose-folder", "folder-new", "press-0", "folder-saved", "press-1", "folder-family",
                "press-3",
                "to-cancel", "no-messages-in", "folder-friends", "to-hear-new-messages"))
        #expect(!call.heard("folder-work"))
    }

    @Test("C4: a message is moved to every folder by its digit, while it plays or after it", arguments: 0...9)
    func move(digit: Int) async throws {
        for afterTheEnd in [true, false] {
            let house = try await House.open()
            let id = try await house.message(4)
            let call = ListenTests.call()
            if afterTheEnd { call.when("end-of-message", type: "05") } else { call.inAudio(at: 2, type: "05") }
            call.when("choose-folder", type: "\(digit)")
            call.when("to-hear-message-from-start", type: "#")
            await house.retrieve(call)
            #expect(call.heard(inOrder: "choose-folder", "message-saved-in", "to-hear-message-from-start"))
            #expect(
                try await house.folder(of: id) == Folder.byDigit[digit], "also a new one: that is keeping it as new")
        }
    }

    @Test("C4: star leaves the choice: from a message back to where it was, from the main menu back to it")
    func cancel() async throws {
        let house = try await House.open()
        let id = try await house.message(4)
        let call = ListenTests.call("7")
        call.when("choose-folder", type: "*")
        call.when("to-hear-new-messages", type: "1")
        call.inAudio(at: 2, type: "05")
        call.when("choose-folder", type: "*")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "choose-folder", "message-1", "choose-folder", "end-of-message"))
        #expect(call.heardAudio == House.speech(4))
        #expect(try await house.folder(of: id) == .saved)
    }

    @Test("C4: three silences or three wrong keys at the choice end the call")
    func patience() async throws {
        let house = try await House.open()
        let silent = ListenTests.call("7")
        await house.retrieve(silent)
        #expect(silent.prompts.filter { $0 == "are-you-still-there" }.count == 2)
        #expect(silent.events.suffix(2) == [.heard("goodbye"), .hungUp])
        let wrong = ListenTests.call("7A#B")
        await house.retrieve(wrong)
        #expect(wrong.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
    }

    @Test(
        "C4: a message deleted out of an own folder goes back there, in the list it was deleted from and in that of 6")
    func undelete() async throws {
        let house = try await House.open()
        let id = try await house.message(4, in: .friends)
        let here = ListenTests.call("74")
        here.inAudio(at: 1, type: "33")
        await house.retrieve(here)
        #expect(here.heard(inOrder: "message-deleted", "message-undeleted"))
        #expect(try await house.folder(of: id) == .friends)

        let later = ListenTests.call("74")
        later.inAudio(at: 1, type: "3#6")
        later.when("deleted-message", type: "3")
        await house.retrieve(later)
        #expect(later.heard(inOrder: "message-deleted", "deleted-message", "message-undeleted"))
        #expect(try await house.folder(of: id) == .friends)

        let delete = ListenTests.call("74")
        delete.inAudio(at: 1, type: "3")
        await house.retrieve(delete)
        #expect(try await house.folder(of: id) == .deleted)
        let nextDay = ListenTests.call("6")
        nextDay.when("deleted-message", type: "3")
        await house.retrieve(nextDay)
        #expect(nextDay.heard("message-undeleted"))
        #expect(try await house.folder(of: id) == .friends)
    }
}
