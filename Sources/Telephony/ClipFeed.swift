// Turns the clips of one `play` into audio in the codec of the call, a piece at a time: a prompt is one shared
// buffer, a stored recording is read while it plays, so that a long message costs no more memory than a
// short one.

import CallControl
import Media

struct ClipFeed {
    /// Bytes of a stored recording that are read at once: three seconds.
    static let portion = 24_000

    private var clips: ArraySlice<Clip>
    private let prompts: PromptLibrary
    private let codec: Codec
    /// Bytes of the first clip in `clips` that are done with or left out.
    private var consumed: Int

    /// - Parameter offset: how much to leave out, from the start of the first clip.
    init(_ clips: [Clip], from offset: Duration, prompts: PromptLibrary, codec: Codec) {
        self.clips = clips[...]
        self.prompts = prompts
        self.codec = codec
        consumed = max(0, offset.audioBytes)
    }

    /// The next piece of audio; nil at the end. Throws what reading a recording throws.
    mutating func next() async throws -> AudioBuffer? {
        while let clip = clips.first {
            let piece = try await piece(of: clip, from: consumed)
            if let piece {
                consumed += piece.bytes.count
                return piece
            }
            consumed = max(0, consumed - length(of: clip))
            clips.removeFirst()
        }
        return nil
    }

    private func length(of clip: Clip) -> Int {
        switch clip {
        case .prompt(let name, let language): prompt(name, language).bytes.count
        case .recording(let recording): recording.byteCount
        case .silence(let duration): duration.audioBytes
        }
    }

    /// Audio of one clip from a position on; nil when the position is at its end or behind it.
    private func piece(of clip: Clip, from position: Int) async throws -> AudioBuffer? {
        let length = length(of: clip)
        guard position < length else { return nil }
        switch clip {
        case .prompt(let name, let language):
            let whole = prompt(name, language)
            return position == 0 ? whole : AudioBuffer(Array(whole.bytes[position...]))
        case .silence:
            return AudioBuffer([UInt8](repeating: codec.silence, count: min(Self.portion, length - position)))
        case .recording(let recording):
            let bytes = try await recording.bytes(in: position..<min(length, position + Self.portion))
            // A recording that is shorter than it says ends here.
            guard !bytes.isEmpty, let stored = Codec(recording.encoding) else { return nil }
            return AudioBuffer(Codec.transcode(bytes, from: stored, to: codec))
        }
    }

    /// A prompt that is missing in its language is heard in English, and as a short pause when it is missing there too.
    private func prompt(_ name: String, _ language: String) -> AudioBuffer {
        prompts.audio(name, language: language, codec: codec)
            ?? prompts.audio(name, language: "en", codec: codec)
            ?? AudioBuffer([UInt8](repeating: codec.silence, count: 1_600))
    }
}

extension Codec {
    init?(_ encoding: AudioEncoding) { self.init(rawValue: encoding.rawValue) }
}

extension Duration {
    /// This long in bytes of 8 kHz G.711.
    var audioBytes: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds) * Codec.bytesPerSecond + Int(attoseconds / 125_000_000_000_000)
    }

    init(audioBytes: Int) { self = .microseconds(audioBytes * 125) }
}
