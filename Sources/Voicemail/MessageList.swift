// Going through the messages of a folder, one after the other, as they were when the owner asked for them (C2, C4).
// A message that has vanished meanwhile is told and left out; it never takes another one with it. New messages that have
// come meanwhile are told at the end, and come next.
import CallControl
import Mailboxes
import Phrases

struct MessageList {
    private var talk: Conversation
    private var mailbox: Mailbox
    private let memory: ListeningMemory
    private let folder: Folder

    init(_ talk: Conversation, _ mailbox: Mailbox, _ folder: Folder, _ memory: ListeningMemory) {
        self.talk = talk
        self.mailbox = mailbox
        self.folder = folder
        self.memory = memory
    }

    /// Returns what is to be said on the way back to the main menu.
    /// - Parameter bookmark: a place in this folder to begin at; without one, at the first message.
    mutating func run(_ opening: [Clip] = [], from bookmark: Bookmark? = nil) async throws -> [Clip] {
        var way = try await goThrough(folder, opening, from: bookmark)
        while true {
            switch way {
            case .mainMenu(let words): return words
            case .folder(let chosen): way = try await goThrough(chosen, count(of: chosen), from: nil)
            }
        }
    }

    /// The same for a folder that was chosen from many: says how many messages are in it.
    mutating func runAnnounced() async throws -> [Clip] { try await run(count(of: folder)) }

    /// Where the owner goes from a folder.
    private enum WayOut {
        case mainMenu([Clip])
        case folder(Folder)
    }

    private mutating func goThrough(_ folder: Folder, _ opening: [Clip], from bookmark: Bookmark?) async throws
        -> WayOut
    {
        var messages = try await talk.store.messages(in: folder, of: mailbox.id).map(\.id)
        guard !messages.isEmpty else { return .mainMenu(talk.sentences(opening, talk.nothing(in: folder))) }
        var known = Set(messages)
        var place = messages.firstIndex { $0 == bookmark?.message } ?? 0
        var turn = try await turn(
            to: messages[place], place, opening, from: AudioLength.duration(bookmark?.position ?? 0))
        while true {
            var words: [Clip] = []
            switch turn {
            case .next(let told):
                words = told
                place += 1
            case .previous where place == 0: words = talk.words(.noPreviousMessages)
            case .previous: place -= 1
            case .first: place = 0
            case .gone:
                try await talk.forgetTypedKeys()
                words = talk.words(.messageGone)
                messages.remove(at: place)
            case .options:
                var options = OptionsMenu(talk, mailbox)
                words = try await options.run()
                (talk, mailbox) = try await talk.renewed(mailbox)
                turn = try await self.turn(to: messages[place], place, words, playing: false)
                continue
            case .folder(let folder): return .folder(folder)
            case .mainMenu: return .mainMenu([])
            }
            if !messages.indices.contains(place) {
                let arrivals = try await arrivals(in: folder, besides: known)
                known.formUnion(arrivals.messages)
                messages += arrivals.messages
                words = talk.sentences(words, arrivals.told)
            }
            if messages.indices.contains(place) {
                turn = try await self.turn(to: messages[place], place, words)
                continue
            }
            words = talk.sentences(words, talk.words(.noMoreMessages))
            guard talk.keys.hasOneMenu, let last = messages.last else { return .mainMenu(words) }
            // The menu of the last message leads everywhere: there is no need to leave it.
            place = messages.count - 1
            turn = try await self.turn(to: last, place, words, playing: false)
        }
    }

    private func turn(
        to id: RecordingID, _ place: Int, _ opening: [Clip], from start: Duration = .zero, playing: Bool = true
    ) async throws -> MessageTurn {
        guard let message = try await talk.store.message(id), message.mailbox == mailbox.id else { return .gone }
        var listening = ListenToMessage(talk, mailbox, message, position: place + 1, memory)
        return try await listening.run(opening, from: start, playing: playing)
    }

    /// New messages that were not there yet when the owner asked for them: "You have one new message."
    private func arrivals(
        in folder: Folder, besides known: Set<RecordingID>
    ) async throws -> (messages: [RecordingID], told: [Clip]) {
        guard folder == .new else { return ([], []) }
        let arrived = try await talk.store.messages(in: folder, of: mailbox.id).filter { !known.contains($0.id) }
        guard !arrived.isEmpty else { return ([], []) }
        let urgent = arrived.count { $0.urgent }
        return (arrived.map(\.id), talk.words(talk.phrases.counts(new: arrived.count, urgent: urgent, saved: 0)))
    }

    /// "Three messages in the work folder."; that there are none is said anyway.
    private func count(of folder: Folder) async throws -> [Clip] {
        let count = try await talk.store.messages(in: folder, of: mailbox.id).count
        return count == 0 ? [] : talk.words(talk.phrases.messages(count, in: folder.spokenName))
    }
}

extension Conversation {
    fileprivate func nothing(in folder: Folder) -> [Clip] {
        switch folder {
        case .new: words(.noNewMessages)
        case .saved: words(.noSavedMessages)
        case .deleted: words(.noDeletedMessages)
        case .work, .family, .friends, .folder5, .folder6, .folder7, .folder8, .folder9:
            words(phrases.messages(0, in: folder.spokenName))
        }
    }
}
