// What an endpoint is told at its start: where it listens, what it calls itself and how much it takes on.

public struct SIPEndpointConfiguration: Sendable {
    /// Numeric addresses; UDP and TCP on each. Port 0: any free port, the same for both.
    public var listen: [HostPort]
    /// Numeric addresses for TLS. Needs `credentials` with a certificate.
    public var listenSecurely: [HostPort] = []
    /// For TLS; nil: no connection is taken or made.
    public var credentials: TLSCredentials?
    /// The name that the certificate of a peer must be for which we connect to, where it is not for its address.
    public var certificateNames: [HostPort: String] = [:]
    /// What Via, Contact and session descriptions name for a flow instead of its address on this host: behind NAT, or
    /// in a container. Nil: that address; port 0: its port.
    public var publicAddress: @Sendable (Flow) -> HostPort? = { _ in nil }
    /// The Server header of our responses and the User-Agent header of our requests.
    public var serverName: String
    public var limits: SIPLimits

    public init(
        listen: [HostPort], serverName: String = "Lamplighter", limits: SIPLimits = SIPLimits()
    ) {
        self.listen = listen
        self.serverName = serverName
        self.limits = limits
    }
}

/// Bounds on everything that outsiders can make an endpoint hold.
public struct SIPLimits: Sendable {
    /// Server transactions alive at once; further new requests get 503. One lives 32 s on UDP. Requests in dialogs have
    /// a tenth more, so that calls go on and end while strangers ask too much.
    public var maximumTransactions = 50_000
    /// Calls alive at once; further INVITEs get 503.
    public var maximumCalls = 2_000
    /// Subscriptions alive at once; further SUBSCRIBEs get 503.
    public var maximumSubscriptions = 50_000
    /// Connections that peers have open at once; further ones are closed.
    public var maximumConnections = 10_000
    /// Connections from one address.
    public var maximumConnectionsPerAddress = 200
    /// Connections that we have opened, or are opening, at once; what would need another one fails.
    public var maximumOpenedConnections = 1_000
    /// Bytes that may wait for a connection to be open, or for its peer to read; then it is closed.
    public var maximumUnsentBytes = 131_072
    /// How long a connection may take to be open.
    public var connectTimeout: Duration = .seconds(5)
    /// How long the TLS handshake of an open connection may take.
    public var handshakeTimeout: Duration = .seconds(5)
    /// A longer request goes over TCP where that can be had, and by UDP where it cannot (RFC 3261 §18.1.1). Bytes.
    public var largestDatagram = 1_300
    /// How long a new connection may take to send its first whole message, and any connection to finish one it began.
    public var messageTimeout: Duration = .seconds(10)
    /// How long a connection may be silent: longer than a registration lasts, or phones behind it are lost.
    public var idleTimeout: Duration = .seconds(4_000)
    /// The longest subscription that is granted, in seconds (RFC 6665 §4.2.1.1).
    public var maximumSubscriptionExpires = 3_600
    /// The shortest refresh that is taken, in seconds; a shorter one gets 423.
    public var minimumSubscriptionExpires = 60
    /// After how many seconds a call ends that neither side refreshes: what we ask for where the peer asks for nothing
    /// and can do it (RFC 4028); nil: nothing.
    public var sessionExpires: Int? = 1_800
    /// The shortest that we take, in seconds; a shorter one gets 422.
    public var minimumSessionExpires = 90
    /// How long the user may leave an INVITE without a final answer before it gets 480 (timer C of RFC 3261 §16.6).
    public var unansweredInvite: Duration = .seconds(180)
    /// The Retry-After of a 503 because of one of these limits, in seconds.
    public var retryAfter = 10

    public init() {}

    var maximumTransactionsOfDialogs: Int { maximumTransactions + max(1, maximumTransactions / 10) }
    var sessionTiming: SessionTiming { SessionTiming(interval: sessionExpires, minimum: minimumSessionExpires) }
}
