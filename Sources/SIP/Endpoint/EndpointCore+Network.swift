// The edge to the network (RFC 3261 §18): what comes in by datagrams and connections, and the way out by a flow.

internal import NIOCore

extension EndpointCore {
    // MARK: In

    func receive(datagram: ByteBuffer, over flow: Flow) {
        // Keep-alives of phones behind NAT: CRLFs, zeros or a few bytes of anything.
        guard datagram.readableBytes > 4, datagram.readableBytesView.contains(where: { $0 > ASCII.space }) else {
            return
        }
        receive(Array(datagram.readableBytesView), over: flow)
    }

    func receive(stream bytes: ByteBuffer, over flow: Flow) {
        guard let connection = connections[flow] else { return }
        var isReadable = true
        do throws(FramingError) {
            try connection.framer.append(bytes.readableBytesView)
        } catch {
            counters.malformed += 1
            isReadable = false
        }
        var wasCompleted = false
        while connections[flow] === connection, let frame = connection.framer.next() {
            switch frame {
            case .keepAlive:
                send([0x0D, 0x0A], over: flow)
            case .message(let message):
                wasCompleted = true
                if receive(message, over: flow) { connection.hasSpoken = true } else { isReadable = false }
            }
        }
        guard connections[flow] === connection else { return }
        guard isReadable else { return dropConnection(flow) }
        setDeadline(connection, flow, wasCompleted: wasCompleted)
    }

    /// A message that has begun must be whole in time however busily its bytes drip in, and so must the first one.
    private func setDeadline(_ connection: Connection, _ flow: Flow, wasCompleted: Bool) {
        if connection.framer.unfinished == 0 {
            connection.messageDeadline = nil
        } else if wasCompleted || connection.messageDeadline == nil {
            connection.messageDeadline = now + limits.messageTimeout
        }
        guard connection.hasSpoken else { return }
        let deadline = connection.messageDeadline ?? now + limits.idleTimeout
        setTimer(&connection.timer, to: deadline, owner: .connection(flow))
    }

    // MARK: Out

    /// - Returns: false when there is no way to send over `flow`.
    @discardableResult
    func send(_ message: [UInt8], over flow: Flow) -> Bool {
        let isSent =
            switch flow.transport {
            case .udp: sendDatagram(message, over: flow)
            case .tcp: sendStream(message, over: connected(flow))
            }
        if !isSent { counters.unsent += 1 }
        return isSent
    }

    private func sendDatagram(_ message: [UInt8], over flow: Flow) -> Bool {
        guard let channel = datagrams(from: flow.local), channel.isWritable, flow.remote.port != 0,
            let remote = try? SocketAddress(ipAddress: flow.remote.host, port: Int(flow.remote.port))
        else { return false }
        let datagram = AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: message))
        channel.writeAndFlush(datagram, promise: nil)
        return true
    }

    private func sendStream(_ message: [UInt8], over flow: Flow) -> Bool {
        guard let connection = connections[flow] else { return false }
        switch connection.state {
        case .opening:
            guard connection.unsent.count + message.count <= limits.maximumUnsentBytes else { return false }
            connection.unsent += message
        case .open(let channel):
            channel.writeAndFlush(ByteBuffer(bytes: message), promise: nil)
            // Whoever does not read what he asked for is not worth its memory.
            if !channel.isWritable { dropConnection(flow) }
        }
        return true
    }

    /// A flow that was kept over a restart may name an address that is now covered by another listener.
    func listener(for local: HostPort) -> Listener? {
        listeners.first { $0.address == local }
            ?? listeners.first { $0.address.isIPv6 == local.isIPv6 && $0.address.isAnyAddress }
            ?? listeners.first { $0.address.isIPv6 == local.isIPv6 }
    }

    // MARK: Who we are

    /// The host and port that Via and Contact name for `flow`.
    func advertised(_ flow: Flow) -> HostPort { configuration.advertised(flow) }

    func contact(user: String?, for flow: Flow) -> NameAddress { configuration.contact(user: user, for: flow) }
}

extension SIPEndpointConfiguration {
    func advertised(_ flow: Flow) -> HostPort {
        HostPort(host: advertisedHost ?? flow.local.host, port: flow.local.port)
    }

    func contact(user: String?, for flow: Flow) -> NameAddress {
        let address = advertised(flow)
        var uri = SIPURI(user: user, host: address.host, port: address.port)
        if flow.transport == .tcp { uri.parameters["transport"] = "tcp" }
        return NameAddress(uri: uri)
    }
}
