// An invitation before its final answer, and what its caller hears meanwhile (RFC 3261 §13.3.1, B8): a 183 with our
// description makes an early dialog with media. A caller that can do so acknowledges it by PRACK (RFC 3262); until
// then the 183 is repeated, and the 200 waits.

/// Media before the answer.
struct EarlyMedia: Sendable {
    /// A 183 that is sent again until its PRACK comes (RFC 3262 §3).
    struct Unacknowledged: Sendable {
        let response: SIPResponse
        /// Its RSeq.
        let number: UInt32
        var retransmission: Retransmission
        let end: Duration
    }

    /// What was agreed last; the 200 says it again (RFC 6337 §3.1.1).
    var description: SessionDescription
    /// Whether the caller acknowledges the 183.
    let isReliable: Bool
    var unacknowledged: Unacknowledged?
    /// The user has answered, and the 200 waits for the PRACK.
    var isAccepted = false
    /// A 183 that nobody acknowledges may be lost, so it is said again (RFC 3261 §13.3.1.1).
    var repetition: (response: SIPResponse, due: Duration)?

    /// The caller is known to have our description.
    var isSettled: Bool { isReliable && unacknowledged == nil }

    var deadline: Duration? {
        earlier(earlier(unacknowledged?.retransmission.due, unacknowledged?.end), repetition?.due)
    }
}

extension InviteSession {
    private static let repetitionInterval = Duration.seconds(60)

    mutating func invited(
        _ event: Event, _ invite: SIPRequest, _ transaction: ServerTransactionKey, end: Duration, now: Duration
    ) -> [Action] {
        func refuse(
            _ status: Int, _ reason: String? = nil, _ headers: [HeaderField] = [], as ending: DialogEvent.EndReason
        ) -> [Action] {
            let response = invite.response(status, reason, toTag: dialog.id.localTag, adding: headers)
            return refusePendingOffer(487) + [.respond(response, transaction)] + closeEarly(ending)
        }
        switch event {
        case .ring:
            // Who wants every provisional response acknowledged does without this one.
            return invite.demandsReliableProvisionals ? [] : [.respond(provisional(180, to: invite), transaction)]
        case .reject(let status, let reason, let headers):
            return refuse((300...699).contains(status) ? status : 500, reason, headers, as: .hungUp)
        case .progress(let description):
            return progress(description, to: invite, transaction, now: now)
        case .answer(let description):
            phase = .answered
            return accept(invite, transaction, with: description, now: now)
        case .accept:
            early?.isAccepted = true
            return acceptIfReady(now)
        case .cancelled:
            return refuse(487, as: .cancelled)
        case .request(let request, let key) where request.method == .bye:
            guard dialog.admits(request) else { return outOfOrder(request, key) }
            return [.respond(request.response(200), key)] + refuse(487, as: .cancelled)
        case .request(let request, let key):
            guard dialog.admits(request) else { return outOfOrder(request, key) }
            return request.method == .prack
                ? acknowledgeProvisional(request, key, now: now) : early(request, key, now: now)
        case .verdict(let verdict, let sequence):
            return judge(verdict, sequence: sequence, now: now) + acceptIfReady(now)
        case .hangUp where early != nil:
            return refuse(480, as: .hungUp)
        case .stop:
            return refuse(503, as: .stopped)
        case .time where now >= end:
            return refuse(480, as: .unanswered)
        case .time where early?.unacknowledged.map { now >= $0.end } ?? false:
            return refuse(504, as: .noAck)
        case .time:
            return expirePendingOffer(now) + repeatProvisional(transaction, now: now) + acceptIfReady(now)
        case .acknowledged, .refer, .referAnswered, .refreshAnswered, .hangUp, .byeFinished, .transportFailed:
            return []
        }
    }

    private func provisional(_ status: Int, to invite: SIPRequest) -> SIPResponse {
        var response = invite.response(
            status, toTag: dialog.id.localTag, adding: status == 183 ? [SIPCapabilities.allow] : [])
        response.head.contacts = [.address(dialog.contact)]
        return response
    }

    private mutating func progress(
        _ description: SessionDescription, to invite: SIPRequest, _ transaction: ServerTransactionKey, now: Duration
    ) -> [Action] {
        guard early == nil else { return [] }
        var response = provisional(183, to: invite)
        response.head.other.append(HeaderField("Content-Type", "application/sdp"))
        response.head.body = description.encoded()
        var media = EarlyMedia(description: description, isReliable: invite.supportsReliableProvisionals)
        if media.isReliable {
            // Leaves room above it, as RFC 3262 §3 wants.
            let number = UInt32.random(in: 1...0x7FFF_FFFF, using: &random)
            response.head.other += [HeaderField("Require", "100rel"), HeaderField("RSeq", String(number))]
            media.unacknowledged = EarlyMedia.Unacknowledged(
                response: response, number: number, retransmission: Retransmission(from: now, longest: nil),
                end: now + TransactionTiming.whole)
        } else {
            media.repetition = (response, now + Self.repetitionInterval)
        }
        early = media
        return [.respond(response, transaction)]
    }

    /// RFC 3262 §3; a PRACK may bring an offer of its own (§5).
    private mutating func acknowledgeProvisional(
        _ prack: SIPRequest, _ key: ServerTransactionKey, now: Duration
    ) -> [Action] {
        guard let waiting = early?.unacknowledged, prack.acknowledges(waiting.number, of: waiting.response.head.cseq)
        else { return [.respond(prack.response(481), key)] }
        early?.unacknowledged = nil
        let answer = prack.head.body.isEmpty ? [.respond(prack.response(200), key)] : offer(prack, key, now: now)
        return answer + acceptIfReady(now)
    }

    /// No 2xx goes out while a description waits for its PRACK (RFC 3262 §3) or an offer for its answer.
    private mutating func acceptIfReady(_ now: Duration) -> [Action] {
        guard case .invited(let invite, let transaction, _) = phase, let media = early, media.isAccepted,
            media.unacknowledged == nil, pendingOffer == nil
        else { return [] }
        phase = .answered
        early = nil
        return accept(invite, transaction, with: media.description, now: now) + [.accepted]
    }

    private mutating func repeatProvisional(_ transaction: ServerTransactionKey, now: Duration) -> [Action] {
        if early?.unacknowledged?.retransmission.isDue(now) == true, let response = early?.unacknowledged?.response {
            return [.respond(response, transaction)]
        }
        guard let (response, due) = early?.repetition, now >= due else { return [] }
        early?.repetition = (response, now + Self.repetitionInterval)
        return [.respond(response, transaction)]
    }

    private mutating func closeEarly(_ reason: DialogEvent.EndReason) -> [Action] {
        phase = .closed
        defer { early = nil }
        return (early == nil ? [] : [.ended(reason)]) + [.closed]
    }
}

extension SIPRequest {
    var demandsReliableProvisionals: Bool { head.tokens(of: "require").contains("100rel") }

    var supportsReliableProvisionals: Bool {
        demandsReliableProvisionals || head.tokens(of: "supported").contains("100rel")
    }

    /// Whether its RAck (RFC 3262 §7.2) names the provisional response with this RSeq.
    fileprivate func acknowledges(_ number: UInt32, of cseq: CSeq) -> Bool {
        let words = head["rack"]?.split(separator: " ") ?? []
        return words.count == 3 && UInt32(words[0]) == number && UInt32(words[1]) == cseq.number
            && words[2] == cseq.method.rawValue
    }
}
