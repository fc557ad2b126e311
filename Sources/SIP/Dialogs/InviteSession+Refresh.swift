// Keeping a call alive (RFC 4028): the session timer that our 2xx agrees to, our refreshes by UPDATE or re-INVITE, and
// the BYE when there are none.

/// A refresh of ours that is on its way.
struct Refresh: Sendable {
    let number: UInt32
    let method: Method
}

extension InviteSession {
    /// How often one refresh is tried in another form, and how long one that failed otherwise waits for the next.
    private static let maximumTries = 3
    private static let pause = Duration.seconds(10)

    /// What the 2xx to `request` says of the session timer, which begins anew by it (RFC 4028 §9). Where the peer
    /// leaves the choice to us we refresh: so a caller that is gone is noticed by us.
    mutating func agreeOnTimer(_ request: SIPRequest, now: Duration) -> [HeaderField] {
        guard case .answered = phase, request.method == .invite || request.method == .update else { return [] }
        timer = nil
        let asked = SessionInterval(request.head)
        guard request.supportsTimer || asked != nil, let interval = asked?.seconds ?? timing.interval,
            interval >= timing.minimum
        else { return [] }
        let isOurs = asked?.refresher != .uac || !request.supportsTimer
        timer = SessionTimer(interval: interval, isOurs: isOurs, now: now)
        let expires = HeaderField("Session-Expires", "\(interval);refresher=\(isOurs ? "uas" : "uac")")
        return [expires] + (request.supportsTimer ? [HeaderField("Require", "timer")] : [])
    }

    /// As the 2xx to our INVITE or refresh says.
    mutating func agreeOnTimer(_ response: SIPResponse, asked: Int?, now: Duration) {
        guard let interval = SessionInterval(response.head)?.seconds ?? asked, interval > 0 else { return timer = nil }
        let isOurs = SessionInterval(response.head)?.refresher != .uas
        timer = SessionTimer(interval: interval, isOurs: isOurs, now: now)
    }

    mutating func timerPassed(_ now: Duration) -> [Action] {
        guard let timer else { return [] }
        if now >= timer.end { return expire() }
        guard let due = timer.refreshAt, now >= due else { return [] }
        guard refresh == nil, unacknowledged == nil, pendingOffer == nil else {
            self.timer?.refreshAt = now + .seconds(5)
            return []
        }
        tries = 0
        return sendRefresh(timer.interval, minimum: nil)
    }

    /// By UPDATE where the peer takes it, since that leaves the media alone; else by the offer of before (§7.4).
    private mutating func sendRefresh(_ interval: Int, minimum: Int?) -> [Action] {
        timer?.refreshAt = nil
        tries += 1
        var request = dialog.request(takesUpdate ? .update : .invite)
        request.head.other += [
            SIPCapabilities.allow, SIPCapabilities.supported,
            HeaderField("Session-Expires", "\(interval);refresher=uac"),
        ]
        if let minimum { request.head.other.append(HeaderField("Min-SE", String(minimum))) }
        if !takesUpdate {
            request.head.other.append(HeaderField("Content-Type", "application/sdp"))
            request.head.body = localDescription
        }
        refresh = Refresh(number: request.head.cseq.number, method: request.method)
        return [.refresh(request)]
    }

    /// - Parameter response: final; nil when there will be none.
    mutating func refreshAnswered(_ response: SIPResponse?, now: Duration) -> [Action] {
        guard let pending = refresh, response.map({ $0.head.cseq.number == pending.number }) ?? true else {
            // A 2xx again: its ACK was lost.
            return response.map(acknowledgeRefresh) ?? []
        }
        refresh = nil
        guard let response else { return expire() }
        switch response.status {
        case 200...299:
            let interval = timer?.interval
            agreeOnTimer(response, asked: interval, now: now)
            return acknowledgeRefresh(response) + takeAnswer(response)
        case 408, 481:
            return expire()
        case 405 where pending.method == .update && tries < Self.maximumTries,
            501 where pending.method == .update && tries < Self.maximumTries:
            takesUpdate = false
            return sendRefresh(timer?.interval ?? timing.minimum, minimum: nil)
        case 422 where tries < Self.maximumTries:
            let minimum = max(SessionInterval.minimum(response.head) ?? 0, timing.minimum)
            return sendRefresh(max(timer?.interval ?? 0, minimum), minimum: minimum)
        case 491:
            // The two sides part (RFC 3261 §14.1).
            timer?.refreshAt = now + .milliseconds(.random(in: 2_100...4_000, using: &random))
        default:
            let wish = response.head["retry-after"].flatMap { Int($0.prefix { $0.isNumber }) }
            timer?.refreshAt = now + max(Self.pause, .seconds(min(wish ?? 0, 3_600)))
        }
        return []
    }

    /// The ACK of a 2xx to our re-INVITE, each time that it comes.
    func acknowledgeRefresh(_ response: SIPResponse) -> [Action] {
        guard (200...299).contains(response.status), response.head.cseq.method == .invite else { return [] }
        return [.acknowledge(dialog.acknowledgement(of: response.head.cseq.number))]
    }

    /// The peer may have moved its media since.
    private mutating func takeAnswer(_ response: SIPResponse) -> [Action] {
        guard response.head.cseq.method == .invite else { return [] }
        dialog.refreshTarget(by: response)
        guard !response.head.body.isEmpty, response.head.body != remoteDescription,
            let answer = try? SessionDescription(parsing: response.head.body)
        else { return [] }
        remoteDescription = response.head.body
        return [.acknowledged(answer)]
    }

    private mutating func expire() -> [Action] {
        let refusal = refusePendingOffer(487)
        return refusal + [.ended(.expired)] + leave("SIP;cause=408;text=\"Session expired\"")
    }
}
