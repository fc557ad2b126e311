// Which way our requests go: the first of several that there is, and the next one when it fails before anything was
// heard. So a connection that is gone is made anew, and what is too large for a datagram goes over a connection first
// (RFC 3261 §18.1.1).

extension EndpointCore {
    /// Sends a request of ours and tells `owner` of its outcome.
    func start(_ request: SIPRequest, by ways: [Way], owner: ClientRecord.Owner?) {
        let ways = passable(ways, for: request)
        guard let first = ways.first else { return }
        run(stamped(request, for: first.flow), by: first, otherwise: ways.dropFirst(), owner: owner)
    }

    /// Outside of dialogs: by `flow`, or where the request's target is if that is the same host.
    func start(_ request: SIPRequest, over flow: Flow, owner: ClientRecord.Owner?) {
        start(request, by: ways(of: request, over: flow), owner: owner)
    }

    func ways(of request: SIPRequest, over flow: Flow) -> [Way] {
        DialogPath(flow, symmetric: true).ways(to: request.nextHop)
    }

    /// Sends an ACK of a 2xx: it has no transaction, so there is no second try.
    func acknowledge(by request: SIPRequest, _ ways: [Way]) {
        guard let way = passable(ways, for: request).first else { return }
        if way.opens { openConnection(way.flow) }
        send(stamped(request, for: way.flow).encoded(), over: way.flow)
    }

    /// Without connections that neither are there nor can be made, and with one before each datagram that would be too
    /// long. Never empty.
    func passable(_ ways: [Way], for request: SIPRequest) -> [Way] {
        let isLarge =
            ways.contains { !$0.flow.transport.isReliable } && request.encoded().count > limits.largestDatagram
        var passable: [Way] = []
        for var way in ways {
            if way.opens || !way.flow.transport.isReliable {
                way.flow.local = local(for: way.flow.transport, like: way.flow.local)
            }
            if way.flow.transport.isReliable {
                guard way.opens || connections[connected(way.flow)] != nil else { continue }
            } else if isLarge {
                var stream = way
                stream.flow.transport = .tcp
                stream.opens = true
                if !passable.contains(stream) { passable.append(stream) }
            }
            passable.append(way)
        }
        return passable.isEmpty ? Array(ways.prefix(1)) : passable
    }

    /// After a failure of the network, before any response.
    /// - Returns: false when there is no other way.
    func reroute(_ key: ClientTransactionKey, _ record: ClientRecord) -> Bool {
        guard let retry = record.retry, let next = retry.ways.first else { return false }
        forget(key)
        var request = retry.request
        request.head.vias = [via(for: next.flow)]
        if case .outgoing(let id, _)? = record.owner { outgoing[id]?.rerouted(request, next.flow) }
        run(request, by: next, otherwise: retry.ways.dropFirst(), owner: record.owner)
        record.owner = nil
        return true
    }
}
