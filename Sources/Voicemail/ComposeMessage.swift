// Recording something to be sent: a message, a reply, the comment before a forwarded one (C5, C6). Listen, send, again,
// urgent, add, cancel. It is a draft until it has been sent: whatever ends the call before leaves nothing behind.
import CallControl
import Logging
import Mailboxes
import Phrases

/// What the owner has said and wants to send.
struct Letter: Sendable {
    /// One after the other.
    var parts: [RecordingID]
    var isUrgent: Bool
}

struct ComposeMessage {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let question: PromptID
    private var isUrgent: Bool
    private var pieces: [Piece] = []

    /// What was recorded in one go.
    private struct Piece {
        var draft: Draft
        var length: Duration
    }

    /// `question` is what the owner is asked to say.
    init(_ talk: Conversation, _ mailbox: Mailbox, _ question: PromptID, urgent: Bool = false) {
        self.talk = talk
        self.mailbox = mailbox
        self.question = question
        isUrgent = urgent
    }

    /// Says `words`, asks, and hands what was recorded to `send` if the owner wants it sent. Returns what `send` says, or
    /// why it was not asked.
    mutating func run(
        after words: [Clip] = [], then send: (Letter) async throws -> [Clip]
    ) async throws -> [Clip] {
        do {
            let told = try await recordAndReview(words, send)
            await discard()
            return told
        } catch {
            await discard()
            throw error
        }
    }

    private mutating func recordAndReview(
        _ words: [Clip], _ send: (Letter) async throws -> [Clip]
    ) async throws -> [Clip] {
        var opening = try await record(after: words)
        while !pieces.isEmpty {
            switch try await review(opening) {
            case .listen: opening = talk.sentences(talk.words(.yourRecordingIs), recording)
            case .send: return try await send(Letter(parts: pieces.map(\.draft.recording.id), isUrgent: isUrgent))
            case .recordAgain:
                await discard()
                opening = try await record()
            case .urgent:
                isUrgent.toggle()
                opening = talk.words(isUrgent ? .messageMarkedUrgent : .messageNoLongerUrgent)
            case .add: opening = try await record()
            case .cancel: return talk.words(.nothingSent)
            }
        }
        return talk.sentences(opening, talk.words(.nothingSent))
    }

    /// "1 listen · 2 send · 3 record again · 4 urgent · 5 add to it · star cancel"; a map without a key to send is used
    /// to messages that go out at once.
    private func review(_ opening: [Clip]) async throws -> SendingAction {
        guard talk.keys.sending.key(for: .send) != nil else { return .send }
        return try await talk.choose(talk.keys.sending, opening: opening, menu: menu)
    }

    /// Adds a piece. Returns what is to be said about it: why it stopped, or why there is none.
    private mutating func record(after words: [Clip] = []) async throws -> [Clip] {
        var opening = words
        for _ in 0..<talk.settings.recordingAttempts {
            let longest = talk.settings.longestMessage - pieces.reduce(.zero) { $0 + $1.length }
            guard longest >= talk.settings.shortestGreeting else { return talk.words(.ownRecordingStoppedMaximum) }
            let room = try await talk.store.room(in: mailbox.id)
            guard room >= AudioLength.bytes(talk.settings.shortestGreeting) else {
                return talk.words(.yourMailboxIsFull)
            }
            let words = talk.sentences(opening, talk.words(question))
            _ = try await talk.say(words, interruptedBy: talk.keys.endOfRecording)
            let new = talk.newRecording(.draft, in: mailbox)
            let (draft, take) = try await Draft.recorded(new, talk.ownRecording(longest: longest), talk)
            guard isWorthSending(take) else {
                await draft.discard()
                if take.ending == .storeFailed { throw talk.farewell(.systemProblem, because: "the store failed") }
                guard take.callerIsThere else { throw CallEnded(take.endOfCall) }
                opening = talk.words(.nothingRecorded)
                continue
            }
            let length = await draft.trim(from: take.duration, to: take.worthwhile)
            pieces.append(Piece(draft: draft, length: length))
            return talk.whyOwnRecordingStopped(take.ending)
        }
        return opening
    }

    /// A hang-up is no way to say "send it".
    private func isWorthSending(_ take: Take) -> Bool {
        take.callerIsThere && take.ending != .storeFailed && talk.hasWords(take)
    }

    private mutating func discard() async {
        for piece in pieces { await piece.draft.discard() }
        pieces = []
    }

    private var recording: [Clip] { pieces.map { .recording($0.draft.audio($0.length)) } }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.sending,
            [
                (.listen, .toListen), (.send, .toSend), (.recordAgain, .toRecordAgain),
                (.urgent, isUrgent ? .toUnmarkUrgent : .toMarkUrgent), (.add, .toAddToRecording), (.cancel, .toCancel),
            ])
    }
}
