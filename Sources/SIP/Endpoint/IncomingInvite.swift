// A call that came in: first the invitation, which can be rung, rejected or answered; then its dialog.

/// An INVITE outside a dialog. Its caller hears 180 by `ring` and waits for exactly one of `reject` and `answer`.
public struct IncomingInvite: Sendable {
    public let request: SIPRequest
    /// The way it came.
    public let flow: Flow
    let dialog: DialogID
    let core: CoreReference

    /// Whether the INVITE has no offer, so that `answer` makes one (RFC 3264 §4, "late offer").
    public var needsOffer: Bool { request.head.body.isEmpty }

    /// Sends 180 Ringing with our To tag.
    public func ring() {
        core.run { [dialog] in $0.handle(.ring, inCall: dialog) }
    }

    /// Sends a final response of 300 or more with these headers besides the ones that it must have.
    public func reject(_ status: Int, _ reason: String? = nil, headers: [HeaderField] = []) {
        core.run { [dialog] in $0.handle(.reject(status, reason: reason, headers), inCall: dialog) }
    }

    /// Sends 200 with `sdp`: the answer to the INVITE's offer, or our offer when it had none. It is repeated until
    /// the ACK comes (RFC 3261 §13.3.1.4). Nil when the caller has given up meanwhile or the invitation is answered.
    public func answer(sdp: SessionDescription) async -> InviteDialog? {
        await core.call { [dialog] in $0.answer(dialog, with: sdp) }.map { events in
            InviteDialog(events: events.stream, id: dialog, core: core)
        }
    }
}

/// An answered call.
public struct InviteDialog: Sendable {
    /// What happens in the dialog, for one reader. `.ended` is the last event.
    public let events: AsyncStream<DialogEvent>
    let id: DialogID
    let core: CoreReference

    /// Ends the call: BYE at once, or when the ACK of our 200 is there (RFC 3261 §15). `reason` becomes a Reason
    /// header (RFC 3326) when it is given, for instance `Q.850;cause=16`.
    public func hangUp(reason: String? = nil) {
        core.run { [id] in $0.handle(.hangUp(reason: reason), inCall: id) }
    }
}

public enum DialogEvent: Sendable {
    /// The ACK of a 200 to INVITE or re-INVITE. When that 200 held our offer: the answer, nil if it is missing or
    /// unreadable.
    case acknowledged(SessionDescription?)
    /// A re-INVITE or UPDATE: its offer, or nil when it is a re-INVITE that wants ours.
    case offer(SessionDescription?, OfferReply)
    /// A DTMF body of INFO (`application/dtmf-relay` or `application/dtmf`, lower case), answered with 200 already.
    case info(contentType: String, body: [UInt8])
    case ended(EndReason)

    public enum EndReason: Sendable, Hashable {
        /// The caller hung up.
        case bye
        /// We hung up, by `InviteDialog.hangUp`.
        case hungUp
        /// The 200 was never acknowledged; BYE has been sent.
        case noAck
        /// The 200 could not be sent.
        case transportFailed
        /// The endpoint has been stopped; BYE has been sent.
        case stopped
    }
}

/// The way to answer an offer. Only the first answer counts; without one the offer is refused with 500 after 10 s.
public struct OfferReply: Sendable {
    let dialog: DialogID
    let sequence: UInt32
    let core: CoreReference

    /// 200 with the answer, or with our offer when there was none.
    public func accept(_ sdp: SessionDescription) {
        core.run { [self] in $0.handle(.verdict(.accept(sdp), sequence: sequence), inCall: dialog) }
    }

    /// For instance 488 with a Warning header.
    public func reject(_ status: Int, headers: [HeaderField] = []) {
        core.run { [self] in $0.handle(.verdict(.reject(status, headers), sequence: sequence), inCall: dialog) }
    }
}
