// Going through the messages of a folder, one after the other, as they were when the owner asked for them (C2, C4).
// A message that has vanished meanwhile is told and left out; it never takes another one with it.
import CallControl
import Logging
import Mailboxes
import Phrases

struct MessageList {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let folder: Folder

    init(_ talk: Conversation, _ mailbox: Mailbox, _ folder: Folder) {
        self.talk = talk
        self.mailbox = mailbox
        self.folder = folder
    }

    /// Returns what is to be said on the way back to the main menu.
    func run() async throws -> [Clip] {
        var messages = try await talk.store.messages(in: folder, of: mailbox.id).map(\.id)
        guard !messages.isEmpty else { return talk.words(nothingHere) }
        var place = 0
        var opening: [Clip] = []
        while messages.indices.contains(place) {
            switch try await turn(to: messages[place], place, opening) {
            case .next(let words):
                opening = words
                place += 1
            case .previous where place == 0:
                opening = talk.words(.noPreviousMessages)
            case .previous:
                opening = []
                place -= 1
            case .gone:
                opening = talk.words(.messageGone)
                messages.remove(at: place)
            }
        }
        return talk.sentences(opening, talk.words(.noMoreMessages))
    }

    private func turn(to id: RecordingID, _ place: Int, _ opening: [Clip]) async throws -> MessageTurn {
        guard let message = try await talk.store.message(id), message.mailbox == mailbox.id else { return .gone }
        var listening = ListenToMessage(talk, mailbox, message, position: place + 1)
        return try await listening.run(opening)
    }

    private var nothingHere: PromptID {
        switch folder {
        case .new: .noNewMessages
        case .saved: .noSavedMessages
        case .deleted: .noDeletedMessages
        case .work, .family, .friends, .folder5, .folder6, .folder7, .folder8, .folder9: .noMessages
        }
    }
}

/// Where the owner goes from a message.
enum MessageTurn {
    /// With what is to be said before the next one.
    case next([Clip])
    case previous
    /// It is no longer there.
    case gone
}
