// What the media engine is told at start-up, and what can go wrong in this module.

/// How the media engine listens and how much it may take on.
public struct MediaConfiguration: Sendable, Hashable {
    /// Where RTP ports are taken from: RTP on even ports, RTCP on the odd one above (RFC 3550 §11).
    public var ports: ClosedRange<UInt16>
    /// Media threads; one for each processor core is right.
    public var workers: Int
    /// How long nothing may be heard, while something is expected, before `MediaEvent.rtpTimeout`.
    public var rtpTimeout: Duration
    /// `MediaEngine.open(on:)` refuses more sessions than this.
    public var maximumSessions: Int

    public init(
        ports: ClosedRange<UInt16> = 10_000...29_999, workers: Int,
        rtpTimeout: Duration = .seconds(30), maximumSessions: Int = 2_000
    ) {
        self.ports = ports
        self.workers = workers
        self.rtpTimeout = rtpTimeout
        self.maximumSessions = maximumSessions
    }
}

public enum MediaError: Error, Sendable, Hashable {
    /// Not a numeric IPv4 or IPv6 address.
    case invalidAddress(String)
    /// A configuration value that makes no sense.
    case invalidConfiguration(String)
    /// No even port of the range is free together with the odd one above it.
    case noPortFree
    case tooManySessions
    /// The engine was closed.
    case closed
    /// The operating system refused: which call, and errno.
    case system(String, code: Int32)
    /// An audio file cannot be read or written.
    case audioFile(String, reason: String)
}
