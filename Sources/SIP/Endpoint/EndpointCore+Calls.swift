// Calls: new INVITEs, what the handles of a call ask for, and what its session wants done.

extension EndpointCore {
    func receiveInvite(
        _ request: SIPRequest, _ key: ServerTransactionKey, over flow: Flow, user: any SIPUser, door: CoreReference
    ) {
        guard calls.count < limits.maximumCalls else { return shed(request, over: flow) }
        let refusal =
            request.refusalOfBody(accept: SIPCapabilities.acceptsSDP) ?? request.refusalOfAnswer
            ?? request.refusalOfInterval(minimum: limits.sessionTiming.minimum)
        if let refusal { return reply(refusal.status, to: request, over: flow, adding: refusal.head.other) }
        let contact = contact(user: request.uri.user, for: flow, secure: request.wantsSecureContact)
        guard let dialog = DialogState(answering: request, localTag: randomToken(), contact: contact) else {
            return reply(400, to: request, over: flow)
        }
        open(key, for: request, over: flow, dialog: dialog.id)
        let session = InviteSession(
            invite: request, transaction: key, dialog: dialog, answerBy: now + limits.unansweredInvite,
            timing: limits.sessionTiming, random: random)
        let record = CallRecord(session, path: DialogPath(request, flow: flow))
        calls[dialog.id] = record
        setTimer(&record.timer, to: session.deadline, owner: .call(dialog.id))
        respond(request.response(100), to: key)
        user.received(
            IncomingInvite(
                request: request, flow: flow, mediaHost: advertised(flow).host, dialog: dialog.id, core: door))
    }

    /// Sends 183 (`isEarly`) or 200.
    /// - Returns: nil when the invitation is answered or gone.
    func answer(_ id: DialogID, with description: SessionDescription, isEarly: Bool) -> EventQueue<DialogEvent>? {
        guard let record = calls[id], case .invited = record.session.phase, record.events == nil else { return nil }
        let events = EventQueue<DialogEvent>(limit: CallRecord.eventLimit)
        record.events = events
        handle(isEarly ? .progress(description) : .answer(description), inCall: id)
        return events
    }

    func handle(_ event: InviteSession.Event, inCall id: DialogID) {
        guard let record = calls[id] else { return }
        var isSent = true
        for action in record.session.handle(event, now: now) {
            switch action {
            case .respond(let response, let key):
                let isSuccess = (200...299).contains(response.status) && response.head.cseq.method == .invite
                if !respond(response, to: key), isSuccess { isSent = false }
            case .bye(let request):
                start(request, by: record.path.ways(to: record.session.dialog.nextHop), owner: .bye(id))
            case .refer(let request):
                start(request, by: record.path.ways(to: record.session.dialog.nextHop), owner: .refer(id))
            case .refresh(let request):
                start(request, by: record.path.ways(to: record.session.dialog.nextHop), owner: .refresh(id))
            case .acknowledge(let request):
                acknowledge(by: request, record.path.ways(to: record.session.dialog.nextHop))
            case .accepted:
                record.events?.push(.accepted)
            case .referred(let outcome):
                record.events?.push(.referred(outcome))
            case .acknowledged(let description):
                record.events?.push(.acknowledged(description))
            case .offer(let description, let sequence):
                guard let door else { continue }
                record.events?.push(.offer(description, OfferReply(dialog: id, sequence: sequence, core: door)))
            case .info(let type, let request, let key):
                let isTaken = record.events?.offer(.info(contentType: type, body: request.head.body)) ?? false
                respond(request.response(isTaken ? 200 : 500), to: key)
            case .ended(let reason):
                record.events?.push(.ended(reason))
                record.events?.finish()
            case .closed:
                calls[id] = nil
                record.events?.finish()
            }
        }
        let isAlive = calls[id] === record
        setTimer(&record.timer, to: isAlive ? record.session.deadline : nil, owner: .call(id))
        if !isSent { handle(.transportFailed, inCall: id) }
    }
}
