// The owner's own distribution lists, kept by telephone (C6).
import CallControl
import Testing

@testable import Mailboxes
@testable import Voicemail

@Suite("The owner's own lists (C6)")
struct OwnListsTests {
    static func run(_ house: House, _ call: ScriptedCall) async throws {
        try await house.run(call) { talk, mailbox in try await OwnLists(talk, mailbox).run() }
    }

    @Test("a list that is not there yet: somebody is added by number, somebody by name; a message to it reaches both")
    func made() async throws {
        let house = try await House.open()
        try await house.neighbour("102", name: "Ada Lovelace")
        let call = ScriptedCall()
        call.when("enter-list-number", type: "3")
        call.when("to-add-to-list", type: "2")
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "1")
        call.when("enter-addressee", type: "#")
        call.when("enter-name", type: "232#")
        call.when("press-1", type: "1")
        call.when("to-add-another", type: "2")
        call.when("to-hear-list", type: "1")
        call.when("to-return-to-options", type: "*")
        try await Self.run(house, call)
        #expect(call.cuesLeft == 0, "\(call.prompts)")
        #expect(try await house.members(of: 3) == ["101", "102"])
        #expect(call.heard(inOrder: "list", "number-3", "number-0", "members-other", "to-hear-list"))
        #expect(call.heard(inOrder: "list", "number-3", "number-2", "members-other", "extension", "to-hear-list"))

        let sending = ScriptedCall()
        sending.when("enter-addressee", type: "3#")
        sending.when("to-add-another", type: "2")
        sending.say(House.speech(3), ending: .key(.pound))
        sending.when("to-send", type: "2")
        try await SendingTests.send(house, sending)
        for number in ["101", "102"] { #expect(try await house.newAudio(of: number) == [House.speech(3)]) }
    }

    @Test("who is on it twice is on it once; a list can be filled from another one")
    func fromAnother() async throws {
        let house = try await House.open()
        try await house.neighbour("102")
        try await house.list(1, "101", "200")
        try await house.list(2, "101", "102")
        let call = ScriptedCall()
        call.when("enter-list-number", type: "1")
        call.when("to-add-to-list", type: "2")
        call.when("enter-addressee", type: "2#")
        call.when("to-add-another", type: "2")
        try await Self.run(house, call)
        #expect(try await house.members(of: 1) == ["101", "102", "200"])
        #expect(try await house.members(of: 2) == ["101", "102"])
    }

    @Test("somebody is taken off; who was not on it is told and nothing else changes")
    func takenOff() async throws {
        let house = try await House.open()
        try await house.neighbour("102")
        try await house.list(3, "101", "200")
        let call = ScriptedCall()
        call.when("enter-list-number", type: "3")
        call.when("to-take-off-list", type: "3")
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "1")
        call.when("enter-addressee", type: "102#")
        call.when("to-add-another", type: "2")
        try await Self.run(house, call)
        #expect(try await house.members(of: 3) == ["200"])
        #expect(call.heard(inOrder: "not-on-list", "extension", "number-1", "number-0", "number-2", "list", "number-3"))
        #expect(call.prompts.filter { $0 == "not-on-list" }.count == 1)
    }

    @Test("giving up in the middle leaves the list as it was", arguments: ["2", "3"])
    func givenUp(key: String) async throws {
        let house = try await House.open()
        try await house.list(3, "101")
        let call = ScriptedCall()
        call.when("enter-list-number", type: "3")
        call.when("to-take-off-list", type: key)
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "1")
        call.when("enter-addressee", type: "200#")
        call.when("to-add-another", type: "*")
        call.when("to-return-to-options", type: "*")
        try await Self.run(house, call)
        #expect(call.cuesLeft == 0)
        #expect(try await house.members(of: 3) == ["101"])
    }

    @Test(
        "in every key map the lists can be reached from the options", arguments: ["asterisk", "default", "freeswitch"])
    func everyKeyMap(keymap: String) async throws {
        let house = try await House.open()
        try await house.choose(keymap: keymap, for: "100")
        let keys = try #require(house.service.keymaps[keymap])
        func key(_ key: Key?) throws -> String { String(try #require(key).rawValue) }
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.whenSilent(type: try key(keys.main.key(for: .options)))
        call.whenSilent(type: try key(keys.options.key(for: .lists)) + "3")
        call.when("to-hear-list", type: try key(keys.list.key(for: .add)))
        if let number = keys.addressBy.key(for: .number) { call.whenSilent(type: String(number.rawValue)) }
        call.when("enter-addressee", type: "101#")
        if let goOn = keys.addressees.key(for: .goOn) { call.whenSilent(type: String(goOn.rawValue)) }
        await house.retrieve(call)
        #expect(call.cuesLeft == 0, "\(call.prompts)")
        #expect(try await house.members(of: 3) == ["101"])
    }
}

extension House {
    /// Puts mailboxes on a list of 100's own.
    func list(_ number: Int, _ members: String...) async throws {
        var ids: [MailboxID] = []
        for member in members { ids.append(try await mailbox(member).id) }
        try await store.changeOwnList(number, of: mailbox().id, adding: ids, removing: [])
    }

    /// The numbers on a list of 100's own.
    func members(of list: Int) async throws -> [String] {
        try await store.members(ofOwnList: list, of: mailbox().id).map(\.number)
    }
}
