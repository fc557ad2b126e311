// What a media session is asked to do and what it reports. Every value is plain; times are durations and
// audio positions are bytes (8,000 a second).

/// Names one `play`, so that its events are told from those of an earlier one.
public struct PlaybackID: Sendable, Hashable {
    public var rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What offer and answer agreed (RFC 3264), as media needs it.
public struct StreamParameters: Sendable, Hashable {
    public var codec: Codec
    /// RTP payload type of `codec`.
    public var payloadType: UInt8
    /// RTP payload type of telephone-event with an 8 kHz clock (RFC 4733); nil when it was not agreed.
    public var telephoneEvent: UInt8?
    /// Numeric address of the peer. Anything else, and 0.0.0.0 or ::, mean that it is unknown until it is heard.
    public var remoteAddress: String
    public var remotePort: UInt16
    public var remoteControlPort: UInt16
    /// Whether the agreed direction lets us send; while false, playback stands still, or where the peer is to be heard
    /// all the same, goes on unheard.
    public var sends: Bool
    /// Whether the peer is to be heard; while false, recordings and the RTP time-out stand still.
    public var receives: Bool
    /// Whether keys are looked for in the audio. Only heeded when `telephoneEvent` is nil.
    public var detectsInbandDigits: Bool
    /// The keys of a stream that is encrypted (SRTP); of it nothing is heard that is not.
    public var protection: StreamProtection?

    public init(
        codec: Codec, payloadType: UInt8, telephoneEvent: UInt8?, remoteAddress: String, remotePort: UInt16,
        remoteControlPort: UInt16, sends: Bool = true, receives: Bool = true, detectsInbandDigits: Bool = false,
        protection: StreamProtection? = nil
    ) {
        self.codec = codec
        self.payloadType = payloadType
        self.telephoneEvent = telephoneEvent
        self.remoteAddress = remoteAddress
        self.remotePort = remotePort
        self.remoteControlPort = remoteControlPort
        self.sends = sends
        self.receives = receives
        self.detectsInbandDigits = detectsInbandDigits
        self.protection = protection
    }
}

/// What to record and when to stop.
public struct RecordingRequest: Sendable, Hashable {
    /// Size of the first chunk, 1 to 8,000 bytes, so that later ones end where the store likes it.
    public var firstChunkBytes: Int
    /// The recording never holds more than this many bytes.
    public var maximumBytes: Int
    /// Ends after this much silence in one piece; silence is also when nothing arrives.
    public var silence: Duration
    /// Keys that end it. The audio from the start of the key on is not in the recording.
    public var stoppedBy: Set<Character>
    /// Whether busy, dial and fax tone and a looping announcement end it.
    public var endsOnTones: Bool

    public init(
        firstChunkBytes: Int = 8_000, maximumBytes: Int, silence: Duration, stoppedBy: Set<Character> = [],
        endsOnTones: Bool = false
    ) {
        self.firstChunkBytes = firstChunkBytes
        self.maximumBytes = maximumBytes
        self.silence = silence
        self.stoppedBy = stoppedBy
        self.endsOnTones = endsOnTones
    }
}

/// A recording that has ended; its audio was handed over in chunks before.
public struct RecordingSummary: Sendable, Hashable {
    public enum Ending: Sendable, Hashable {
        case key(Character)
        case silence
        case maximum
        /// Busy, congestion or dial tone; a fax machine; an announcement that was heard three times.
        case busyTone, faxTone, loop
        /// `stopRecording()`, `close()`, or a new `record`.
        case stopped
        /// Nobody took the chunks.
        case overrun
    }
    public var ending: Ending
    /// Length of the recording.
    public var bytes: Int
    /// How much of it was louder than −42 dBm0, not counting the tones or the announcement that ended it.
    public var voicedBytes: Int
    /// How much of it is worth keeping, from its start: nothing when nothing was voiced; up to where the tones or the
    /// announcement began that ended it; and of a pause of 1 s or more at the end, 400 ms.
    public var worthwhileBytes: Int

    /// - Parameter worthwhileBytes: all of it when nil.
    public init(ending: Ending, bytes: Int, voicedBytes: Int, worthwhileBytes: Int? = nil) {
        self.ending = ending
        self.bytes = bytes
        self.voicedBytes = voicedBytes
        self.worthwhileBytes = worthwhileBytes ?? bytes
    }
}

/// What happens in a media session. Events come in the order in which things happened.
public enum MediaEvent: Sendable, Hashable {
    /// A key was pressed: 0-9, *, #, A-D; however it was heard, once. A key that stopped a playback or a
    /// recording is told by `playbackEnded` or `recordingEnded` instead, not here.
    case digit(Character)
    /// Less than 2 s are left of a playback whose end has not been appended. Once for every `play` and `append`.
    case playbackRunningLow(PlaybackID)
    /// Exactly once for every `play`. `bytesPlayed` counts from the `byteOffset` it was started with. `key` is the
    /// one that stopped it; nil when it came to its end, was stopped or replaced.
    case playbackEnded(PlaybackID, bytesPlayed: Int, key: Character?)
    /// The next piece of the recording: 8,000 bytes, except the first and the last.
    case recorded([UInt8])
    /// Exactly once for every `record`, after all its chunks.
    case recordingEnded(RecordingSummary)
    /// Nothing was heard for `MediaConfiguration.rtpTimeout`, or for 10 min where nothing was to be heard. Once for each
    /// such silence.
    case rtpTimeout
}
