// Where a call meets the store: stored audio as something to play, an open recording as somewhere to record into,
// and the one place where their codec names are matched.
import CallControl
import Mailboxes
import Synchronization

extension AudioEncoding {
    /// Both types are named by the RTP encoding name.
    init(_ stored: StoredEncoding) {
        switch stored {
        case .pcmu: self = .pcmu
        case .pcma: self = .pcma
        case .g722: self = .g722
        }
    }
}

extension StoredEncoding {
    init(_ encoding: AudioEncoding) {
        switch encoding {
        case .pcmu: self = .pcmu
        case .pcma: self = .pcma
        case .g722: self = .g722
        }
    }
}

extension Conversation {
    /// In the encoding of the call.
    func newRecording(_ purpose: NewRecording.Purpose, in mailbox: Mailbox) -> NewRecording {
        NewRecording(mailbox: mailbox.id, purpose: purpose, encoding: StoredEncoding(call.encoding))
    }
}

/// 8,000 bytes a second, in every codec.
enum AudioLength {
    static func bytes(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(seconds) * 8_000 + Int(attoseconds / 125_000_000_000_000)
    }

    static func duration(_ bytes: Int) -> Duration { .microseconds(bytes * 125) }
}

/// A recording in the store, read piece by piece while it plays. Playing ends where reading fails; the flow asks
/// `isDamaged` afterwards, since a damaged recording must be explained but must not end the call.
final class StoredAudio: RecordedAudio {
    let encoding: AudioEncoding
    let byteCount: Int
    private let recording: RecordingID
    private let store: any Store
    private let failed = Mutex(false)
    private let lastRead = Mutex(0)

    init(_ recording: RecordingID, encoding: StoredEncoding, byteCount: Int, store: any Store) {
        self.recording = recording
        self.encoding = AudioEncoding(encoding)
        self.byteCount = byteCount
        self.store = store
    }

    convenience init(_ greeting: Greeting, store: any Store) {
        self.init(greeting.id, encoding: greeting.encoding, byteCount: greeting.byteCount, store: store)
    }

    convenience init(_ message: Message, store: any Store) {
        self.init(message.id, encoding: message.encoding, byteCount: message.byteCount, store: store)
    }

    /// Whether a part of it could not be read.
    var isDamaged: Bool { failed.withLock { $0 } }

    /// Where to go on after the call was lost while it played: a little before what was read last, since that is read
    /// ahead and since a word or two before it help to find back in.
    var placeToResume: Duration {
        AudioLength.duration(max(0, lastRead.withLock { $0 } - AudioLength.bytes(.seconds(2))))
    }

    func bytes(in range: Range<Int>) async throws -> [UInt8] {
        lastRead.withLock { $0 = range.lowerBound }
        do {
            let audio = try await store.audio(of: recording, in: range)
            // A part that is missing, as when a deleted message has given way to a new one.
            if audio.count < min(range.upperBound, byteCount) - range.lowerBound { failed.withLock { $0 = true } }
            return audio
        } catch {
            failed.withLock { $0 = true }
            throw error
        }
    }
}

/// An open recording as the end of a call's recording path.
struct RecordingIntoStore: RecordingSink {
    let recording: any OpenRecording

    func append(_ audio: [UInt8]) async throws -> Int { try await recording.append(audio) }
}
