// A recording that is being made and not yet delivered: opened before the beep, so that nothing stands between the
// beep and the first word. Whoever opens one keeps it or discards it, on every way out.
import CallControl
import Logging
import Mailboxes
import Phrases

struct Draft {
    let recording: any OpenRecording
    private let talk: Conversation

    /// `new` is in the call's encoding.
    static func open(_ new: NewRecording, _ talk: Conversation) async throws -> Draft {
        Draft(recording: try await talk.store.openRecording(new), talk: talk)
    }

    /// Opened, and recorded into after the beep; taken back when the call does not come to the recording.
    static func recorded(
        _ new: NewRecording, _ limits: RecordingLimits, _ talk: Conversation
    ) async throws -> (draft: Draft, take: Take) {
        let draft = try await open(new, talk)
        do { return (draft, try await draft.record(limits)) } catch {
            await draft.discard()
            throw error
        }
    }

    /// The beep, then what is said after it; behind what is there already.
    func record(_ limits: RecordingLimits) async throws -> Take {
        _ = try await talk.say(talk.words(.beep))
        talk.log.info("recording", metadata: ["recording": "\(recording.id.rawValue)"])
        return await talk.call.record(limits, into: RecordingIntoStore(recording: recording))
    }

    /// What there is up to `length`.
    func audio(_ length: Duration) -> StoredAudio {
        StoredAudio(
            recording.id, encoding: StoredEncoding(talk.call.encoding), byteCount: AudioLength.bytes(length),
            store: talk.store)
    }

    /// Cuts it down from one length to another and returns the length that it has now: where that fails, it is still
    /// worth keeping as it is.
    func trim(from whole: Duration, to length: Duration) async -> Duration {
        guard length < whole else { return whole }
        do {
            try await recording.trim(to: AudioLength.bytes(length))
            return length
        } catch {
            talk.log.error(
                "a recording could not be trimmed",
                metadata: ["recording": "\(recording.id.rawValue)", "error": "\(error)"])
            return whole
        }
    }

    /// Takes it back. A store that fails here finishes the job at its next start; the call goes on.
    func discard() async {
        do { try await recording.discard() } catch {
            talk.log.error(
                "a draft could not be discarded",
                metadata: ["recording": "\(recording.id.rawValue)", "error": "\(error)"])
        }
    }
}

/// What an owner records: a greeting, a name, a message or a comment to be sent.
extension Conversation {
    func ownRecording(longest: Duration) -> RecordingLimits {
        RecordingLimits(endKeys: keys.endOfRecording, maximum: longest, silence: settings.silenceEndsRecording)
    }

    /// Whether anything was said.
    func hasWords(_ take: Take) -> Bool {
        take.duration >= settings.shortestGreeting && take.voiced >= settings.leastVoice
    }

    /// Why it stopped, unless its owner stopped it.
    func whyOwnRecordingStopped(_ ending: Take.Ending) -> [Clip] {
        switch ending {
        case .full: words(.ownRecordingStoppedMailboxFull)
        case .maximum: words(.ownRecordingStoppedMaximum)
        default: []
        }
    }
}

extension KeyMap {
    /// The key that ends any recording.
    var endOfRecording: Set<Key> { Set([recording.key(for: .done)].compactMap { $0 }) }
}

extension Take {
    var leavesNobody: Bool { ending.leavesNobody }
    var endOfCall: CallEnded.Reason { ending.endOfCall }
}

extension Take.Ending {
    /// Whether there is nobody to be spoken to any more: gone, or a line that says so by its tones (B7).
    var leavesNobody: Bool {
        switch self {
        case .hangUp, .mediaTimeout, .shutdown, .busyTone, .faxTone, .loop: true
        case .key, .silence, .maximum, .full, .storeFailed: false
        }
    }

    /// Why a call is over whose recording ended in one of the ways that leave nobody there.
    var endOfCall: CallEnded.Reason {
        switch self {
        case .mediaTimeout: .mediaTimeout
        case .shutdown: .shutdown
        case .hangUp, .key, .silence, .maximum, .full, .storeFailed, .busyTone, .faxTone, .loop: .hangUp
        }
    }
}
