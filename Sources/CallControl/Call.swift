// A telephone call as the author of a flow sees it. Only an answered call has media: `answer()` is the
// one way to get it. When the caller is gone, every operation throws `CallEnded`, except `record`, which
// returns what it has. The Task of a flow is not cancelled by a hang-up, so saving needs no shield.

public import BoxedValues

/// What the signalling said before the call was answered.
@dynamicMemberLookup
public struct Invitation: Sendable, Hashable {
    /// Behind one reference, as frames hold it for as long as a call lasts. Each is read and written as if it were
    /// the invitation's own.
    @Boxed public var fields: Fields

    @inlinable
    public subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
        get { fields[keyPath: field] }
        set { fields[keyPath: field] = newValue }
    }

    public struct Fields: Sendable, Hashable {
        /// The SIP Call-ID: the key that finds this call in every log line.
        public var callID: String
        /// The number dialled: the user part of the Request-URI.
        public var dialled: String
        /// The organisation: its SIP domain.
        public var domain: String
        /// Whom the call is from, for the envelope; never used to let anyone in.
        public var callerNumber: String?
        public var callerName: String?
        /// The extension of `domain` that calls: proved by digest or a live binding, or vouched for by a trusted peer.
        public var account: String?
        /// Whether it has proved itself to us. A peer's word opens nothing without a PIN (D4).
        public var isAccountProven: Bool
        /// What wrong PINs are counted against besides the mailbox: an account, or a trunk's address and caller.
        public var source: String
        /// Where a phone calls from, numeric; nil for a call of a trunk, whose address many callers have.
        public var address: String?
        /// Who sent the call on to us, as a trusted peer tells it (A6); nil for a call that was dialled.
        public var diversion: Diversion?
        /// The language that this call asks for (C13), before the mailbox's own: a folder of `prompts/`.
        public var language: String?
    }

    public init(
        callID: String, dialled: String, domain: String, callerNumber: String? = nil, callerName: String? = nil,
        account: String? = nil, isAccountProven: Bool = false, source: String, address: String? = nil,
        diversion: Diversion? = nil,
        language: String? = nil
    ) {
        fields = Fields(
            callID: callID, dialled: dialled, domain: domain, callerNumber: callerNumber, callerName: callerName,
            account: account, isAccountProven: isAccountProven, source: source, address: address,
            diversion: diversion, language: language)
    }
}

/// The party that diverted a call, and why (RFC 4458, RFC 5806, RFC 7044).
public struct Diversion: Sendable, Hashable {
    public enum Reason: Sendable, Hashable { case noAnswer, busy, unconditional, outOfHours, unavailable, unknown }
    /// The extension whose mailbox the call is for.
    public var number: String
    public var reason: Reason
    /// Its number is not to be told to the caller (RFC 5806, RFC 7044 §10.1).
    public var isPrivate: Bool
    public init(number: String, reason: Reason, isPrivate: Bool = false) {
        self.number = number
        self.reason = reason
        self.isPrivate = isPrivate
    }
}

/// Why a call is not taken, as the SIP status that says so (RFC 3261 §21).
public enum Rejection: Int, Sendable {
    case forbidden = 403
    case notFound = 404
    case unavailable = 480
    case notAcceptable = 488
    case serverError = 500
    case draining = 503
}

/// The call is over; nothing can be played or heard any more.
public struct CallEnded: Error, Sendable, Hashable {
    public enum Reason: Sendable, Hashable { case hangUp, cancelled, mediaTimeout, shutdown, failure, transferred }
    public var reason: Reason
    public init(_ reason: Reason) { self.reason = reason }
}

public protocol IncomingCall: Sendable {
    var invitation: Invitation { get }
    /// With `early`, what is played is heard before the call is answered (183, B8) until `accept()`.
    func answer(early: Bool) async throws(CallEnded) -> any AnsweredCall
    func reject(_ rejection: Rejection) async
}

extension IncomingCall {
    public func answer() async throws(CallEnded) -> any AnsweredCall { try await answer(early: false) }
}

/// How stored recordings sound; prompts always sound as they are (C2).
public struct PlaybackStyle: Sendable, Hashable {
    public static let normal = PlaybackStyle()
    /// 0.5 to 2; the pitch stays.
    public var speed: Double
    /// Decibels, -18 to 18; what would be louder than full scale is limited.
    public var gain: Double
    public init(speed: Double = 1, gain: Double = 0) {
        self.speed = speed
        self.gain = gain
    }
}

/// How a caller is passed on (B1, C7): by REFER (RFC 3515), or by a second call leg that is joined to this one.
public enum TransferManner: String, Sendable, Hashable, CaseIterable { case refer, bridge }

/// Why a caller could not be passed on; the call goes on here.
public enum TransferFailure: Sendable, Hashable {
    case busy, noAnswer, refused
    /// Nothing is known of how to reach the number.
    case noRoute
}

/// What came of playing.
public struct PlayOutcome: Sendable, Hashable {
    /// The key that interrupted; nil when the clips were heard to their end.
    public var key: Key?
    /// How far into the clips it got, from the start of the first one.
    public var position: Duration
    public init(key: Key? = nil, position: Duration = .zero) {
        self.key = key
        self.position = position
    }
}

public protocol AnsweredCall: Sendable {
    var invitation: Invitation { get }
    /// What a recording of this call is made of.
    var encoding: AudioEncoding { get }

    /// Plays the clips one after the other, starting `offset` into them, until their end or until one of `keys`.
    /// A key typed ahead counts at once; other keys are dropped. With no keys at all, what is typed waits for whoever
    /// asks next. Offset and position are those of the recording, whatever its speed.
    func play(_ clips: [Clip], from offset: Duration, style: PlaybackStyle, interruptedBy keys: Set<Key>)
        async throws(CallEnded) -> PlayOutcome

    /// Answers a call that was greeted early (B8); does nothing when it is answered already.
    func accept() async throws(CallEnded)

    /// Passes the caller on to `number` of the call's organisation. Throws `CallEnded(.transferred)` when that has
    /// worked and the call is over; returns when it has not.
    func transfer(to number: String, by manner: TransferManner) async throws(CallEnded) -> TransferFailure

    /// The next key, typed ahead or pressed within `timeout`; nil when there was none.
    func key(within timeout: Duration) async throws(CallEnded) -> Key?

    /// Records what is heard from now on, and forgets keys that were typed before. Never throws: a hang-up is one of
    /// the ways to end.
    func record(_ limits: RecordingLimits, into sink: any RecordingSink) async -> Take

    /// Ends the call from our side, after what was said has been heard.
    func hangUp() async
}

extension AnsweredCall {
    public func play(
        _ clips: [Clip], from offset: Duration, interruptedBy keys: Set<Key>
    ) async throws(CallEnded) -> PlayOutcome {
        try await play(clips, from: offset, style: .normal, interruptedBy: keys)
    }
}

public struct RecordingLimits: Sendable, Hashable {
    public var endKeys: Set<Key>
    public var maximum: Duration
    /// Ends after this much silence in one piece.
    public var silence: Duration
    /// Whether busy tone, fax tone and a looping announcement end it (B7).
    public var endsOnTones: Bool
    public init(endKeys: Set<Key> = [.pound], maximum: Duration, silence: Duration, endsOnTones: Bool = false) {
        self.endKeys = endKeys
        self.maximum = maximum
        self.silence = silence
        self.endsOnTones = endsOnTones
    }
}

/// Where a recording goes while it is made: about a second of audio at a time.
public protocol RecordingSink: Sendable {
    /// Keeps as much of `audio` as there is room for and returns how many bytes that was. Fewer than given
    /// ends the recording as `.full`; a thrown error ends it as `.storeFailed`. Returns before the audio is on disk.
    func append(_ audio: [UInt8]) async throws -> Int
}

/// A recording that has ended. The audio itself is with the sink.
public struct Take: Sendable, Hashable {
    public enum Ending: Sendable, Hashable {
        case key(Key), hangUp, silence, maximum, full, mediaTimeout, storeFailed, shutdown
        /// Nobody speaks there (B7).
        case busyTone, faxTone, loop
    }
    public var ending: Ending
    /// Length of what the sink kept.
    public var duration: Duration
    /// How much of it was louder than silence.
    public var voiced: Duration
    /// What is worth keeping, from the start: up to the last word, or to where the tone began that ended it (B2, B7).
    public var worthwhile: Duration
    public init(ending: Ending, duration: Duration, voiced: Duration, worthwhile: Duration? = nil) {
        self.ending = ending
        self.duration = duration
        self.voiced = voiced
        self.worthwhile = worthwhile ?? duration
    }

    /// Whether the caller is still there to be spoken to.
    public var callerIsThere: Bool {
        switch ending {
        case .hangUp, .mediaTimeout, .shutdown: false
        case .key, .silence, .maximum, .full, .storeFailed, .busyTone, .faxTone, .loop: true
        }
    }
}
