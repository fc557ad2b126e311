// A telephone call as the author of a flow sees it. Only an answered call has media: `answer()` is the
// one way to get it. When the caller is gone, every operation throws `CallEnded`, except `record`, which
// returns what it has. The Task of a flow is not cancelled by a hang-up, so saving needs no shield.

/// What the signalling said before the call was answered.
public struct Invitation: Sendable, Hashable {
    /// The SIP Call-ID: the key that finds this call in every log line.
    public var callID: String
    /// The number dialled: the user part of the Request-URI.
    public var dialled: String
    /// The organisation: its SIP domain.
    public var domain: String
    /// Whom the call is from, for the envelope; never used to let anyone in.
    public var callerNumber: String?
    public var callerName: String?
    /// The extension of `domain` that digest or a live binding vouched for; nil for peers and strangers.
    public var account: String?
    /// What wrong PINs are counted against besides the mailbox: an account, or a trunk's address and caller.
    public var source: String

    public init(
        callID: String, dialled: String, domain: String, callerNumber: String? = nil, callerName: String? = nil,
        account: String? = nil, source: String
    ) {
        self.callID = callID
        self.dialled = dialled
        self.domain = domain
        self.callerNumber = callerNumber
        self.callerName = callerName
        self.account = account
        self.source = source
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
    public enum Reason: Sendable, Hashable { case hangUp, cancelled, mediaTimeout, shutdown, failure }
    public var reason: Reason
    public init(_ reason: Reason) { self.reason = reason }
}

public protocol IncomingCall: Sendable {
    var invitation: Invitation { get }
    func answer() async throws(CallEnded) -> any AnsweredCall
    func reject(_ rejection: Rejection) async
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
    /// asks next.
    func play(_ clips: [Clip], from offset: Duration, interruptedBy keys: Set<Key>) async throws(CallEnded)
        -> PlayOutcome

    /// The next key, typed ahead or pressed within `timeout`; nil when there was none.
    func key(within timeout: Duration) async throws(CallEnded) -> Key?

    /// Records what is heard from now on, and forgets keys that were typed before. Never throws: a hang-up is one of
    /// the ways to end.
    func record(_ limits: RecordingLimits, into sink: any RecordingSink) async -> Take

    /// Ends the call from our side, after what was said has been heard.
    func hangUp() async
}

public struct RecordingLimits: Sendable, Hashable {
    public var endKeys: Set<Key>
    public var maximum: Duration
    /// Ends after this much silence in one piece.
    public var silence: Duration
    public init(endKeys: Set<Key> = [.pound], maximum: Duration, silence: Duration) {
        self.endKeys = endKeys
        self.maximum = maximum
        self.silence = silence
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
    }
    public var ending: Ending
    /// Length of what the sink kept.
    public var duration: Duration
    /// How much of it was louder than silence.
    public var voiced: Duration
    public init(ending: Ending, duration: Duration, voiced: Duration) {
        self.ending = ending
        self.duration = duration
        self.voiced = voiced
    }

    /// Whether the caller is still there to be spoken to.
    public var callerIsThere: Bool {
        switch ending {
        case .hangUp, .mediaTimeout, .shutdown: false
        case .key, .silence, .maximum, .full, .storeFailed: true
        }
    }
}
