// One message: it plays, and the keys work while it plays and after it (C2). It becomes saved when it has been heard
// to its end, or when the owner saves it or goes on from it; a hang-up in the middle leaves it new.
import CallControl
import Foundation
import Logging
import Mailboxes
import Phrases

struct ListenToMessage {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let message: Message
    /// Counted from 1, as it is spoken.
    private let number: Int
    private var position: Duration = .zero
    /// The folder a deleted message goes back to; nil while it is not deleted.
    private var home: Folder?

    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message, position number: Int) {
        self.talk = talk
        self.mailbox = mailbox
        self.message = message
        self.number = number
        home = message.folder == .deleted ? .saved : nil
    }

    mutating func run(_ opening: [Clip]) async throws -> MessageTurn {
        var action = try await listen(after: talk.sentences(opening, introduction))
        while true {
            switch action {
            case .fromTheStart:
                position = .zero
                action = try await listen()
            case .back:
                position = max(.zero, position - talk.settings.step)
                action = try await listen()
            case .ahead:
                position = min(length, position + talk.settings.step)
                action = try await listen()
            case .pause:
                action = try await pause()
            case .envelope:
                action = try await listen(after: envelope)
            case .save:
                guard try await move(to: .saved) else { return .gone }
                return .next(talk.words(.messageSaved))
            case .delete:
                guard let told = try await deleteOrUndelete() else { return .gone }
                action = try await ask(after: told)
            case .next:
                try await markHeard()
                return .next([])
            case .previous:
                try await markHeard()
                return .previous
            default: action = try await ask(after: talk.words(.notOfferedHere))
            }
        }
    }

    /// Says `words` and plays on from the position, until a key that means something; after the end, asks for one.
    private mutating func listen(after words: [Clip] = []) async throws -> MessageAction {
        var patience = Patience(talk)
        var words = words
        let audio = StoredAudio(
            message.id, encoding: message.encoding, byteCount: message.byteCount, store: talk.store)
        while true {
            var key = try await talk.say(words.isEmpty ? [] : words + [Conversation.pause], interruptedBy: .all)
            if key == nil, position < length {
                let heard = try await talk.call.play([.recording(audio)], from: position, interruptedBy: .all)
                position = min(heard.position, length)
                key = heard.key
            }
            guard let key else { return try await audio.isDamaged ? explainDamage() : end() }
            if let action = talk.keys.message[key] { return action }
            words = try patience.words(after: key)
        }
    }

    private func explainDamage() async throws -> MessageAction {
        talk.log.error("damaged message", metadata: ["recording": "\(message.id.rawValue)"])
        return try await ask(after: talk.words(.messageUnplayable))
    }

    private mutating func end() async throws -> MessageAction {
        position = length
        try await markHeard()
        return try await ask(after: talk.words(.endOfMessage))
    }

    /// Stands still until any key; goes on by itself after a while.
    private mutating func pause() async throws -> MessageAction {
        guard position < length else {
            position = .zero
            return try await listen()
        }
        var patience = Patience(talk)
        var words = talk.words(.paused)
        while true {
            var key = try await talk.say(words, interruptedBy: .all)
            if key == nil { key = try await talk.call.key(within: talk.settings.longestPause) }
            guard let key else { return try await listen() }
            switch talk.keys.message[key] {
            case .pause: return try await listen()
            case let action?: return action
            case nil: words = try patience.words(after: key)
            }
        }
    }

    private func ask(after words: [Clip]) async throws -> MessageAction {
        try await talk.choose(talk.keys.message, opening: words, menu: menu)
    }

    /// Key 3: deletes, or takes the deletion back. Returns what to say; nil when the message is no longer there.
    private mutating func deleteOrUndelete() async throws -> [Clip]? {
        if let home {
            guard try await move(to: home) else { return nil }
            self.home = nil
            return talk.words(.messageUndeleted)
        }
        let folder = try await talk.store.message(message.id)?.folder
        guard try await move(to: .deleted) else { return nil }
        home = folder == .new ? .new : .saved
        return talk.words(.messageDeleted)
    }

    private var length: Duration { AudioLength.duration(message.byteCount) }

    private func move(to folder: Folder) async throws -> Bool {
        let moved = try await talk.store.move(message.id, of: mailbox.id, to: folder)
        talk.log.info(
            moved ? "message moved" : "message gone",
            metadata: ["recording": "\(message.id.rawValue)", "folder": "\(folder.rawValue)"])
        return moved
    }

    /// Only a new message becomes saved: another phone may have deleted it meanwhile.
    private func markHeard() async throws {
        guard try await talk.store.message(message.id)?.folder == .new else { return }
        _ = try await move(to: .saved)
    }
}

extension ListenToMessage {
    /// "First message, urgent."
    private var introduction: [Clip] {
        talk.sentences(
            talk.words(talk.phrases.message(number)), message.urgent ? talk.words(.urgentMessage) : [],
            message.folder == .deleted ? talk.words(.deletedMessage) : [])
    }

    /// When, from whom, how long (C3).
    private var envelope: [Clip] {
        talk.words(
            talk.phrases.envelope(
                received: Date(timeIntervalSince1970: message.receivedAt), caller: message.callerNumber,
                seconds: message.byteCount / 8_000, now: talk.now,
                timeZone: TimeZone(identifier: mailbox.timeZone) ?? .gmt))
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.message,
            [
                (.fromTheStart, .toHearMessageFromStart), (.save, .toSaveMessage),
                (.delete, home == nil ? .toDeleteMessage : .toUndeleteMessage), (.envelope, .toHearEnvelope),
                (.back, .toGoBack), (.pause, .toPause), (.ahead, .toGoAhead), (.previous, .forPreviousMessage),
                (.next, .forNextMessage),
            ])
    }
}
