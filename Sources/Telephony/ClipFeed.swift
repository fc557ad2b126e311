// Turns the clips of one `play` into audio in the codec of the call, a piece at a time: a prompt is one shared
// buffer, a stored recording is read, and made slower or louder, while it plays, so that a long message costs no more
// memory than a short one. It keeps account of what was given, so that a moment of what was heard is found again in
// the recordings.

import CallControl
import Media

struct ClipFeed {
    /// Bytes of a stored recording that are read at once: one second.
    static let portion = 8_000

    /// Audio of one clip that was given: how much of the clip, and how much there is to be heard of it.
    private struct Stretch {
        var recorded = 0
        var heard = 0
        var speed = 1.0
        /// Nothing more of its clip will come.
        var isWhole = false
    }

    private var clips: ArraySlice<Clip>
    private let prompts: PromptLibrary
    private let codec: Codec
    private let style: PlaybackStyle
    /// Bytes of the first clip in `clips` that are done with or left out.
    private var consumed: Int
    /// Of the first clip in `clips`, when it is a recording that is heard in another style.
    private var shaper: AudioShaper?
    /// Of the first clip in `clips`, when it is a recording in another codec.
    private var transcoder: Transcoder?
    /// One for each clip that was begun.
    private var stretches = [Stretch()]

    /// - Parameter offset: how much to leave out, from the start of the first clip.
    init(
        _ clips: [Clip], from offset: Duration, style: PlaybackStyle = .normal, prompts: PromptLibrary, codec: Codec
    ) {
        self.clips = clips[...]
        self.style = style
        self.prompts = prompts
        self.codec = codec
        consumed = max(0, offset.audioBytes)
    }

    /// The next piece of audio; nil at the end. Throws what reading a recording throws.
    mutating func next(isolation: isolated (any Actor)? = #isolation) async throws -> AudioBuffer? {
        while let clip = clips.first {
            if let piece = try await piece(of: clip, from: consumed) {
                consumed += piece.recorded
                if let audio = give(piece.audio, recorded: piece.recorded) { return audio }
            } else if let rest = shaper?.flush() {
                shaper = nil
                if let audio = give(AudioBuffer(rest), recorded: 0) { return audio }
            } else {
                transcoder = nil
                consumed = max(0, consumed - length(of: clip))
                clips.removeFirst()
                stretches[stretches.count - 1].isWhole = true
                stretches.append(Stretch())
            }
        }
        return nil
    }

    /// How much of the clips, from where it began, was heard with so many bytes of what was given.
    func recorded(hearing bytes: Int) -> Duration {
        var recorded = 0
        var bytes = bytes
        for stretch in stretches {
            guard bytes < stretch.heard || !stretch.isWhole else {
                recorded += stretch.recorded
                bytes -= stretch.heard
                continue
            }
            recorded += min(stretch.recorded, Int(Double(bytes) * stretch.speed))
            break
        }
        return Duration(audioBytes: recorded)
    }

    /// Enters a piece into the account; nil when there is nothing to be heard of it yet.
    private mutating func give(_ audio: AudioBuffer, recorded: Int) -> AudioBuffer? {
        let last = stretches.count - 1
        stretches[last].recorded += recorded
        stretches[last].heard += audio.bytes.count
        stretches[last].speed = shaper?.speed ?? stretches[last].speed
        return audio.bytes.isEmpty ? nil : audio
    }

    private func length(of clip: Clip) -> Int {
        switch clip {
        case .prompt(let name, let language): prompt(name, language).bytes.count
        case .recording(let recording): recording.byteCount
        case .silence(let duration): duration.audioBytes
        }
    }

    /// Audio of one clip from a position on, and how much of the clip it is; nil when the position is at its end or
    /// behind it.
    private mutating func piece(
        of clip: Clip, from position: Int, isolation: isolated (any Actor)? = #isolation
    ) async throws -> (audio: AudioBuffer, recorded: Int)? {
        let length = length(of: clip)
        guard position < length else { return nil }
        switch clip {
        case .prompt(let name, let language):
            let whole = prompt(name, language)
            return (position == 0 ? whole : AudioBuffer(Array(whole.bytes[position...])), length - position)
        case .silence:
            let count = min(Self.portion, length - position)
            return (AudioBuffer([UInt8](repeating: codec.silence, count: count)), count)
        case .recording(let recording):
            let bytes = try await recording.bytes(in: position..<min(length, position + Self.portion))
            // A recording that is shorter than it says ends here.
            guard !bytes.isEmpty, let stored = Codec(recording.encoding) else { return nil }
            return (AudioBuffer(shaped(bytes, from: stored)), bytes.count)
        }
    }

    /// In the usual style a recording is heard byte for byte as it is stored.
    private mutating func shaped(_ bytes: [UInt8], from stored: Codec) -> [UInt8] {
        guard style != .normal else {
            transcoder = transcoder ?? Transcoder(from: stored, to: codec)
            return transcoder?.transcode(bytes) ?? bytes
        }
        let shaper = self.shaper ?? AudioShaper(from: stored, to: codec, speed: style.speed, gain: style.gain)
        self.shaper = shaper
        return shaper.shape(bytes)
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
    /// This long in bytes of any codec.
    var audioBytes: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds) * Codec.bytesPerSecond + Int(attoseconds / 125_000_000_000_000)
    }

    init(audioBytes: Int) { self = .microseconds(audioBytes * 125) }
}
