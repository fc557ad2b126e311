// What comes in, sorted: to its transaction, its dialog or the user, or answered on the spot (RFC 3261 §8.2).

internal import Logging

extension EndpointCore {
    /// One whole message.
    /// - Returns: false when it is not SIP enough to be answered.
    @discardableResult
    func receive(_ message: [UInt8], over flow: Flow) -> Bool {
        guard door != nil else { return true }
        switch MessageParser.parse(message) {
        case .request(let request):
            receive(request, over: flow)
        case .response(let response):
            receive(response)
        case .refused(let answer, let why):
            counters.malformed += 1
            logger.debug("malformed message", metadata: ["from": "\(flow.remote)", "why": "\(why)"])
            guard let answer else { return false }
            refuse(answer, over: flow)
        }
        return true
    }

    private func refuse(_ answer: SIPResponse, over flow: Flow) {
        guard !answer.head.vias.isEmpty else { return }
        var answer = answer
        answer.head.vias[0].stampSource(flow)
        var back = flow
        if flow.transport == .udp, !answer.head.vias[0].parameters.contains("rport") {
            back.remote.port = answer.head.vias[0].port ?? 5060
        }
        send(answer.encoded(), over: back)
    }

    private func receive(_ response: SIPResponse) {
        counters.responses += 1
        // More than one Via: it was for somebody behind us, and there is nobody (RFC 3261 §8.1.3.3).
        guard response.head.vias.count == 1, let branch = response.head.vias[0].branch else {
            return counters.strays += 1
        }
        let key = ClientTransactionKey(branch: branch, method: response.head.cseq.method)
        guard clientTransactions[key] != nil else { return counters.strays += 1 }
        drive(key, .response(status: response.status), response: response)
    }

    private func receive(_ incoming: SIPRequest, over flow: Flow) {
        counters.requests += 1
        guard let key = ServerTransactionKey(incoming) else { return counters.malformed += 1 }
        noteAlias(in: incoming, over: flow)
        var request = incoming
        request.stampSource(flow)
        if serverTransactions[key] != nil {
            if request.method == .ack {
                drive(key, .ack, ack: request)
            } else {
                counters.retransmissions += 1
                drive(key, .request)
            }
        } else if request.method == .ack {
            acknowledge(request)
        } else if request.method == .cancel {
            cancel(request, key, over: flow)
        } else if let (status, headers) = refusal(of: request, key) {
            reply(status, to: request, over: flow, adding: headers)
        } else if request.head.to.tag != nil && request.method != .register {
            receiveInDialog(request, key, over: flow)
        } else {
            receiveNew(request, key, over: flow)
        }
    }

    /// The ACK of a 2xx is the dialog's.
    func acknowledge(_ ack: SIPRequest) {
        guard let id = DialogID(of: ack), calls[id] != nil else { return counters.strays += 1 }
        handle(.acknowledged(ack), inCall: id)
    }

    /// RFC 3261 §9.2.
    private func cancel(_ request: SIPRequest, _ key: ServerTransactionKey, over flow: Flow) {
        guard let invite = serverTransactions[key.cancelledInvite] else { return reply(481, to: request, over: flow) }
        var response = request
        response.head.to.tag = invite.dialog?.localTag ?? request.head.to.tag
        reply(200, to: response, over: flow)
        if let id = invite.dialog { handle(.cancelled(key.cancelledInvite), inCall: id) }
    }

    /// The checks of RFC 3261 §8.2.1 and §8.2.2 that are the same for every request.
    private func refusal(of request: SIPRequest, _ key: ServerTransactionKey) -> (Int, [HeaderField])? {
        guard SIPCapabilities.knownMethods.contains(request.method) else { return (501, [SIPCapabilities.allow]) }
        if !SIPCapabilities.methods.contains(request.method) { return (405, [SIPCapabilities.allow]) }
        if request.head.to.tag == nil, let other = merged[MergeKey(request)], other != key { return (482, []) }
        let required = request.head.tokens(of: "require").filter { !SIPCapabilities.extensions.contains($0) }
        return required.isEmpty ? nil : (420, [HeaderField("Unsupported", required.joined(separator: ", "))])
    }

    private func receiveInDialog(_ request: SIPRequest, _ key: ServerTransactionKey, over flow: Flow) {
        // What goes on by TLS is nothing that others on the way could have heard and answer to.
        guard let id = DialogID(of: request), let path = calls[id]?.path ?? subscriptions[id]?.path,
            flow.transport.isProtected || !path.isProtected
        else {
            if !hasOvertakenAnswer(request, over: flow) { reply(481, to: request, over: flow) }
            return
        }
        guard serverTransactions.count < limits.maximumTransactionsOfDialogs else { return shed(request, over: flow) }
        open(key, for: request, over: flow, dialog: id)
        if let call = calls[id] {
            call.path = DialogPath(request, flow: flow)
            if request.method == .invite { respond(request.response(100), to: key) }
            handle(.request(request, key), inCall: id)
        } else {
            receive(request, key, over: flow, inSubscription: id)
        }
    }

    /// Whether it belongs to a call that we make, and is there before the 200 that makes it one, as a BYE of somebody who
    /// answers and hangs up at once: both come again, the 200 first (RFC 3261 §13.3.1.4, §17.1.2.2).
    private func hasOvertakenAnswer(_ request: SIPRequest, over flow: Flow) -> Bool {
        guard !flow.transport.isReliable, let call = outgoing[request.head.callID] else { return false }
        return call.session.isLive && request.head.to.tag == call.session.invite.head.from.tag
    }

    private func receiveNew(_ request: SIPRequest, _ key: ServerTransactionKey, over flow: Flow) {
        // What belongs to a dialog; a NOTIFY to a subscription of ours, which only REFER makes (RFC 6665 §4.1.3).
        if [.bye, .info, .update, .prack, .notify].contains(request.method) {
            return reply(481, to: request, over: flow)
        }
        if let drainRetryAfter { return shed(request, over: flow, retryAfter: drainRetryAfter) }
        if request.method == .options {
            return reply(
                200, to: request, over: flow,
                adding: [
                    SIPCapabilities.allow, SIPCapabilities.acceptsSDP, SIPCapabilities.acceptsIdentity,
                    HeaderField("Accept-Language", "*"), SIPCapabilities.supported,
                ])
        }
        guard serverTransactions.count < limits.maximumTransactions, let user, let door else {
            return shed(request, over: flow)
        }
        switch request.method {
        case .invite:
            receiveInvite(request, key, over: flow, user: user, door: door)
        case .subscribe:
            receiveSubscribe(request, key, over: flow, user: user, door: door)
        default:
            open(key, for: request, over: flow)
            user.received(IncomingRequest(request: request, flow: flow, transaction: key, core: door))
        }
    }
}

extension DialogID {
    /// The dialog that an incoming request names; nil when it names none.
    init?(of request: SIPRequest) {
        guard let localTag = request.head.to.tag else { return nil }
        self.init(callID: request.head.callID, localTag: localTag, remoteTag: request.head.from.tag ?? "")
    }
}
