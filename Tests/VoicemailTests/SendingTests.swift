// Messages from mailbox to mailbox: to whom, with what, and what came of it (C5, C6).
import CallControl
import Testing

@testable import Mailboxes
@testable import Voicemail

@Suite("Sending messages")
struct SendingTests {
    static func send(_ house: House, _ call: ScriptedCall) async throws {
        try await house.run(call) { talk, mailbox in try await SendMessage(talk, mailbox).run() }
    }

    static func forward(_ house: House, _ call: ScriptedCall, _ message: Message) async throws {
        try await house.run(call) { talk, mailbox in try await Forward(talk, mailbox, message).run() }
    }

    @Test("C6: a message goes to two, each confirmed by name; how many got it is told")
    func sendToTwo() async throws {
        let house = try await House.open()
        try await house.greeting(.name, of: "101")
        let call = ScriptedCall()
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "1")
        call.when("enter-addressee", type: "200#")
        call.when("to-add-another", type: "2")
        call.say(House.speech(3, 4), ending: .key(.pound))
        call.when("to-send", type: "2")
        try await Self.send(house, call)
        #expect(
            call.heard(
                inOrder: "enter-addressee", "at-extension", "number-1", "number-0", "number-1", "to-add-another",
                "enter-addressee", "extension", "number-2", "number-0", "number-0", "to-add-another",
                "record-message-after-tone", "beep", "to-send", "message-sent-to", "number-2", "mailboxes-other"))
        #expect(call.heardAudio == House.speech(2, 50), "the recorded name")
        for number in ["101", "200"] {
            #expect(try await house.newAudio(of: number) == [House.speech(3, 4)])
            let message = try #require(try await house.messages(in: .new, of: number).first)
            #expect(try await message.sender == house.mailbox().id)
            #expect(message.callerNumber == "100")
            #expect(!message.urgent)
        }
        #expect(try await house.isConsistent())
    }

    @Test("C6: sent by its parts: listened to, marked urgent, added to, recorded again")
    func review() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "2")
        call.say(House.speech(3, 1), ending: .key(.pound))
        call.when("to-listen", type: "3")
        call.say(House.speech(3, 2), ending: .key(.pound))
        call.when("to-listen", type: "5")
        call.say(House.speech(2, 3), ending: .key(.pound))
        call.when("to-listen", type: "4")
        call.when("to-unmark-urgent", type: "4")
        call.when("to-mark-urgent", type: "4")
        call.when("to-listen", type: "1")
        call.when("to-listen", type: "2")
        try await Self.send(house, call)
        #expect(
            call.heard(
                inOrder: "message-marked-urgent", "message-no-longer-urgent", "message-marked-urgent",
                "your-recording-is", "message-sent-to"))
        #expect(call.heardAudio == House.speech(3, 2) + House.speech(2, 3))
        #expect(try await house.newAudio(of: "101") == [House.speech(3, 2) + House.speech(2, 3)])
        #expect(try await house.messages(in: .new, of: "101").first?.urgent == true)
        #expect(try await house.isConsistent())
    }

    @Test("C5: forwarded as it is, urgent kept; the original stays and counts as heard")
    func forwardAsItIs() async throws {
        let house = try await House.open()
        let message = try await house.letter(from: "101", urgent: true)
        let call = ScriptedCall()
        call.when("enter-addressee", type: "200#")
        call.when("to-add-another", type: "2")
        call.when("to-record-comment", type: "2")
        try await Self.forward(house, call, message)
        #expect(
            call.heard(
                inOrder: "to", "number-1", "mailboxes-one", "to-record-comment", "message-forwarded-to", "extension",
                "number-2"))
        #expect(try await house.newAudio(of: "200") == [House.speech(5)])
        let forwarded = try #require(try await house.messages(in: .new, of: "200").first)
        #expect(forwarded.urgent)
        #expect(try await forwarded.sender == house.mailbox().id)
        #expect(try await house.folder(of: message.id) == .saved)
        #expect(try await house.isConsistent())
    }

    @Test("C5: a comment is heard before the message; a silent one is told, and nothing is sent without it")
    func forwardWithComment() async throws {
        let house = try await House.open()
        let message = try await house.letter()
        let call = ScriptedCall()
        call.when("enter-addressee", type: "200#")
        call.when("to-add-another", type: "2")
        call.when("to-record-comment", type: "1")
        call.say(House.speech(3), voiced: .zero, ending: .silence)
        call.say(House.speech(3, 9), worthwhile: 2, ending: .silence)
        call.when("to-send", type: "2")
        try await Self.forward(house, call, message)
        #expect(
            call.heard(
                inOrder: "record-comment-after-tone", "beep", "nothing-recorded", "record-comment-after-tone", "beep",
                "to-send", "message-forwarded-to"))
        #expect(try await house.newAudio(of: "200") == [House.speech(2, 9) + House.speech(5)])
        let silent = ScriptedCall()
        silent.when("enter-addressee", type: "200#")
        silent.when("to-add-another", type: "2")
        silent.when("to-record-comment", type: "1")
        for _ in 1...3 { silent.say(House.speech(3), voiced: .zero, ending: .silence) }
        try await Self.forward(house, silent, message)
        #expect(silent.prompts.suffix(2) == ["nothing-recorded", "nothing-sent"])
        #expect(try await house.messages(in: .new, of: "200").count == 1)
        #expect(try await house.isConsistent())
    }

    @Test("C5: each failure is told by number and reason, and keeps the message from nobody else")
    func failures() async throws {
        let house = try await House.open()
        try await house.neighbour("102", quota: 8_000)
        try await house.neighbour("103")
        try await house.neighbour("104")
        try await house.settings(of: "103") { $0.isEnabled = false }
        try await house.settings(of: "104") { $0.isAnnouncementOnly = true }
        let message = try await house.letter()
        let call = ScriptedCall()
        for number in ["102", "103", "104", "101"] {
            call.when("enter-addressee", type: "\(number)#")
            call.when("to-add-another", type: number == "101" ? "2" : "1")
        }
        call.when("to-record-comment", type: "2")
        try await Self.forward(house, call, message)
        let told = try #require(call.prompts.firstIndex(of: "message-forwarded-to"))
        #expect(
            Array(call.prompts[told...]) == [
                "message-forwarded-to", "extension", "number-1", "number-0", "number-1",
                "not-delivered-to", "extension", "number-1", "number-0", "number-2", "because-mailbox-full",
                "not-delivered-to", "extension", "number-1", "number-0", "number-3", "because-no-messages-taken",
                "not-delivered-to", "extension", "number-1", "number-0", "number-4", "because-no-messages-taken",
            ])
        #expect(try await house.newAudio(of: "101") == [House.speech(5)])
        #expect(try await house.isConsistent())
    }

    @Test("C5: a message that another phone has removed meanwhile is told, and sent to nobody")
    func gone() async throws {
        let house = try await House.open()
        let message = try await house.letter()
        let mailbox = try await house.mailbox().id
        let call = ScriptedCall()
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "2")
        call.when("to-record-comment") { _ = try? await house.store.purge(message.id, of: mailbox) }
        call.whenSilent(type: "2")
        try await Self.forward(house, call, message)
        #expect(call.prompts.last == "message-gone")
        #expect(try await house.messages(in: .new, of: "101").isEmpty)
    }

    @Test("C6: a reply goes to the mailbox that the message came from, by name")
    func reply() async throws {
        let house = try await House.open()
        try await house.greeting(.name, of: "101")
        let message = try await house.letter()
        let call = ScriptedCall()
        call.say(House.speech(3, 4), ending: .key(.pound))
        call.when("to-send", type: "2")
        try await house.run(call) { talk, mailbox in try await Reply(talk, mailbox, message).run() }
        #expect(call.heard(inOrder: "reply-to", "record-message-after-tone", "beep", "to-send", "message-sent-to"))
        #expect(call.heardAudio == House.speech(2, 50) + House.speech(2, 50), "the name, before and after")
        #expect(try await house.newAudio(of: "101") == [House.speech(3, 4)])
        #expect(try await house.isConsistent())
    }

    @Test("C6: whoever has no mailbox here cannot be answered")
    func replyToStranger() async throws {
        let house = try await House.open()
        let message = try #require(try await house.store.message(house.message()))
        let call = ScriptedCall()
        try await house.run(call) { talk, mailbox in try await Reply(talk, mailbox, message).run() }
        #expect(call.prompts == ["sender-has-no-mailbox"])
    }

    @Test("C6: with a full mailbox of one's own nothing can be recorded, and nothing is sent")
    func noRoom() async throws {
        let house = try await House.open(quota: 3_000)
        let call = ScriptedCall()
        call.when("enter-addressee", type: "200#")
        call.when("to-add-another", type: "2")
        try await Self.send(house, call)
        #expect(call.prompts.suffix(2) == ["your-mailbox-is-full", "nothing-sent"])
        #expect(!call.events.contains(.recording))
    }
}

@Suite("Addressees")
struct AddresseeTests {
    /// What is said before the recording, after `keys` were typed for the first number.
    private func ask(_ house: House, _ keys: String..., menu: String = "") async throws -> ScriptedCall {
        let call = ScriptedCall()
        for typed in keys { call.when("enter-addressee", type: typed) }
        if !menu.isEmpty { call.when("to-add-another", type: menu) }
        try await SendingTests.send(house, call)
        return call
    }

    @Test("C6: unknown numbers are told and asked again; three of them end the call, and nothing is sent")
    func unknown() async throws {
        let house = try await House.open()
        let call = try await ask(house, "999#", "12345678901#", "101#", menu: "2")
        #expect(
            call.heard(
                inOrder: "unknown-addressee", "number-9", "number-9", "number-9", "enter-addressee",
                "unknown-addressee", "number-1", "number-2", "enter-addressee", "extension", "number-1",
                "to-add-another", "record-message-after-tone"))
        let thrice = try await ask(house, "999#", "0#", "10#")
        #expect(thrice.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
    }

    @Test("C6: the same number twice, and oneself on a list, get it once and not at all")
    func doubles() async throws {
        let house = try await House.open()
        let list = try await house.list("7", "all", ["100", "101", "200"])
        #expect(list.number == "7")
        let call = ScriptedCall()
        for (typed, then) in [("101#", "1"), ("7#", "1"), ("101#", "2")] {
            call.when("enter-addressee", type: typed)
            call.when("to-add-another", type: then)
        }
        call.say(House.speech(3), ending: .key(.pound))
        call.when("to-send", type: "2")
        try await SendingTests.send(house, call)
        #expect(call.heard(inOrder: "list", "number-7", "number-3", "members-other", "message-sent-to", "number-2"))
        for number in ["101", "200"] { #expect(try await house.messages(in: .new, of: number).count == 1) }
        #expect(try await house.messages(in: .new, of: "100").isEmpty)
    }

    @Test("C6: the last one is taken off again; with nobody left, somebody is asked for")
    func takeOff() async throws {
        let house = try await House.open()
        let call = ScriptedCall()
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "1")
        call.when("enter-addressee", type: "200#")
        call.when("to-add-another", type: "3")
        call.when("to-add-another", type: "3")
        call.when("enter-addressee", type: "*")
        try await SendingTests.send(house, call)
        #expect(
            call.heard(
                inOrder: "taken-off", "extension", "number-2", "to-add-another", "taken-off", "extension", "number-1",
                "enter-addressee", "nothing-sent"))
    }

    @Test("C6: everybody is asked to be confirmed, with their number, and only of those who may")
    func broadcast() async throws {
        let house = try await House.open()
        let refused = try await ask(house, "0#")
        #expect(refused.heard("unknown-addressee"))
        try await house.settings { $0.mayBroadcast = true }
        let call = ScriptedCall()
        call.when("enter-addressee", type: "0#")
        call.when("to-confirm", type: "*")
        call.when("enter-addressee", type: "0#")
        call.when("to-confirm", type: "1")
        call.when("to-add-another", type: "2")
        call.say(House.speech(3), ending: .key(.pound))
        call.when("to-send", type: "2")
        try await SendingTests.send(house, call)
        #expect(
            call.heard(
                inOrder: "goes-to-everyone", "to", "number-2", "mailboxes-other", "to-confirm", "enter-addressee",
                "goes-to-everyone", "to-confirm", "message-sent-to", "number-2", "mailboxes-other"))
        for number in ["101", "200"] { #expect(try await house.messages(in: .new, of: number).count == 1) }
        #expect(try await house.messages(in: .new).isEmpty)
    }

    @Test("C6: at most fifty numbers are taken")
    func bounded() async throws {
        let house = try await House.open()
        for number in 300..<352 {
            _ = try await house.store.addMailbox(
                NewMailbox(domain: "example.org", number: "\(number)", pin: House.pin))
        }
        try await house.choose(keymap: "asterisk", for: "100")
        let call = ScriptedCall()
        call.when("to-enter-number", type: "1" + (300..<352).map(String.init).joined(separator: "*") + "#")
        call.say(House.speech(3), ending: .key(.pound))
        try await SendingTests.send(house, call)
        #expect(call.heard(inOrder: "too-many-addressees", "message-sent-to", "number-50", "mailboxes-other"))
        #expect(try await house.messages(in: .new, of: "349").count == 1)
        #expect(try await house.messages(in: .new, of: "350").isEmpty)
    }

    @Test("A9 C6: somebody is found by the letters of their name")
    func byName() async throws {
        let house = try await House.open()
        _ = try await house.store.addExtension(
            NewExtension(
                domain: "example.org", number: "105", displayName: "Ann Miller", password: "secret", pin: House.pin))
        let call = ScriptedCall()
        call.when("enter-addressee", type: "#266#")
        call.when("names-found-one", type: "1")
        call.when("to-add-another", type: "2")
        call.say(House.speech(3), ending: .key(.pound))
        call.when("to-send", type: "2")
        try await SendingTests.send(house, call)
        #expect(call.heard(inOrder: "names-found-one", "extension", "message-sent-to"))
        #expect(try await house.messages(in: .new, of: "105").count == 1)
    }

    @Test("C11: several in one go; those that exist are kept while the others are asked again")
    func severalInOneGo() async throws {
        let house = try await House.open()
        try await house.choose(keymap: "asterisk", for: "100")
        let call = ScriptedCall()
        call.when("to-enter-number", type: "1101*999#")
        call.when("to-enter-number", type: "1#")
        call.say(House.speech(3), ending: .key(.pound))
        try await SendingTests.send(house, call)
        #expect(
            call.heard(
                inOrder: "extension", "number-1", "unknown-addressee", "number-9", "to-enter-number", "enter-addressee",
                "record-message-after-tone", "beep", "message-sent-to"))
        #expect(try await house.newAudio(of: "101") == [House.speech(3)])
        #expect(try await house.isConsistent())
    }
}

extension House {
    /// A list of 100's own.
    func list(_ number: String, _ name: String, _ members: [String]) async throws -> DistributionList {
        let list = try await store.addList(number, name: name, owner: mailbox().id, domain: "example.org")
        for member in members { try await store.addMailbox(mailbox(member).id, toList: list.id) }
        return list
    }
}
