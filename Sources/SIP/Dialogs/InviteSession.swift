// The answering side of an INVITE and its dialog (RFC 3261 §12, §13.3, §14.2, §15): from the invitation to the
// last BYE; and the dialog of a call that we made, once it is answered. What precedes the answer is in
// InviteSession+EarlyMedia.swift, offers inside the dialog in InviteSession+Offers.swift, REFER in
// InviteSession+Referral.swift, session timers in InviteSession+Refresh.swift.

/// What the user says to an offer.
enum OfferVerdict: Sendable {
    case accept(SessionDescription)
    case reject(Int, [HeaderField])
}

struct InviteSession: Sendable {
    enum Event: Sendable {
        case ring
        case reject(Int, reason: String?, [HeaderField])
        /// Media before the answer: 183 with this description.
        case progress(SessionDescription)
        case answer(SessionDescription)
        /// Answers what has early media.
        case accept
        /// A CANCEL of the INVITE or re-INVITE with this transaction (§9.2).
        case cancelled(ServerTransactionKey)
        /// A request inside the dialog other than ACK and CANCEL.
        case request(SIPRequest, ServerTransactionKey)
        /// The ACK of a 2xx.
        case acknowledged(SIPRequest)
        case verdict(OfferVerdict, sequence: UInt32)
        case refer(to: NameAddress)
        /// The final status of our REFER; nil when there will be none.
        case referAnswered(Int?)
        /// A final response to our refresh; nil when there will be none.
        case refreshAnswered(SIPResponse?)
        case hangUp(reason: String?)
        /// The response to our BYE is there, or there will be none.
        case byeFinished
        /// The 2xx could not be sent.
        case transportFailed
        case stop
        case time
    }

    enum Action: Sendable {
        case respond(SIPResponse, ServerTransactionKey)
        case bye(SIPRequest)
        /// The 200 to a call with early media is on its way.
        case accepted
        case refer(SIPRequest)
        case referred(ReferralOutcome)
        /// UPDATE or re-INVITE.
        case refresh(SIPRequest)
        /// The ACK of a 2xx; it has no transaction.
        case acknowledge(SIPRequest)
        case acknowledged(SessionDescription?)
        case offer(SessionDescription?, sequence: UInt32)
        /// To be answered with 200 if the user's queue takes it, else with 500.
        case info(contentType: String, SIPRequest, ServerTransactionKey)
        case ended(DialogEvent.EndReason)
        /// Nothing is left of the dialog.
        case closed
    }

    enum Phase: Sendable {
        case invited(SIPRequest, ServerTransactionKey, until: Duration)
        case answered
        /// The user hung up before the ACK of our 2xx: BYE has to wait for it (§15).
        case hangingUp(reason: String?)
        /// BYE is on its way.
        case leaving
        case closed
    }

    /// A 2xx that is sent again until its ACK comes (§13.3.1.4), over TCP too: a hop behind the first may lose it.
    struct Unacknowledged: Sendable {
        let response: SIPResponse
        let transaction: ServerTransactionKey
        let holdsOffer: Bool
        var retransmission: Retransmission
        let end: Duration
    }

    /// A re-INVITE or UPDATE that the user has to judge.
    struct PendingOffer: Sendable {
        let request: SIPRequest
        let transaction: ServerTransactionKey
        let end: Duration
    }

    var dialog: DialogState
    var phase: Phase
    var early: EarlyMedia?
    var unacknowledged: Unacknowledged?
    var pendingOffer: PendingOffer?
    var referral: Referral?

    let timing: SessionTiming
    var random: RandomSource
    var timer: SessionTimer?
    var refresh: Refresh?
    /// How often the present refresh has been tried.
    var tries = 0
    /// Whether the peer takes UPDATE.
    var takesUpdate: Bool
    /// The body of what each side said last of its media.
    var localDescription: [UInt8] = []
    var remoteDescription: [UInt8]

    init(
        invite: SIPRequest, transaction: ServerTransactionKey, dialog: DialogState, answerBy: Duration,
        timing: SessionTiming = SessionTiming(), random: RandomSource = .system
    ) {
        self.dialog = dialog
        self.timing = timing
        self.random = random
        takesUpdate = invite.head.tokens(of: "allow").contains("update")
        remoteDescription = invite.head.body
        phase = .invited(invite, transaction, until: answerBy)
    }

    /// A call that we made by `invite` and that `response` has answered.
    init(
        confirmed dialog: DialogState, invite: SIPRequest, response: SIPResponse, timing: SessionTiming,
        random: RandomSource = .system, now: Duration
    ) {
        self.dialog = dialog
        self.timing = timing
        self.random = random
        takesUpdate = response.head.tokens(of: "allow").contains("update")
        localDescription = invite.head.body
        remoteDescription = response.head.body
        phase = .answered
        agreeOnTimer(response, asked: nil, now: now)
    }

    /// When `.time` is to be handled next.
    var deadline: Duration? {
        let offers = earlier(pendingOffer?.end, referral?.end)
        if case .invited(_, _, let end) = phase { return earlier(earlier(end, early?.deadline), offers) }
        guard case .answered = phase else { return earlier(unacknowledged?.retransmission.due, unacknowledged?.end) }
        let responses = earlier(unacknowledged?.retransmission.due, unacknowledged?.end)
        return earlier(earlier(responses, timer?.deadline), offers)
    }

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch phase {
        case .invited(let invite, let transaction, let end):
            return invited(event, invite, transaction, end: end, now: now)
        case .answered:
            return answered(event, now: now)
        case .hangingUp(let reason):
            return hangingUp(event, reason: reason, now: now)
        case .leaving:
            return leaving(event)
        case .closed:
            return []
        }
    }

    // MARK: The phases

    private mutating func answered(_ event: Event, now: Duration) -> [Action] {
        switch event {
        case .request(let request, let key) where request.method == .bye:
            guard dialog.admits(request) else { return outOfOrder(request, key) }
            return refusePendingOffer(487) + [.respond(request.response(200), key)] + leftByReferral() + close(.bye)
        case .request(let request, let key):
            guard dialog.admits(request) else { return outOfOrder(request, key) }
            return inDialog(request, key, now: now)
        case .acknowledged(let ack):
            let told = acknowledge(ack)
            return told + (told.isEmpty ? [] : sendReferral())
        case .verdict(let verdict, let sequence):
            return judge(verdict, sequence: sequence, now: now)
        case .refer(let target):
            return refer(to: target)
        case .referAnswered(let status):
            return referAnswered(status, now: now)
        case .refreshAnswered(let response):
            return refreshAnswered(response, now: now)
        case .cancelled(let key):
            return pendingOffer?.transaction == key ? refusePendingOffer(487) : []
        case .hangUp(let reason):
            let refusal = refusePendingOffer(487)
            guard unacknowledged == nil else {
                phase = .hangingUp(reason: reason)
                return refusal + [.ended(.hungUp)]
            }
            return refusal + [.ended(.hungUp)] + leave(reason)
        case .time:
            let told = expirePendingOffer(now) + expireReferral(now)
            let ended = repeatResponse(now, onTimeout: { [.ended(.noAck)] + $0.leave(nil) })
            guard case .answered = phase else { return told + ended }
            return told + ended + timerPassed(now)
        case .transportFailed:
            return close(.transportFailed)
        case .stop:
            return refusePendingOffer(503) + leave(nil) + close(.stopped)
        case .ring, .reject, .progress, .answer, .accept, .byeFinished:
            return []
        }
    }

    private mutating func hangingUp(_ event: Event, reason: String?, now: Duration) -> [Action] {
        switch event {
        case .acknowledged(let ack):
            return acknowledge(ack).isEmpty ? [] : leave(reason)
        case .request(let request, let key) where request.method == .bye:
            guard dialog.admits(request) else { return outOfOrder(request, key) }
            phase = .closed
            return [.respond(request.response(200), key), .closed]
        case .request(let request, let key):
            return [.respond(request.response(481), key)]
        case .time:
            return repeatResponse(now, onTimeout: { $0.leave(reason) })
        case .transportFailed:
            phase = .closed
            return [.closed]
        case .stop:
            let bye = leave(reason)
            phase = .closed
            return bye + [.closed]
        case .refreshAnswered(let response):
            return response.map(acknowledgeRefresh) ?? []
        case .ring, .reject, .progress, .answer, .accept, .cancelled, .verdict, .refer, .referAnswered, .hangUp,
            .byeFinished:
            return []
        }
    }

    private mutating func leaving(_ event: Event) -> [Action] {
        switch event {
        case .refreshAnswered(let response):
            return response.map(acknowledgeRefresh) ?? []
        case .request(let request, let key):
            // Both ends hang up at once: their BYE is right too.
            return [.respond(request.response(request.method == .bye ? 200 : 481), key)]
        case .byeFinished, .stop:
            phase = .closed
            return [.closed]
        case .ring, .reject, .progress, .answer, .accept, .cancelled, .acknowledged, .verdict, .refer, .referAnswered,
            .hangUp, .transportFailed, .time:
            return []
        }
    }

    // MARK: Steps

    /// Sends 200 with `description` and waits for its ACK.
    mutating func accept(
        _ invite: SIPRequest, _ transaction: ServerTransactionKey, with description: SessionDescription, now: Duration
    ) -> [Action] {
        var response = success(invite, description)
        response.head.other += agreeOnTimer(invite, now: now)
        localDescription = response.head.body
        unacknowledged = Unacknowledged(
            response: response, transaction: transaction, holdsOffer: invite.head.body.isEmpty,
            retransmission: Retransmission(from: now), end: now + TransactionTiming.whole)
        return [.respond(response, transaction)]
    }

    func success(_ request: SIPRequest, _ description: SessionDescription?) -> SIPResponse {
        var response = request.response(
            200, toTag: dialog.id.localTag, adding: [SIPCapabilities.allow, SIPCapabilities.supported])
        response.head.contacts = [.address(dialog.contact)]
        if let description {
            response.head.other.append(HeaderField("Content-Type", "application/sdp"))
            response.head.body = description.encoded()
        }
        return response
    }

    func outOfOrder(_ request: SIPRequest, _ key: ServerTransactionKey) -> [Action] {
        [.respond(request.response(500, "CSeq Out Of Order"), key)]
    }

    private mutating func acknowledge(_ ack: SIPRequest) -> [Action] {
        guard let waiting = unacknowledged, waiting.response.head.cseq.number == ack.head.cseq.number else { return [] }
        unacknowledged = nil
        guard waiting.holdsOffer, ack.contentType == "application/sdp" else { return [.acknowledged(nil)] }
        remoteDescription = ack.head.body
        return [.acknowledged(try? SessionDescription(parsing: ack.head.body))]
    }

    private mutating func repeatResponse(_ now: Duration, onTimeout: (inout Self) -> [Action]) -> [Action] {
        guard var waiting = unacknowledged else { return [] }
        guard now < waiting.end else { return onTimeout(&self) }
        guard waiting.retransmission.isDue(now) else { return [] }
        unacknowledged = waiting
        return [.respond(waiting.response, waiting.transaction)]
    }

    /// Sends BYE (§15.1.1).
    mutating func leave(_ reason: String?) -> [Action] {
        phase = .leaving
        unacknowledged = nil
        pendingOffer = nil
        referral = nil
        timer = nil
        var bye = dialog.request(.bye)
        if let reason { bye.head.other.append(HeaderField("Reason", reason)) }
        return [.bye(bye)]
    }

    private mutating func close(_ reason: DialogEvent.EndReason) -> [Action] {
        phase = .closed
        unacknowledged = nil
        return [.ended(reason), .closed]
    }
}
