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
            case .tcp, .tls: sendStream(message, over: connected(flow))
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
        case .opening, .handshaking:
            guard connection.unsent.count + message.count <= limits.maximumUnsentBytes else { return false }
            connection.unsent += message
        case .open(let channel):
            channel.writeAndFlush(ByteBuffer(bytes: message), promise: nil)
            // Whoever does not read what he asked for is not worth its memory.
            if !channel.isWritable { dropConnection(flow) }
        }
        return true
    }

    /// The address of ours that a flow of this transport has, where one of another has `local`.
    func local(for transport: Transport, like local: HostPort) -> HostPort {
        let own = transport == .tls ? secureListeners.map(\.address) : listeners.map(\.address)
        func names(_ address: HostPort) -> Bool {
            address == local || address.port == local.port && address.isAnyAddress && address.isIPv6 == local.isIPv6
        }
        if own.contains(where: names) { return local }
        guard let other = own.first(where: { $0.host == local.host }) ?? own.first(where: { $0.isIPv6 == local.isIPv6 })
        else { return local }
        return HostPort(host: other.isAnyAddress ? local.host : other.host, port: other.port)
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

    func contact(user: String?, for flow: Flow, secure: Bool = false) -> NameAddress {
        configuration.contact(user: user, for: flow, secure: secure)
    }
}

extension SIPEndpointConfiguration {
    func advertised(_ flow: Flow) -> HostPort {
        guard var address = publicAddress(flow) else { return flow.local }
        if address.port == 0 { address.port = flow.local.port }
        return address
    }

    /// - Parameter secure: whether the peer wants TLS on every hop (RFC 5630 §3.1.2), not just on this one.
    func contact(user: String?, for flow: Flow, secure: Bool = false) -> NameAddress {
        let address = advertised(flow)
        var uri = SIPURI(user: user, host: address.host, port: address.port)
        switch flow.transport {
        case .udp: break
        case .tls where secure: uri.scheme = .sips
        case .tcp, .tls: uri.parameters["transport"] = flow.transport.rawValue.lowercased()
        }
        return NameAddress(uri: uri)
    }
}

extension SIPRequest {
    /// Whether the Contact in its dialog has to be a SIPS URI (RFC 3261 §12.1.1).
    var wantsSecureContact: Bool {
        let path = head.recordRoutes.first?.uri ?? head.contacts.first?.address?.uri
        return uri.scheme == .sips || path?.scheme == .sips
    }
}
