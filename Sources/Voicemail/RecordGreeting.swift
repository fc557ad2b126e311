// Recording a greeting or a name: record, listen, accept, again. Nothing changes for callers until it is accepted;
// a draft that is cancelled, replaced or left by a hang-up is taken back (C8).
import CallControl
import Logging
import Mailboxes
import Phrases

struct RecordGreeting {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let kind: GreetingKind

    init(_ talk: Conversation, _ mailbox: Mailbox, _ kind: GreetingKind) {
        self.talk = talk
        self.mailbox = mailbox
        self.kind = kind
    }

    /// Says `words` and asks. Returns what is to be said on the way back to the menu.
    func run(after words: [Clip] = []) async throws -> [Clip] {
        var opening = words
        var failures = 0
        while failures < talk.settings.recordingAttempts {
            guard try await talk.store.room(in: mailbox.id) >= AudioLength.bytes(talk.settings.shortestGreeting) else {
                return talk.words(.yourMailboxIsFull)
            }
            let draft = try await Draft.open(talk.newRecording(.greeting(kind), in: mailbox), talk)
            do {
                switch try await attempt(draft, opening) {
                case .accepted:
                    try await beforeKeeping()
                    try await draft.recording.keep(urgent: false)
                    talk.log.info("greeting recorded", metadata: ["kind": "\(kind.rawValue)"])
                    return talk.words(kind == .name ? .nameSaved : .greetingSaved)
                case .cancelled:
                    await draft.discard()
                    return talk.words(.recordingDiscarded)
                case .again:
                    await draft.discard()
                    opening = []
                case .tooShort:
                    await draft.discard()
                    failures += 1
                    opening = talk.words(.nothingRecorded)
                }
            } catch {
                await draft.discard()
                throw error
            }
        }
        return opening
    }

    /// A new temporary greeting is not bound by the end of the one before: callers hear it.
    private func beforeKeeping() async throws {
        guard kind == .temporary else { return }
        _ = try await talk.store.changeSettings(of: mailbox.id) { $0.temporaryGreetingEnds = nil }
    }

    private enum Outcome { case accepted, cancelled, again, tooShort }

    private func attempt(_ draft: Draft, _ opening: [Clip]) async throws -> Outcome {
        let question = talk.words(kind == .name ? .recordNameAfterTone : .recordGreetingAfterTone)
        _ = try await talk.say(talk.sentences(opening, question), interruptedBy: talk.keys.endOfRecording)
        let longest = kind == .name ? talk.settings.longestName : talk.settings.longestGreeting
        let take = try await draft.record(talk.ownRecording(longest: longest))
        if take.ending == .storeFailed { throw talk.farewell(.systemProblem, because: "the store failed") }
        guard take.callerIsThere else { throw CallEnded(take.endOfCall) }
        guard talk.hasWords(take) else { return .tooShort }
        let length = await draft.trim(from: take.duration, to: take.worthwhile)
        return try await review(draft, length, take.ending)
    }

    /// Why it stopped, unless the owner stopped it; then: "1 listen · 2 accept · 3 record again · star cancel."
    private func review(_ draft: Draft, _ length: Duration, _ ending: Take.Ending) async throws -> Outcome {
        var opening = talk.whyOwnRecordingStopped(ending)
        while true {
            switch try await talk.choose(talk.keys.review, opening: opening, menu: menu) {
            case .listen: opening = talk.sentences(talk.words(.yourRecordingIs), [.recording(draft.audio(length))])
            case .accept: return .accepted
            case .recordAgain: return .again
            case .cancel: return .cancelled
            }
        }
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.review,
            [
                (.listen, .toListen), (.accept, .toAccept), (.recordAgain, .toRecordAgain), (.cancel, .toCancel),
            ])
    }
}
