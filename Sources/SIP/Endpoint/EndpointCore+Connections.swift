// Connections: those that peers make, those that we open, their limits and their end. A peer that says `alias` in its
// Via takes our requests over the connection that it made (RFC 5923); we say so too.

internal import Logging
internal import NIOCore
internal import NIOSSL

extension EndpointCore {
    /// The connection that requests over `flow` go by: its own, or the one that its peer has made and said so.
    func connected(_ flow: Flow) -> Flow { connections[flow] == nil ? aliases[flow] ?? flow : flow }

    // MARK: Those of peers

    /// What a new connection of a peer passes through on its way to us.
    func prepare(_ channel: any Channel, _ transport: Transport) throws {
        if transport == .tls {
            guard let context = credentials?.server else { throw ChannelError.operationUnsupported }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
        try channel.pipeline.syncOperations.addHandler(StreamHandler(self, transport))
    }

    /// - Returns: nil when the connection is one too many.
    func accepted(_ channel: any Channel, _ transport: Transport) -> Flow? {
        guard door != nil, let remote = channel.remoteAddress.flatMap(HostPort.init),
            let local = channel.localAddress.flatMap(HostPort.init)
        else { return nil }
        let flow = Flow(transport: transport, local: local, remote: remote)
        let fromThere = connectionsByAddress[remote.host, default: 0]
        guard connections.count - openedConnections < limits.maximumConnections,
            fromThere < limits.maximumConnectionsPerAddress, connections[flow] == nil
        else {
            counters.connectionsRefused += 1
            return nil
        }
        let isSecure = transport == .tls
        let connection = Connection(isSecure ? .handshaking(channel) : .open(channel), isOurs: false)
        connections[flow] = connection
        connectionsByAddress[remote.host] = fromThere + 1
        counters.connectionsAccepted += 1
        let patience = isSecure ? limits.handshakeTimeout : limits.messageTimeout
        setTimer(&connection.timer, to: now + patience, owner: .connection(flow))
        return flow
    }

    /// The TLS handshake of `flow` is over.
    func secured(_ flow: Flow) {
        guard let connection = connections[flow], case .handshaking(let channel) = connection.state else { return }
        if connection.isOurs { return ready(channel, flow) }
        connection.state = .open(channel)
        setTimer(&connection.timer, to: now + limits.messageTimeout, owner: .connection(flow))
    }

    func failed(_ flow: Flow, _ error: any Error) {
        // Of our own connections somebody should hear: a certificate is wrong, or the peer's authority is not known.
        let level: Logger.Level = connections[flow]?.isOurs == true ? .warning : .debug
        logger.log(level: level, "a connection failed", metadata: ["peer": "\(flow.remote)", "why": "\(error)"])
    }

    /// Notes where the peer takes requests over this connection. It is believed of its own address alone: over TCP
    /// nothing else is known of it, and another's requests would go astray.
    func noteAlias(in request: SIPRequest, over flow: Flow) {
        guard flow.transport.isReliable, let via = request.head.vias.first, via.parameters.contains("alias"),
            flow.remote.isHost(via.host), let connection = connections[flow]
        else { return }
        let port = via.port ?? flow.transport.defaultPort
        let alias = Flow(
            transport: flow.transport, local: flow.local, remote: HostPort(host: flow.remote.host, port: port))
        if let old = connection.alias, aliases[old] == flow { aliases[old] = nil }
        connection.alias = alias
        aliases[alias] = flow
    }

    // MARK: Ours

    /// Begins to connect, where there is no connection yet. What is sent meanwhile waits.
    func openConnection(_ flow: Flow) {
        guard let door, connections[connected(flow)] == nil else { return }
        guard openedConnections < limits.maximumOpenedConnections else { return counters.connectionsRefused += 1 }
        lastConnection += 1
        let number = lastConnection
        let connection = Connection(.opening(number), isOurs: true)
        connections[flow] = connection
        openedConnections += 1
        setTimer(&connection.timer, to: now + limits.connectTimeout, owner: .connection(flow))
        Dialer.connect(flow, configuration, credentials, loop: door.loop, door: door).whenComplete { result in
            door.enter { $0.connected(result, number, flow) }
        }
    }

    private func connected(_ result: Result<any Channel, any Error>, _ number: Int, _ flow: Flow) {
        let isWanted = connections[flow]?.isOpening(number) ?? false
        switch result {
        case .success(let channel) where isWanted:
            counters.connectionsOpened += 1
            guard flow.transport == .tls else { return ready(channel, flow) }
            guard let connection = connections[flow] else { return }
            connection.state = .handshaking(channel)
            setTimer(&connection.timer, to: now + limits.handshakeTimeout, owner: .connection(flow))
        case .success(let channel):
            // Given up meanwhile.
            channel.close(promise: nil)
        case .failure:
            if isWanted { dropConnection(flow) }
        }
    }

    private func ready(_ channel: any Channel, _ flow: Flow) {
        guard let connection = connections[flow] else { return }
        let waiting = connection.unsent
        connection.unsent = []
        connection.state = .open(channel)
        connection.hasSpoken = true
        setTimer(&connection.timer, to: now + limits.idleTimeout, owner: .connection(flow))
        if !waiting.isEmpty { send(waiting, over: flow) }
    }

    // MARK: The end

    func dropConnection(_ flow: Flow) {
        counters.connectionsDropped += 1
        close(flow)
    }

    func close(_ flow: Flow) {
        guard let connection = connections.removeValue(forKey: flow) else { return }
        if connection.isOurs {
            openedConnections -= 1
        } else {
            let others = connectionsByAddress[flow.remote.host, default: 1] - 1
            connectionsByAddress[flow.remote.host] = others > 0 ? others : nil
        }
        if let alias = connection.alias, aliases[alias] == flow { aliases[alias] = nil }
        setTimer(&connection.timer, to: nil, owner: .connection(flow))
        connection.channel?.close(promise: nil)
        for key in connection.waiting { drive(key, .transportFailed) }
    }
}
