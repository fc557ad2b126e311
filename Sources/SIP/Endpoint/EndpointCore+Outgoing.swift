// Calls that we make: their INVITEs, and what their sessions want done until they are calls like any other.

extension EndpointCore {
    func invite(_ invitation: OutgoingInvite, over flow: Flow) -> (callID: String, EventQueue<CallProgress>) {
        let progress = EventQueue<CallProgress>(limit: CallRecord.eventLimit)
        let callID = randomToken() + randomToken()
        guard door != nil, calls.count + outgoing.count < limits.maximumCalls else {
            progress.push(.failed(status: 503))
            progress.finish()
            return (callID, progress)
        }
        var from = invitation.from
        from.tag = randomToken()
        var head = MessageHead(from: from, to: invitation.to, callID: callID, cseq: CSeq(1, .invite))
        let secure = invitation.target.scheme == .sips
        head.contacts = [.address(contact(user: from.uri.user, for: flow, secure: secure))]
        head.other = [SIPCapabilities.allow, SIPCapabilities.timer, HeaderField("Content-Type", "application/sdp")]
        if let interval = limits.sessionTiming.interval {
            head.other += SIPCapabilities.sessionTimer(interval, minimum: limits.sessionTiming.minimum)
        }
        head.body = invitation.offer.encoded()
        var unsent = SIPRequest(.invite, uri: invitation.target, head: head)
        unsent.routes = invitation.routes
        let ways = passable(ways(of: unsent, over: flow), for: unsent)
        let first = ways.first ?? Way(flow: flow)
        let request = stamped(unsent, for: first.flow)
        let session = OutgoingSession(invite: request, ringUntil: now + invitation.ringLimit)
        let record = OutgoingRecord(session, invite: request, flow: first.flow, progress: progress)
        outgoing[callID] = record
        setTimer(&record.timer, to: session.deadline, owner: .outgoing(callID))
        run(request, by: first, otherwise: ways.dropFirst(), owner: .outgoing(callID, attempt: 0))
        return (callID, progress)
    }

    func handle(_ event: OutgoingSession.Event, inOutgoing id: String) {
        guard let record = outgoing[id] else { return }
        for action in record.session.handle(event, now: now) {
            switch action {
            case .ringing(let status, let description):
                _ = record.progress.offer(.ringing(status: status, description))
            case .answered(let dialog, let description):
                confirm(dialog, description, record)
            case .retry(let request):
                record.attempt += 1
                let way = Way(flow: record.flow)
                let stamped = stamped(request, for: way.flow)
                record.rerouted(stamped, way.flow)
                run(stamped, by: way, owner: .outgoing(id, attempt: record.attempt))
            case .failed(let status):
                record.progress.push(.failed(status: status))
                record.progress.finish()
            case .acknowledge(let request, let nextHop):
                acknowledge(by: request, record.path.ways(to: nextHop))
            case .bye(let request, let nextHop):
                start(request, by: record.path.ways(to: nextHop), owner: nil)
            case .cancel(let request):
                run(request, by: Way(flow: record.flow), owner: nil)
            case .abandon:
                if let key = ClientTransactionKey(record.invite) { forget(key) }
            case .closed:
                outgoing[id] = nil
                record.progress.finish()
            }
        }
        let isAlive = outgoing[id] === record
        setTimer(&record.timer, to: isAlive ? record.session.deadline : nil, owner: .outgoing(id))
    }

    /// From here on it is a call like any other.
    private func confirm(_ dialog: DialogState, _ description: SessionDescription?, _ record: OutgoingRecord) {
        guard let door, let response = record.session.accepted else { return }
        let session = InviteSession(
            confirmed: dialog, invite: record.invite, response: response, timing: limits.sessionTiming, random: random,
            now: now)
        let call = CallRecord(session, path: record.path)
        let events = EventQueue<DialogEvent>(limit: CallRecord.eventLimit)
        call.events = events
        calls[dialog.id] = call
        setTimer(&call.timer, to: session.deadline, owner: .call(dialog.id))
        let isTaken = record.progress.offer(
            .answered(description, InviteDialog(events: events.stream, id: dialog.id, core: door)))
        record.progress.finish()
        if !isTaken { handle(.hangUp(reason: nil), inCall: dialog.id) }
    }

    /// Where calls and requests to `remote` go out: from the listener of its family.
    func flow(to remote: HostPort, by transport: Transport) -> Flow? {
        let own =
            transport == .tls && !secureListeners.isEmpty ? secureListeners.map(\.address) : listeners.map(\.address)
        guard var local = own.first(where: { $0.isIPv6 == remote.isIPv6 }) else { return nil }
        if local.isAnyAddress {
            guard let host = SourceAddress.host(towards: remote) else { return nil }
            local.host = host
        }
        return Flow(transport: transport, local: local, remote: remote)
    }
}
