// A recording that is being made and not yet delivered: opened before the beep, so that nothing stands between the
// beep and the first word. Whoever opens one keeps it or discards it, on every way out.
import CallControl
import Logging
import Mailboxes
import Phrases

struct Draft {
    let recording: any OpenRecording
    private let talk: Conversation

    static func open(_ purpose: NewRecording.Purpose, in mailbox: Mailbox, _ talk: Conversation) async throws -> Draft {
        let new = NewRecording(mailbox: mailbox.id, purpose: purpose, encoding: StoredEncoding(talk.call.encoding))
        return Draft(recording: try await talk.store.openRecording(new), talk: talk)
    }

    /// The beep, then what is said after it.
    func record(longest: Duration) async throws -> Take {
        _ = try await talk.say(talk.words(.beep))
        talk.log.info("recording", metadata: ["recording": "\(recording.id.rawValue)"])
        let limits = RecordingLimits(
            endKeys: talk.keys.recording.meaningful, maximum: longest, silence: talk.settings.silenceEndsRecording)
        return await talk.call.record(limits, into: RecordingIntoStore(recording: recording))
    }

    func audio(_ take: Take) -> StoredAudio {
        StoredAudio(
            recording.id, encoding: StoredEncoding(talk.call.encoding), byteCount: AudioLength.bytes(take.duration),
            store: talk.store)
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

extension Take {
    /// Why a call is over whose recording ended in one of the ways that leave nobody there.
    var endOfCall: CallEnded.Reason {
        switch ending {
        case .mediaTimeout: .mediaTimeout
        case .shutdown: .shutdown
        case .hangUp, .key, .silence, .maximum, .full, .storeFailed, .busyTone, .faxTone, .loop: .hangUp
        }
    }
}
