// What may happen inside an INVITE dialog between its INVITE and its BYE: re-INVITE (RFC 3261 §14.2), UPDATE
// (RFC 3311), PRACK with an offer (RFC 3262 §5), INFO (RFC 6086) and OPTIONS. At most one offer waits for its answer.

extension InviteSession {
    /// How long the user may think about an offer.
    private static let offerTimeout = Duration.seconds(10)

    /// Before our final response to the INVITE.
    mutating func early(_ request: SIPRequest, _ key: ServerTransactionKey, now: Duration) -> [Action] {
        switch request.method {
        case .update where request.head.body.isEmpty, .options:
            return [.respond(success(request, nil), key)]
        case .update where early?.isSettled == true:
            return offer(request, key, now: now)
        case .info where early != nil:
            return info(request, key)
        case .invite, .update, .info:
            return tooEarly(request, key)
        default:
            return [.respond(request.response(481), key)]
        }
    }

    mutating func inDialog(_ request: SIPRequest, _ key: ServerTransactionKey, now: Duration) -> [Action] {
        switch request.method {
        case .invite, .update:
            return offer(request, key, now: now)
        case .info:
            return info(request, key)
        case .notify:
            return notified(request, key, now: now)
        case .options:
            return [.respond(success(request, nil), key)]
        default:
            return [.respond(request.response(481), key)]
        }
    }

    mutating func judge(_ verdict: OfferVerdict, sequence: UInt32, now: Duration) -> [Action] {
        guard let pending = pendingOffer, pending.request.head.cseq.number == sequence else { return [] }
        pendingOffer = nil
        switch verdict {
        case .accept(let description):
            if pending.request.method != .prack { dialog.refreshTarget(by: pending.request) }
            early?.description = description
            if !pending.request.head.body.isEmpty { remoteDescription = pending.request.head.body }
            guard pending.request.method == .invite else {
                var response = success(pending.request, description)
                response.head.other += agreeOnTimer(pending.request, now: now)
                localDescription = response.head.body
                return [.respond(response, pending.transaction)]
            }
            return accept(pending.request, pending.transaction, with: description, now: now)
        case .reject(let status, let headers):
            let status = (300...699).contains(status) ? status : 500
            return [.respond(pending.request.response(status, adding: headers), pending.transaction)]
        }
    }

    mutating func refusePendingOffer(_ status: Int) -> [Action] {
        guard let pending = pendingOffer else { return [] }
        pendingOffer = nil
        return [.respond(pending.request.response(status), pending.transaction)]
    }

    mutating func expirePendingOffer(_ now: Duration) -> [Action] {
        guard let pending = pendingOffer, now >= pending.end else { return [] }
        return refusePendingOffer(500)
    }

    mutating func offer(_ request: SIPRequest, _ key: ServerTransactionKey, now: Duration) -> [Action] {
        if let refusal = request.refusalOfBody(accept: SIPCapabilities.acceptsSDP) { return [.respond(refusal, key)] }
        if let refusal = request.refusalOfInterval(minimum: timing.minimum) { return [.respond(refusal, key)] }
        guard request.method == .invite || !request.head.body.isEmpty else {
            dialog.refreshTarget(by: request)
            var response = success(request, nil)
            response.head.other += agreeOnTimer(request, now: now)
            return [.respond(response, key)]
        }
        // Our own offer is on its way (RFC 3261 §14.2, RFC 3311 §5.2).
        guard refresh?.method != .invite else { return [.respond(request.response(491), key)] }
        guard pendingOffer == nil else { return tooEarly(request, key) }
        var actions: [Action] = []
        if let waiting = unacknowledged {
            // While our own offer waits for its answer in the ACK there is glare (RFC 3261 §14.2, RFC 3311 §5.2).
            guard !waiting.holdsOffer else { return [.respond(request.response(491), key)] }
            // Else the caller has heard our 2xx, or it would not ask again: its ACK is lost or late (RFC 5407 §3.1.4).
            unacknowledged = nil
            actions.append(.acknowledged(nil))
        }
        var description: SessionDescription?
        if !request.head.body.isEmpty {
            guard let parsed = try? SessionDescription(parsing: request.head.body) else {
                return actions + [.respond(request.response(400, "Bad Session Description"), key)]
            }
            description = parsed
        }
        pendingOffer = PendingOffer(request: request, transaction: key, end: now + Self.offerTimeout)
        return actions + [.offer(description, sequence: request.head.cseq.number)]
    }

    private func info(_ request: SIPRequest, _ key: ServerTransactionKey) -> [Action] {
        if request.head["info-package"] != nil {
            return [.respond(request.response(469, "Bad Info Package", adding: [HeaderField("Recv-Info", "")]), key)]
        }
        if let refusal = request.refusalOfBody(accept: SIPCapabilities.acceptsDigits) {
            return [.respond(refusal, key)]
        }
        guard let type = request.contentType else { return [.respond(request.response(200), key)] }
        return [.info(contentType: type, request, key)]
    }

    /// An earlier request has to be answered first; random, so that two that collide part (§14.2).
    private mutating func tooEarly(_ request: SIPRequest, _ key: ServerTransactionKey) -> [Action] {
        let pause = Int.random(in: 0...10, using: &random)
        return [.respond(request.response(500, adding: [SIPCapabilities.retryAfter(pause)]), key)]
    }
}
