// The calling side of an INVITE until somebody has answered it (RFC 3261 §13.2, §9.1): the first 2xx makes the call,
// every further one of a forked INVITE is acknowledged and hung up at once, a 2xx that comes again gets its ACK again.
// The dialog that it makes is an InviteSession like any other.

struct OutgoingSession: Sendable {
    enum Event: Sendable {
        case response(SIPResponse)
        /// There will be no final response.
        case failed
        case hangUp
        case stop
        /// The INVITE's transaction is over.
        case terminated
        case time
    }

    enum Action: Sendable {
        case ringing(status: Int, SessionDescription?)
        case answered(DialogState, SessionDescription?)
        /// The INVITE once more, without Via: the interval of its session timer was too short (RFC 4028 §7.3).
        case retry(SIPRequest)
        /// The call was refused, or nobody took it (408).
        case failed(status: Int)
        /// The ACK of a 2xx, for this next hop; it has no transaction.
        case acknowledge(SIPRequest, nextHop: SIPURI)
        case bye(SIPRequest, nextHop: SIPURI)
        /// With the branch of the INVITE.
        case cancel(SIPRequest)
        /// No response has come to a CANCEL: the INVITE's transaction ends without one.
        case abandon
        /// Nothing is left of the call attempt.
        case closed
    }

    private enum Phase {
        /// Nothing has been heard yet, so there is nothing to cancel.
        case calling
        case proceeding
        /// Given up; a CANCEL goes out with the first provisional response.
        case leaving
        case cancelled
        /// Answered or refused; what is left are repeated and further 2xx.
        case settled
    }

    /// Branches of a forked INVITE that are told apart.
    private static let maximumBranches = 16

    /// With the Via that a CANCEL must have.
    var invite: SIPRequest
    /// The first 2xx.
    private(set) var accepted: SIPResponse?
    private var retries = 0
    private var phase = Phase.calling
    private var end: Duration?
    /// The ACK of each 2xx by its To tag.
    private var acknowledged: [String: (request: SIPRequest, nextHop: SIPURI)] = [:]

    /// - Parameter ringUntil: when nobody has answered and it is given up.
    init(invite: SIPRequest, ringUntil: Duration) {
        self.invite = invite
        end = ringUntil
    }

    /// When `.time` is to be handled next.
    var deadline: Duration? { end }

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch event {
        case .response(let response) where response.status < 200:
            return provisional(response, now: now)
        case .response(let response) where response.status < 300:
            return success(response)
        case .response(let response):
            return retry(response) ?? settle(response.status)
        case .failed:
            return settle(408)
        case .hangUp:
            return giveUp(now: now)
        case .stop:
            let isLive = isLive
            let farewell = giveUp(now: now)
            return (isLive ? [.failed(status: 503)] : []) + farewell + [.closed]
        case .terminated:
            return [.closed]
        case .time:
            guard let end, now >= end else { return [] }
            if case .cancelled = phase {
                self.end = nil
                return [.abandon, .closed]
            }
            return (isLive ? [.failed(status: 408)] : []) + giveUp(now: now)
        }
    }

    /// Whether the user waits for an outcome.
    var isLive: Bool {
        switch phase {
        case .calling, .proceeding: true
        case .leaving, .cancelled, .settled: false
        }
    }

    private mutating func provisional(_ response: SIPResponse, now: Duration) -> [Action] {
        switch phase {
        case .calling, .proceeding:
            phase = .proceeding
            guard response.status > 100 else { return [] }
            return [.ringing(status: response.status, response.description)]
        case .leaving:
            return cancel(now)
        case .cancelled, .settled:
            return []
        }
    }

    /// RFC 3261 §13.2.2.4.
    private mutating func success(_ response: SIPResponse) -> [Action] {
        let tag = response.head.to.tag ?? ""
        if let (request, nextHop) = acknowledged[tag] { return [.acknowledge(request, nextHop: nextHop)] }
        guard acknowledged.count < Self.maximumBranches else { return [] }
        var dialog = DialogState(confirming: response, to: invite)
        let acknowledgement = dialog.acknowledgement(of: invite.head.cseq.number)
        acknowledged[tag] = (acknowledgement, dialog.nextHop)
        let answer = [Action.acknowledge(acknowledgement, nextHop: dialog.nextHop)]
        guard isLive else {
            phase = .settled
            end = nil
            return answer + [.bye(dialog.request(.bye), nextHop: dialog.nextHop)]
        }
        phase = .settled
        end = nil
        accepted = response
        return answer + [.answered(dialog, response.description)]
    }

    /// The INVITE with the interval that a 422 asks for; nil when that is no use.
    private mutating func retry(_ response: SIPResponse) -> [Action]? {
        guard response.status == 422, isLive, retries < 3, let asked = SessionInterval(invite.head)?.seconds,
            let minimum = SessionInterval.minimum(response.head), minimum > asked
        else { return nil }
        retries += 1
        phase = .calling
        var request = invite
        request.head.vias = []
        request.head.cseq = CSeq(invite.head.cseq.number + 1, .invite)
        request.head.other.removeAll {
            $0.name.equalsIgnoringCase("session-expires") || $0.name.equalsIgnoringCase("min-se")
        }
        request.head.other += SIPCapabilities.sessionTimer(minimum, minimum: minimum)
        return [.retry(request)]
    }

    private mutating func settle(_ status: Int) -> [Action] {
        defer {
            phase = .settled
            end = nil
        }
        return isLive ? [.failed(status: status)] : []
    }

    private mutating func giveUp(now: Duration) -> [Action] {
        switch phase {
        case .calling:
            phase = .leaving
            end = nil
            return []
        case .proceeding:
            return cancel(now)
        case .leaving, .cancelled, .settled:
            return []
        }
    }

    /// RFC 3261 §9.1.
    private mutating func cancel(_ now: Duration) -> [Action] {
        phase = .cancelled
        end = now + TransactionTiming.whole
        var head = MessageHead(
            from: invite.head.from, to: invite.head.to, callID: invite.head.callID,
            cseq: CSeq(invite.head.cseq.number, .cancel))
        head.vias = invite.head.vias
        var request = SIPRequest(.cancel, uri: invite.uri, head: head)
        request.routes = invite.routes
        return [.cancel(request)]
    }
}

extension SIPResponse {
    /// The session description in its body, if there is one that can be read.
    fileprivate var description: SessionDescription? {
        let type = head["content-type"]?.prefix { $0 != ";" }.split(separator: " ").joined().lowercased()
        return type == "application/sdp" ? try? SessionDescription(parsing: head.body) : nil
    }
}

extension SIPRequest {
    /// The ACK of a response of 300 or more, which belongs to the INVITE's transaction (RFC 3261 §17.1.1.3).
    func acknowledgement(of response: SIPResponse) -> SIPRequest {
        var head = MessageHead(
            from: head.from, to: response.head.to, callID: head.callID, cseq: CSeq(head.cseq.number, .ack))
        head.vias = self.head.vias
        var request = SIPRequest(.ack, uri: uri, head: head)
        request.routes = routes
        return request
    }
}
