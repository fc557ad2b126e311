// A call that we make: what is asked for, and what becomes of it until it is answered.

/// An INVITE to be sent.
public struct OutgoingInvite: Sendable {
    /// The Request-URI: the contact of a phone, or a number at a trunk.
    public var target: SIPURI
    /// The proxies on the way there, ours first (RFC 3261 §8.1.2).
    public var routes: [NameAddress]
    /// Who is called, and who calls; tags are added.
    public var to: NameAddress
    public var from: NameAddress
    public var offer: SessionDescription
    /// How long it may ring before it is given up.
    public var ringLimit: Duration

    public init(
        target: SIPURI, routes: [NameAddress] = [], to: NameAddress, from: NameAddress, offer: SessionDescription,
        ringLimit: Duration
    ) {
        self.target = target
        self.routes = routes
        self.to = to
        self.from = from
        self.offer = offer
        self.ringLimit = ringLimit
    }
}

public enum CallProgress: Sendable {
    /// A provisional response above 100, with the description of early media where it has one.
    case ringing(status: Int, SessionDescription?)
    /// The last event: somebody has taken the call; the answer to our offer, nil if it is missing or unreadable.
    case answered(SessionDescription?, InviteDialog)
    /// The last event: the status that the call was refused with; 408 when nobody answered, 503 when it could not be
    /// made.
    case failed(status: Int)
}

/// A call on its way.
public struct OutgoingCall: Sendable {
    /// For one reader. A call that is answered when nobody reads any more is hung up.
    public let progress: EventStream<CallProgress>
    let callID: String
    let core: CoreReference

    /// Gives up: CANCEL, or BYE when the answer crosses it. Does nothing once the call is answered: that is the
    /// dialog's.
    public func cancel() {
        core.run { [callID] in $0.handle(.hangUp, inOutgoing: callID) }
    }
}
