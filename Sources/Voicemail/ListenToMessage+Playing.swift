// How a message is played: from a place, in the way that the owner chose, until a key that means something; then, and
// after the end, what to do with it is asked.
import CallControl
import Foundation
import Logging
import Mailboxes
import Phrases

extension ListenToMessage {
    /// Says `words` and plays on from the position, until a key that means something; after the end, asks for one.
    mutating func listen(after words: [Clip] = []) async throws -> MessageAction {
        var patience = Patience(talk)
        var words = words
        let audio = StoredAudio(message, store: talk.store)
        while true {
            isPlaying = true
            var key = try await talk.say(words.isEmpty ? [] : words + [Conversation.pause], interruptedBy: .all)
            var keys = talk.keys.introducing
            if key == nil, position < length {
                key = try await play(audio)
                keys = talk.keys.playing
            }
            guard let key else { return try await audio.isDamaged ? explainDamage() : end() }
            switch keys[key] {
            case .skipIntroduction: words = []
            case let action?: return action
            case nil: words = try patience.words(after: key)
            }
        }
    }

    /// Plays from the position on and keeps it, also when the call is lost.
    private mutating func play(_ audio: StoredAudio) async throws -> Key? {
        do {
            let heard = try await talk.call.play(
                [.recording(audio)], from: position, style: memory.style, interruptedBy: .all)
            position = min(heard.position, length)
            return heard.key
        } catch {
            position = max(position, audio.placeToResume)
            throw error
        }
    }

    private mutating func explainDamage() async throws -> MessageAction {
        talk.log.error("damaged message", metadata: ["recording": "\(message.id.rawValue)"])
        return try await ask(after: talk.words(.messageUnplayable))
    }

    private mutating func end() async throws -> MessageAction {
        position = length
        try await markHeard()
        return try await ask(after: talk.words(.endOfMessage))
    }

    /// Stands still until any key; goes on by itself after a while.
    mutating func pause() async throws -> MessageAction {
        var patience = Patience(talk)
        var words = talk.words(.paused)
        while true {
            var key = try await talk.say(words, interruptedBy: .all)
            if key == nil { key = try await talk.call.key(within: talk.settings.longestPause) }
            guard let key else { return try await listen() }
            switch talk.keys.playing[key] {
            case .pause, .skipIntroduction: return try await listen()
            case let action?: return action
            case nil: words = try patience.words(after: key)
            }
        }
    }

    /// Plays on from where it was; from the start when it has been heard to its end.
    mutating func goOn() async throws -> MessageAction {
        if position >= length, !isPlaying { position = .zero }
        return try await listen()
    }

    mutating func ask(after words: [Clip] = []) async throws -> MessageAction {
        isPlaying = false
        return try await talk.choose(talk.keys.message, opening: words, menu: menu)
    }

    /// Where a call that was cut off in the middle can go on. It has ended: what fails now is for the log.
    func leaveBookmark(_ ended: CallEnded) async {
        guard ended.reason != .transferred, position > .zero, position < length else { return }
        do {
            guard let folder = try await talk.store.message(message.id)?.folder,
                folder != .deleted || message.folder == .deleted
            else { return }
            let bookmark = Bookmark(
                message: message.id, folder: folder, position: AudioLength.bytes(position),
                at: talk.now.timeIntervalSince1970)
            try await talk.store.setBookmark(bookmark, of: mailbox.id)
            talk.log.info("interrupted", metadata: ["recording": "\(message.id.rawValue)", "at": "\(position)"])
        } catch {
            talk.log.error("no place to go on from was kept", metadata: ["error": "\(error)"])
        }
    }
}
