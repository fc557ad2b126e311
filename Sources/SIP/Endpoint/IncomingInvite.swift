// A call that came in: first the invitation, which can be rung, rejected or answered; then its dialog.

/// An INVITE outside a dialog. Its caller hears 180 by `ring` and waits for exactly one of `reject` and `answer`.
/// A reference, since all that is done for a call holds it until the call is over.
public final class IncomingInvite: Sendable {
    public let request: SIPRequest
    /// The way it came.
    public let flow: Flow
    /// The address at which its sender is to find our media.
    public let mediaHost: String
    let dialog: DialogID
    let core: CoreReference

    init(request: SIPRequest, flow: Flow, mediaHost: String, dialog: DialogID, core: CoreReference) {
        self.request = request
        self.flow = flow
        self.mediaHost = mediaHost
        self.dialog = dialog
        self.core = core
    }

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
        await begin(sdp, isEarly: false)
    }

    /// Sends 183 with `sdp`, the answer to the INVITE's offer, so that the caller hears us before the call is answered
    /// by `InviteDialog.accept`: reliably where the caller can do that (RFC 3262). Only where there is an offer. Nil
    /// when the caller has given up meanwhile or the invitation is answered.
    public func progress(sdp: SessionDescription) async -> InviteDialog? {
        guard !needsOffer else { return nil }
        return await begin(sdp, isEarly: true)
    }

    private func begin(_ sdp: SessionDescription, isEarly: Bool) async -> InviteDialog? {
        await core.call { [dialog] in $0.answer(dialog, with: sdp, isEarly: isEarly) }.map { events in
            InviteDialog(events: events.stream, id: dialog, core: core)
        }
    }
}

/// A call that has been answered, or that has early media.
public struct InviteDialog: Sendable {
    /// What happens in the dialog, for one reader. `.ended` is the last event.
    public let events: EventStream<DialogEvent>
    let id: DialogID
    let core: CoreReference

    /// Answers a call that has early media, as soon as the caller has acknowledged the 183 (RFC 3262 §3): `.accepted`
    /// tells when. The 200 repeats the session description of the 183, or what was agreed since.
    public func accept() {
        core.run { [id] in $0.handle(.accept, inCall: id) }
    }

    /// Asks the peer to call `target` instead (REFER, RFC 3515); `.referred` tells what came of it, at the latest
    /// 90 s after the last that was heard of it. Only in an answered call, and one at a time.
    public func refer(to target: NameAddress) {
        core.run { [id] in $0.handle(.refer(to: target), inCall: id) }
    }

    /// Ends the call: BYE at once, or when the ACK of our 200 is there (RFC 3261 §15); 480 for one with early media.
    /// `reason` becomes a Reason header (RFC 3326) when it is given, for instance `Q.850;cause=16`.
    public func hangUp(reason: String? = nil) {
        core.run { [id] in $0.handle(.hangUp(reason: reason), inCall: id) }
    }
}

public enum DialogEvent: Sendable {
    /// The 200 to a call with early media has been sent.
    case accepted
    /// The ACK of a 200 to INVITE or re-INVITE. When that 200 held our offer: the answer, nil if it is missing or
    /// unreadable.
    case acknowledged(SessionDescription?)
    /// A re-INVITE or UPDATE: its offer, or nil when it is a re-INVITE that wants ours.
    case offer(SessionDescription?, OfferReply)
    /// A DTMF body of INFO (`application/dtmf-relay` or `application/dtmf`, lower case), answered with 200 already.
    case info(contentType: String, body: [UInt8])
    case referred(ReferralOutcome)
    case ended(EndReason)

    public enum EndReason: Sendable, Hashable {
        /// The peer hung up.
        case bye
        /// The caller gave up before the answer.
        case cancelled
        /// The user left a call with early media without an answer for too long.
        case unanswered
        /// We hung up, by `InviteDialog.hangUp`, or rejected the call.
        case hungUp
        /// The 200 was never acknowledged, BYE has been sent; or the 183, and 504 has been sent (RFC 3262 §3).
        case noAck
        /// The 200 could not be sent.
        case transportFailed
        /// Nobody has refreshed the call in time (RFC 4028); BYE has been sent.
        case expired
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
