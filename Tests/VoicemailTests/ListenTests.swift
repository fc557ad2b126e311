// Listening to messages: every key while one plays and after it, and what is new and saved afterwards.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Listening to messages")
struct ListenTests {
    /// After the end there is nothing to pause (8) and nothing ahead (9).
    private static let menuKeys = [
        "press-1", "press-2", "press-3", "press-4", "press-5", "press-6", "press-7", "press-star", "press-pound",
        "press-0",
    ]

    /// Extension 100, logged in, in its new messages (`folder` 1), saved (2) or deleted ones (6).
    static func call(_ folder: String = "1", hangUpAtStep: Int? = nil) -> ScriptedCall {
        MainMenuTests.call(folder, hangUpAtStep: hangUpAtStep)
    }

    @Test("C2: a message plays to its end byte for byte, the menu names its keys, and it is saved")
    func playedToTheEnd() async throws {
        let house = try await House.open()
        let id = try await house.message(4.5, 3)
        let call = Self.call()
        call.when("for-more-options", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-1", "end-of-message", "to-hear-message-from-start", "no-more-messages"))
        #expect(call.heardAudio == House.speech(4.5, 3))
        #expect(call.prompts.filter(Self.menuKeys.contains).starts(with: Self.menuKeys.dropLast()))
        #expect(try await house.folder(of: id) == .saved)
    }

    @Test("C2: hanging up in the middle leaves a message new")
    func hangUpInTheMiddle() async throws {
        let house = try await House.open()
        let id = try await house.message(4)
        for step in 1...12 {
            let call = Self.call(hangUpAtStep: step)
            await house.retrieve(call)
            #expect(call.heardAudio.count < 32_000)
            #expect(try await house.folder(of: id) == .new, "step \(step)")
        }
    }

    @Test("C1 C2: urgent messages come first, then the oldest; the number counts on")
    func order() async throws {
        let house = try await House.open()
        try await house.message(2, 1)
        try await house.message(2, 2)
        try await house.message(2, 3, urgent: true)
        let call = Self.call()
        for _ in 1...3 { call.when("end-of-message", type: "#") }
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-1", "urgent-message", "message-2", "message-3", "no-more-messages"))
        #expect(call.heardAudio == House.speech(2, 3) + House.speech(2, 1) + House.speech(2, 2))
        #expect(try await house.messages(in: .saved).count == 3)
    }

    @Test(
        "C2: one key means one thing while a message plays: where it goes on",
        arguments: [
            ("1", 4.0, 0.0), ("7", 4.0, 1.0), ("7", 2.0, 0.0), ("9", 4.0, 7.0), ("5", 4.0, 4.0), ("88", 4.0, 4.0),
            ("99", 1.0, 7.0), ("997", 1.0, 4.0), ("8A8", 3.0, 3.0), ("4", 3.0, 3.0), ("6", 3.0, 3.0), ("0*", 3.0, 3.0),
        ])
    func position(keys: String, at second: Double, goesOn: Double) async throws {
        let house = try await House.open()
        try await house.message(10)
        let call = Self.call()
        call.inAudio(at: second, type: keys)
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        let starts = call.events.compactMap { if case .audio(let from) = $0 { from } else { nil } }
        #expect(starts.first == 0)
        #expect(starts.last == goesOn)
        #expect(call.heard("invalid-key") == (keys == "8A8"))
        #expect(call.heard(inOrder: "end-of-message", "no-more-messages"))
    }

    @Test(
        "C2: ahead past the end ends the message; back from there plays its last seconds, pause all of it",
        arguments: [
            ("7", 7.0), ("1", 0.0), ("8", 0.0), ("977", 4.0),
        ])
    func afterTheEnd(keys: String, from: Double) async throws {
        let house = try await House.open()
        let id = try await house.message(10)
        let call = Self.call()
        call.inAudio(at: 0, type: "9999")
        call.when("end-of-message", type: keys)
        await house.retrieve(call)
        let starts = call.events.compactMap { if case .audio(let from) = $0 { from } else { nil } }
        #expect(starts.last == from)
        #expect(try await house.folder(of: id) == .saved)
    }

    @Test("C2: a paused message goes on by itself, and other keys work out of the pause")
    func pause() async throws {
        let house = try await House.open()
        let id = try await house.message(5)
        let left = Self.call()
        left.inAudio(at: 2, type: "8")
        await house.retrieve(left)
        #expect(left.heard(inOrder: "paused", "end-of-message"))
        #expect(left.heardAudio == House.speech(5))

        try await house.move(id, to: .new)
        let next = Self.call()
        next.inAudio(at: 2, type: "8")
        next.when("paused", type: "#")
        await house.retrieve(next)
        #expect(next.heard(inOrder: "paused", "no-more-messages"))
        #expect(next.heardAudio.count == 16_000)
    }

    @Test("C3: the envelope says when, from whom and how long, then the message goes on where it was")
    func envelope() async throws {
        let house = try await House.open()
        try await house.message(61)
        let call = Self.call()
        call.inAudio(at: 3, type: "5")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder:
                    "received", "today", "at", "noon", "from", "number-5", "number-5", "number-5", "number-1",
                "number-2",
                "number-3", "number-4", "length", "number-1", "minutes-one", "and", "number-1", "seconds-one",
                "end-of-message"))
        #expect(call.heardAudio == House.speech(61))
    }

    @Test("C3: a caller without a number is an unknown one")
    func unknownCaller() async throws {
        let house = try await House.open()
        try await house.message(3, from: nil)
        let call = Self.call()
        call.when("message-1", type: "5")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "received", "from-unknown-number", "length"))
    }

    @Test("C2: save, while it plays and after it, saves and goes to the next message", arguments: [true, false])
    func save(whilePlaying: Bool) async throws {
        let house = try await House.open()
        let id = try await house.message(5, 1)
        let other = try await house.message(5, 2)
        let call = Self.call()
        if whilePlaying { call.inAudio(at: 1, type: "2") } else { call.when("end-of-message", type: "2") }
        call.when("message-2", type: "")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-1", "message-saved", "message-2"))
        #expect(try await house.folder(of: id) == .saved)
        #expect(try await house.folder(of: other) == .saved, "played to its end")
    }

    @Test("C2: next and previous count a new message as heard; there is nothing before the first")
    func nextAndPrevious() async throws {
        let house = try await House.open()
        let first = try await house.message(5, 1)
        let second = try await house.message(5, 2)
        let third = try await house.message(5, 3)
        let call = Self.call()
        call.when("message-1", type: "*")
        call.when("message-1", type: "#")
        call.when("message-2", type: "*")
        call.when("message-1", type: "##")
        call.when("message-3", do: { _ = try? await house.store.purge(third, of: house.mailbox().id) })
        await house.retrieve(call)
        #expect(
            call.heard(inOrder: "message-1", "no-previous-messages", "message-1", "message-2", "message-1", "message-3")
        )
        #expect(try await house.folder(of: first) == .saved)
        #expect(try await house.folder(of: second) == .saved)
    }

    @Test("C2 C4: delete and undelete by one key, without leaving the message; undelete puts it back where it was")
    func deleteAndUndelete() async throws {
        let house = try await House.open()
        for (folder, key) in [(Folder.new, "1"), (.saved, "2")] {
            let id = try await house.message(5, in: folder)
            let deleted = Self.call(key)
            deleted.inAudio(at: 1, type: "3")
            deleted.when("to-undelete-message", type: "#")
            await house.retrieve(deleted)
            #expect(deleted.heard(inOrder: "message-deleted", "to-undelete-message", "no-more-messages"))
            #expect(try await house.folder(of: id) == .deleted)

            try await house.move(id, to: folder)
            let undeleted = Self.call(key)
            undeleted.inAudio(at: 1, type: "33")
            await house.retrieve(undeleted)
            #expect(undeleted.heard(inOrder: "message-undeleted", "to-delete-message"))
            #expect(try await house.folder(of: id) == folder)
            _ = try await house.store.purge(id, of: house.mailbox().id)
        }
    }

    @Test(
        "C4: recently deleted messages are listed under 6; one that is undeleted in a later call is where it was",
        arguments: [("3", Folder.new), ("2", .saved)])
    func recentlyDeleted(key: String, folder: Folder) async throws {
        let house = try await House.open()
        let id = try await house.message(5, in: .deleted)
        let other = try await house.message(5, in: .deleted)
        let call = Self.call("6")
        call.inAudio(at: 1, type: key)
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-1", "deleted-message", key == "3" ? "message-undeleted" : "message-saved"))
        #expect(try await house.folder(of: id) == folder)
        #expect(try await house.folder(of: other) == .deleted, "hearing a deleted message does not bring it back")
    }

    @Test("C2: a message purged by another phone is told and left out, first, in the middle or last")
    func vanished() async throws {
        for gone in 0..<3 {
            let house = try await House.open()
            let ids = [try await house.message(5, 1), try await house.message(5, 2), try await house.message(5, 3)]
            let call = Self.call()
            call.when(
                gone == 0 ? "message-1" : "end-of-message",
                do: {
                    _ = try? await house.store.purge(ids[gone], of: house.mailbox().id)
                })
            call.when("to-hear-message-from-start", type: "#")
            call.when("end-of-message", type: "#")
            call.when("end-of-message", type: "#")
            await house.retrieve(call)
            #expect(call.heard("no-more-messages"), "\(gone)")
            #expect(call.heard("message-gone") || gone == 0, "\(gone)")
            let left = try await house.messages(in: .saved).map(\.id)
            #expect(left == ids.filter { $0 != ids[gone] }, "\(gone)")
        }
    }

    @Test("C2: keys pressed on a message that has just vanished say so and touch no other", arguments: ["2", "3"])
    func vanishedUnderTheKey(key: String) async throws {
        let house = try await House.open()
        let id = try await house.message(5, 1)
        let other = try await house.message(5, 2)
        let call = Self.call()
        call.when("message-1", do: { _ = try? await house.store.purge(id, of: house.mailbox().id) })
        call.whenSilent(type: key)
        call.when("message-1", type: "")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-1", "message-gone", "message-1"))
        #expect(try await house.folder(of: other) == .saved, "heard to its end, and not deleted")
    }

    @Test("C2: a message that another phone deletes while it plays stays deleted")
    func deletedMeanwhile() async throws {
        let house = try await House.open()
        let id = try await house.message(5)
        let call = Self.call()
        call.when("message-1", do: { _ = try? await house.move(id, to: .deleted) })
        call.when("end-of-message", type: "*")
        call.when("deleted-message", type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "end-of-message", "no-previous-messages", "deleted-message", "no-more-messages"))
        #expect(try await house.folder(of: id) == .deleted)
    }

    @Test("C2: a damaged message is explained, can be deleted, and the next one plays", arguments: [0, 16_000])
    func damaged(from byte: Int) async throws {
        let house = try await House.open()
        let id = try await house.message(5, 1, committedApart: true)
        try await house.message(5, 2)
        try await house.damage(id, from: byte)
        let call = Self.call()
        call.when("message-unplayable", type: "3")
        call.when("message-deleted", type: "#")
        await house.retrieve(call)
        #expect(
            call.heard(inOrder: "message-1", "message-unplayable", "message-deleted", "message-2", "end-of-message"))
        #expect(call.heardAudio == House.speech(5, 1).prefix(byte) + House.speech(5, 2))
        #expect(try await house.folder(of: id) == .deleted)
    }

    @Test("C2: three silences after a message end the call; so do three wrong keys in it")
    func patience() async throws {
        let house = try await House.open()
        try await house.message(3)
        let silent = Self.call()
        await house.retrieve(silent)
        #expect(silent.prompts.filter { $0 == "are-you-still-there" }.count == 2)
        #expect(silent.events.suffix(2) == [.heard("goodbye"), .hungUp])

        let wrong = Self.call("2")
        wrong.inAudio(at: 1, type: "ABC")
        await house.retrieve(wrong)
        #expect(wrong.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
    }

    @Test("G2 C2: typing ahead through several messages skips what is said")
    func typeAhead() async throws {
        let house = try await House.open()
        for seed in 1...3 { try await house.message(5, seed) }
        let call = ScriptedCall(account: "100")
        call.type("4815#1#3#2#")
        await house.retrieve(call)
        #expect(call.heardAudio.isEmpty)
        #expect(try await house.messages(in: .deleted).count == 1)
        #expect(try await house.messages(in: .saved).count == 2)
        #expect(call.prompts.last == "goodbye")
        #expect(!call.events.contains(.silence))
    }

    @Test(
        "C2: slower and faster change the speed by steps, at the place where it was, down to half and up to double",
        arguments: [
            ("6", [1, 1.25]), ("4", [1, 0.75]), ("66666", [1, 1.25, 1.5, 2, 2, 2]), ("444", [1, 0.75, 0.5, 0.5]),
        ])
    func speed(keys: String, speeds: [Double]) async throws {
        let house = try await House.open()
        try await house.message(6, 1)
        try await house.message(6, 2)
        let call = Self.call()
        call.inAudio(at: 2, type: keys)
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        let last = try #require(speeds.last)
        #expect(call.styles.map(\.speed) == speeds + [last], "the next message keeps it")
        #expect(call.styles.allSatisfy { $0.gain == 0 })
        #expect(call.heardAudio == House.speech(6, 1) + House.speech(6, 2), "nothing is heard twice or missed")
    }

    @Test(
        "C2: louder and softer change the volume by 4 dB up to 12, and it is kept for the call",
        arguments: [("06", [0.0, 4]), ("07", [0, -4]), ("06060606", [0, 4, 8, 12, 12])])
    func volume(keys: String, gains: [Double]) async throws {
        let house = try await House.open()
        try await house.message(6, 1)
        try await house.message(6, 2)
        let call = Self.call()
        call.inAudio(at: 2, type: keys)
        call.when("end-of-message", type: "#")
        await house.retrieve(call)
        let last = try #require(gains.last)
        #expect(call.styles.map(\.gain) == gains + [last])
        #expect(call.heardAudio == House.speech(6, 1) + House.speech(6, 2))
    }

    @Test("C2: slower after the end plays the message again, slower")
    func slowerAfterTheEnd() async throws {
        let house = try await House.open()
        try await house.message(3)
        let call = Self.call()
        call.when("end-of-message", type: "4")
        await house.retrieve(call)
        #expect(call.styles.map(\.speed) == [1, 0.75])
        #expect(call.heardAudio == House.speech(3) + House.speech(3))
    }

    @Test("C2: how far one press goes back and ahead is the mailbox's choice", arguments: [("9", 9.0), ("997", 9.0)])
    func skipLength(keys: String, goesOn: Double) async throws {
        let house = try await House.open()
        try await house.settings { $0.skip = 7 }
        try await house.message(20)
        let call = Self.call()
        call.inAudio(at: 2, type: keys)
        await house.retrieve(call)
        #expect(call.events.contains(.audio(from: goesOn)))
    }

    @Test("C2: kept as new: it was heard and stays new, the lamp's counts with it", arguments: [true, false])
    func keepAsNew(afterTheEnd: Bool) async throws {
        let house = try await House.open()
        let id = try await house.message(4, 1)
        try await house.message(4, 2)
        let call = Self.call()
        if afterTheEnd { call.when("end-of-message", type: "04") } else { call.inAudio(at: 2, type: "04") }
        call.when("message-2", type: "*")
        call.when("message-1", type: "##")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-kept-as-new", "message-2", "message-1", "message-2"))
        #expect(try await house.folder(of: id) == .saved, "going on from it later counts as always")

        try await house.move(id, to: .new)
        let kept = Self.call()
        kept.when("end-of-message", type: "04")
        kept.when("no-more-messages", type: "#")
        await house.retrieve(kept)
        #expect(try await house.folder(of: id) == .new)
        #expect(try await house.store.counts(of: house.mailbox().id).new == 1)
    }

    @Test("C2: after a delete in the middle the menu offers to go on, and going on is from there")
    func goOnInTheMiddle() async throws {
        let house = try await House.open()
        try await house.message(6)
        let call = Self.call()
        call.inAudio(at: 2, type: "3")
        call.when("to-go-on", type: "8")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-deleted", "to-undelete-message", "to-go-on", "end-of-message"))
        #expect(call.events.contains(.audio(from: 2)))
        #expect(call.heardAudio == House.speech(6))
    }

    @Test("C2: more: star goes back to the message where it was, 0 to the main menu and leaves it new")
    func more() async throws {
        let house = try await House.open()
        let id = try await house.message(6)
        let back = Self.call()
        back.inAudio(at: 3, type: "0")
        back.when("to-forward", type: "*")
        await house.retrieve(back)
        #expect(back.heard(inOrder: "to-forward", "end-of-message"))
        #expect(back.heardAudio == House.speech(6))

        try await house.move(id, to: .new)
        let main = Self.call()
        main.inAudio(at: 3, type: "00")
        await house.retrieve(main)
        #expect(main.prompts.filter { $0 == "to-hear-new-messages" }.count == 4, "once, and three times in silence")
        #expect(try await house.folder(of: id) == .new)
    }

    @Test("C2: where a delete goes on to the next message, it is still undeleted to where it came from")
    func goesOnAfterDelete() async throws {
        let house = try await House.open()
        try await house.settings { $0.goesOnAfterDelete = true }
        let id = try await house.message(4, 1, in: .work)
        try await house.message(4, 2, in: .work)
        let call = Self.call("72")
        call.inAudio(at: 1, type: "3")
        call.when("message-2", type: "*")
        call.when("deleted-message", type: "3")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-deleted", "message-2", "deleted-message", "message-undeleted"))
        #expect(try await house.folder(of: id) == .work)
    }

    @Test("C3: the envelope comes by itself, on demand or not at all", arguments: EnvelopeMode.allCases)
    func envelopeMode(mode: EnvelopeMode) async throws {
        let house = try await House.open()
        try await house.settings { $0.envelope = mode }
        try await house.message(4)
        let call = Self.call()
        call.inAudio(at: 2, type: "5")
        await house.retrieve(call)
        #expect(call.prompts.filter { $0 == "received" }.count == [.automatic: 2, .onDemand: 1, .off: 0][mode])
        #expect(call.heard("not-offered-here") == (mode == .off))
        #expect(call.heard("to-hear-envelope") == (mode != .off))
        #expect(call.heardAudio == House.speech(4))
    }

    @Test("C3: a sender with a mailbox is named in their own voice, or by number when that is damaged or not recorded")
    func sendersName() async throws {
        let house = try await House.open()
        try await house.message(4, from: "101", sender: "101")
        func envelope() async throws -> ScriptedCall {
            let call = Self.call("2")
            call.inAudio(at: 1, type: "5")
            await house.retrieve(call)
            return call
        }
        for message in try await house.messages(in: .new) { try await house.move(message.id, to: .saved) }
        #expect(try await envelope().heard(inOrder: "received", "from", "number-1", "number-0", "number-1", "length"))
        let name = try await house.greeting(.name, 1, 60, of: "101")
        let spoken = try await envelope()
        #expect(spoken.heard(inOrder: "received", "from", "length"))
        #expect(!spoken.heard("number-0"))
        #expect(
            spoken.heardAudio == House.speech(4).prefix(8_000) + House.speech(1, 60) + House.speech(4).dropFirst(8_000))
        try await house.damage(name, from: 0)
        #expect(try await envelope().heard(inOrder: "from", "number-1", "number-0", "number-1", "length"))
    }

    @Test("C3: the envelope speaks in the owner's time zone")
    func timeZone() async throws {
        let house = try await House.open()
        try await house.settings { $0.timeZone = "Asia/Tokyo" }
        try await house.message(3)
        let call = Self.call()
        call.inAudio(at: 1, type: "5")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "received", "today", "at", "number-9", "pm"))
    }
}
