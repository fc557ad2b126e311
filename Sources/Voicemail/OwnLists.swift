// The owner's own distribution lists (C6): which of the nine, who is on it, somebody more, somebody less. Whom to add and
// whom to take off is asked as it is for a message, by number, by name or by another list. A list is there as soon as
// somebody is on it.
import CallControl
import Logging
import Mailboxes
import Phrases

struct OwnLists {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way back to the options.
    func run() async throws -> [Clip] {
        guard let number = try await talk.digit(talk.words(.enterListNumber), in: 1...9) else { return [] }
        var opening = try await state(of: number)
        while true {
            switch try await talk.choose(talk.keys.list, opening: opening, menu: menu) {
            case .hear: opening = try await names(on: number)
            case .add: opening = try await add(to: number)
            case .takeOff: opening = try await takeOff(number)
            case .back: return []
            }
        }
    }

    /// "List three, two members."
    private func state(of number: Int) async throws -> [Clip] {
        let members = try await members(of: number)
        return talk.words(talk.phrases.list(number)) + talk.words(talk.phrases.members(members.count))
    }

    private func names(on number: Int) async throws -> [Clip] {
        var told = try await state(of: number)
        for member in try await members(of: number) {
            told = talk.sentences(told, try await talk.nameAndNumber(of: member))
        }
        return told
    }

    private func add(to number: Int) async throws -> [Clip] {
        var addressees = AskForAddressees(talk, mailbox)
        guard let choice = try await addressees.run() else { return try await state(of: number) }
        try await change(number, adding: choice.recipients)
        return try await talk.sentences(choice.told, state(of: number))
    }

    /// Whoever was named and is not on the list is told.
    private func takeOff(_ number: Int) async throws -> [Clip] {
        var addressees = AskForAddressees(talk, mailbox)
        guard let choice = try await addressees.run() else { return try await state(of: number) }
        let members = Set(try await members(of: number).map(\.id))
        var told = choice.told
        for stranger in choice.recipients where !members.contains(stranger.id) {
            told = talk.sentences(told, talk.words(.notOnList) + (try await talk.nameAndNumber(of: stranger)))
        }
        try await change(number, removing: choice.recipients)
        return try await talk.sentences(told, state(of: number))
    }

    private func change(_ number: Int, adding: [Mailbox] = [], removing: [Mailbox] = []) async throws {
        try await talk.store.changeOwnList(
            number, of: mailbox.id, adding: adding.map(\.id), removing: removing.map(\.id))
        talk.log.info(
            "list changed",
            metadata: ["list": "\(number)", "added": "\(adding.count)", "taken-off": "\(removing.count)"])
    }

    private func members(of number: Int) async throws -> [Mailbox] {
        try await talk.store.members(ofOwnList: number, of: mailbox.id)
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.list,
            [
                (.hear, .toHearList), (.add, .toAddToList), (.takeOff, .toTakeOffList),
                (.back, .toReturnToOptions),
            ])
    }
}
