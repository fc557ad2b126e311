// "Your last call was interrupted. To go on where you were, press one." (C12): offered once, for an hour, while the
// message is still where it was.
import CallControl
import Foundation
import Mailboxes
import Phrases

struct ResumeLastCall {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let memory: ListeningMemory

    init(_ talk: Conversation, _ mailbox: Mailbox, _ memory: ListeningMemory) {
        self.talk = talk
        self.mailbox = mailbox
        self.memory = memory
    }

    enum Answer {
        case notOffered
        /// With what is to be said on the way back to the main menu.
        case resumed([Clip])
        /// By a key that is meant for the main menu, or by silence.
        case declined(Key?)
    }

    func run() async throws -> Answer {
        guard let bookmark = try await talk.store.bookmark(of: mailbox.id) else { return .notOffered }
        guard try await isStillGood(bookmark) else {
            try await talk.store.setBookmark(nil, of: mailbox.id)
            return .notOffered
        }
        let menu = talk.menu(talk.keys.resume, [(.goOn, .toGoOnWhereYouWere)])
        let key = try await talk.key(after: talk.sentences(talk.words(.callWasInterrupted), menu))
        try await talk.store.setBookmark(nil, of: mailbox.id)
        guard key.flatMap({ talk.keys.resume[$0] }) == .goOn else { return .declined(key) }
        var list = MessageList(talk, mailbox, bookmark.folder, memory)
        return .resumed(try await list.run(from: bookmark))
    }

    private func isStillGood(_ bookmark: Bookmark) async throws -> Bool {
        let age = Duration.seconds(talk.now.timeIntervalSince1970 - bookmark.at)
        guard age >= .zero, age <= talk.settings.longestInterruption else { return false }
        guard let message = try await talk.store.message(bookmark.message) else { return false }
        return message.mailbox == mailbox.id && message.folder == bookmark.folder
    }
}
