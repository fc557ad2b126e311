// Transactions of both sides: events in, bytes out, and the word to whom it concerns.

extension EndpointCore {
    // MARK: Server side

    func open(_ key: ServerTransactionKey, for request: SIPRequest, over flow: Flow, dialog: DialogID? = nil) {
        let record = ServerRecord(request, flow: request.responseFlow(flow), dialog: dialog, now: now)
        serverTransactions[key] = record
        if let mergeKey = record.mergeKey { merged[mergeKey] = key }
        setTimer(&record.timer, to: record.deadline, owner: .server(key))
    }

    /// Sends a response by its transaction; a second final one is ignored.
    /// - Returns: false when it could not be handed to the network.
    @discardableResult
    func respond(_ response: SIPResponse, to key: ServerTransactionKey) -> Bool {
        guard let record = serverTransactions[key] else { return true }
        if response.status >= 200 { record.unanswered = nil }
        var response = response
        // The request may come again, and nothing is kept of it: the same answer has to have the same tag (§8.2.7).
        let isOutsideDialog = record.mergeKey != nil
        if response.isUnproven, isOutsideDialog { response.head.to.tag = statelessTag(response.head) }
        let bytes = complete(response, tag: statelessTag(response.head)).encoded()
        let isSent = drive(key, .respond(status: response.status, bytes))
        if response.isUnproven { forget(key) }
        return isSent
    }

    private func forget(_ key: ServerTransactionKey) {
        guard let record = serverTransactions.removeValue(forKey: key) else { return }
        if let mergeKey = record.mergeKey, merged[mergeKey] == key { merged[mergeKey] = nil }
        setTimer(&record.timer, to: nil, owner: .server(key))
    }

    /// Answers without a transaction (RFC 3261 §8.2.7): the same request again gets the same answer again.
    func reply(_ status: Int, to request: SIPRequest, over flow: Flow, adding headers: [HeaderField] = []) {
        guard request.method != .ack else { return }
        let response = request.response(status, adding: headers)
        send(complete(response, tag: statelessTag(request.head)).encoded(), over: request.responseFlow(flow))
    }

    /// 503: come back later.
    func shed(_ request: SIPRequest, over flow: Flow, retryAfter: Int? = nil) {
        counters.shed += 1
        reply(503, to: request, over: flow, adding: [SIPCapabilities.retryAfter(retryAfter ?? limits.retryAfter)])
    }

    /// - Parameter ack: the ACK that the event is about.
    /// - Returns: false when something could not be handed to the network.
    @discardableResult
    func drive(_ key: ServerTransactionKey, _ event: ServerTransactionEvent, ack: SIPRequest? = nil) -> Bool {
        guard let record = serverTransactions[key] else { return true }
        var isSent = true
        for action in record.handle(event, now: now) {
            switch action {
            case .send(let bytes):
                isSent = (send(bytes, over: record.flow) || sendAnew(bytes, record)) && isSent
            case .passACK:
                if let ack { acknowledge(ack) }
            case .unanswered:
                if let request = record.unanswered { respond(request.response(500), to: key) }
            case .terminate:
                forget(key)
            }
        }
        let isAlive = serverTransactions[key] === record
        setTimer(&record.timer, to: isAlive ? record.deadline : nil, owner: .server(key))
        return isSent
    }

    /// A response whose connection is gone goes where the request's Via says that its sender listens (RFC 3261
    /// §18.2.2), but to no other host than it came from.
    private func sendAnew(_ response: [UInt8], _ record: ServerRecord) -> Bool {
        guard let flow = record.listening else { return false }
        openConnection(flow)
        return send(response, over: flow)
    }

    private func complete(_ response: SIPResponse, tag: @autoclosure () -> String) -> SIPResponse {
        var response = response
        if response.status > 100, response.head.to.tag == nil { response.head.to.tag = tag() }
        response.head.other.append(HeaderField("Server", configuration.serverName))
        return response
    }

    /// The same for the same request, another one after a restart.
    func statelessTag(_ head: MessageHead) -> String {
        var hasher = Hasher()
        hasher.combine(head.callID)
        hasher.combine(head.from.tag)
        hasher.combine(head.cseq.number)
        hasher.combine(head.vias.first?.branch)
        return String(UInt(bitPattern: hasher.finalize()), radix: 36)
    }

    // MARK: Client side

    /// With our Via, a new branch and our name.
    func stamped(_ request: SIPRequest, for flow: Flow) -> SIPRequest {
        var request = request
        request.head.vias = [via(for: flow)]
        if request.head["user-agent"] == nil {
            request.head.other.append(HeaderField("User-Agent", configuration.serverName))
        }
        return request
    }

    func via(for flow: Flow) -> Via {
        let sentBy = advertised(flow)
        var via = Via(
            transport: flow.transport.rawValue, host: sentBy.host, port: sentBy.port,
            parameters: [Parameters.Entry("branch", "z9hG4bK" + randomToken()), Parameters.Entry("rport")])
        if flow.transport.isReliable { via.parameters.entries.append(Parameters.Entry("alias")) }
        return via
    }

    /// Sends a request that has its Via.
    func run(
        _ request: SIPRequest, by way: Way, otherwise others: ArraySlice<Way> = [], owner: ClientRecord.Owner?
    ) {
        if way.opens { openConnection(way.flow) }
        let flow = connected(way.flow)
        let record = ClientRecord(request, flow: flow, owner: owner, now: now)
        if !others.isEmpty { record.retry = (request, others) }
        guard door != nil, clientTransactions.count < limits.maximumTransactions,
            let key = ClientTransactionKey(request)
        else { return settle(record, with: nil) }
        clientTransactions[key] = record
        connections[flow]?.waiting.insert(key)
        perform(record.start, key, record, response: nil)
    }

    func drive(_ key: ClientTransactionKey, _ event: ClientTransaction.Event, response: SIPResponse? = nil) {
        guard let record = clientTransactions[key] else { return }
        if case .transportFailed = event, reroute(key, record) { return }
        if response != nil { record.retry = nil }
        perform(record.handle(event, response, now: now), key, record, response: response)
    }

    /// Ends a transaction that is waited for no longer.
    func forget(_ key: ClientTransactionKey) {
        guard let record = clientTransactions.removeValue(forKey: key) else { return }
        connections[record.flow]?.waiting.remove(key)
        setTimer(&record.timer, to: nil, owner: .client(key))
    }

    /// Branches and tags: nobody can guess them.
    func randomToken() -> String { random.token() }

    private func perform(
        _ actions: [ClientTransaction.Action], _ key: ClientTransactionKey, _ record: ClientRecord,
        response: SIPResponse?
    ) {
        var outcome: SIPResponse??
        var told: [OutgoingSession.Event] = []
        for action in actions {
            switch action {
            case .send(let bytes):
                // Told later: whoever starts a request is still busy with what made him do so.
                if !send(bytes, over: record.flow) { door?.run { $0.drive(key, .transportFailed) } }
            case .pass:
                guard let response else { continue }
                told.append(.response(response))
                if response.status >= 200 { outcome = .some(response) }
            case .failed:
                told.append(.failed)
                outcome = .some(nil)
            case .terminate:
                told.append(.terminated)
                clientTransactions[key] = nil
                connections[record.flow]?.waiting.remove(key)
            }
        }
        let isAlive = clientTransactions[key] === record
        setTimer(&record.timer, to: isAlive ? record.deadline : nil, owner: .client(key))
        switch record.owner {
        case .outgoing(let id, let attempt)?:
            for event in told where outgoing[id]?.attempt == attempt { handle(event, inOutgoing: id) }
        case .refresh(let id)?:
            // A 2xx comes again until its ACK is there.
            for case .response(let response) in told where response.status >= 200 {
                handle(.refreshAnswered(response), inCall: id)
            }
            if case .some(nil) = outcome { handle(.refreshAnswered(nil), inCall: id) }
        default:
            if let outcome { settle(record, with: outcome) }
        }
    }

    private func settle(_ record: ClientRecord, with response: SIPResponse?) {
        defer { record.owner = nil }
        switch record.owner {
        case .outgoing(let id, _):
            for event in [OutgoingSession.Event.failed, .terminated] { handle(event, inOutgoing: id) }
        case .bye(let id): handle(.byeFinished, inCall: id)
        case .refresh(let id): handle(.refreshAnswered(response), inCall: id)
        case .refer(let id): handle(.referAnswered(response?.status), inCall: id)
        case .notify(let id): handle(.answered(response), inSubscription: id)
        case .request(let continuation): continuation.resume(returning: response)
        case nil: break
        }
    }
}

extension SIPResponse {
    /// For who has not proved who he is. It is sent once and nothing is kept: the request may bear the address of
    /// somebody else, who would get it again and again (RFC 3261 §26.3.2.4).
    fileprivate var isUnproven: Bool { status == 401 || status == 403 }
}

extension SIPRequest {
    /// Where its responses go: RFC 3261 §18.2.2 with RFC 3581. A `maddr` is not followed: it would let anybody aim our
    /// responses at a third party.
    func responseFlow(_ flow: Flow) -> Flow {
        guard flow.transport == .udp, let via = head.vias.first, !via.parameters.contains("rport") else { return flow }
        var flow = flow
        flow.remote.port = via.port ?? 5060
        return flow
    }

    /// Where its sender takes connections, by its own word; nil for a datagram.
    func listeningFlow(_ flow: Flow) -> Flow? {
        guard flow.transport.isReliable, let via = head.vias.first else { return nil }
        var flow = flow
        flow.remote.port = via.port ?? flow.transport.defaultPort
        return flow
    }

    /// Notes on the topmost Via where the request really came from (RFC 3261 §18.2.1, RFC 3581 §4).
    mutating func stampSource(_ flow: Flow) {
        guard !head.vias.isEmpty else { return }
        head.vias[0].stampSource(flow)
    }
}

extension Via {
    mutating func stampSource(_ flow: Flow) {
        let wantsPort = parameters.contains("rport")
        parameters["received"] = wantsPort || host != flow.remote.host ? flow.remote.host : nil
        if wantsPort { setPort(flow.remote.port) }
    }

    /// Into the flag that the client left for it.
    private mutating func setPort(_ port: UInt16) {
        guard let place = parameters.entries.firstIndex(where: { $0.name.lowercased() == "rport" }) else { return }
        parameters.entries[place].value = String(port)
    }
}
