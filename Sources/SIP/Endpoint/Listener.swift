// One listen address: a UDP socket and a TCP socket on the same port.

internal import Glibc
internal import NIOCore
internal import NIOPosix

struct Listener {
    /// The actual address.
    let address: HostPort
    let datagrams: any Channel
    let connections: any Channel

    /// How many free ports are tried when the system may choose one and somebody has its TCP twin.
    private static let maximumTries = 20

    static func open(
        _ wanted: HostPort, _ limits: SIPLimits, loop: any EventLoop, door: CoreReference
    ) async throws(SIPEndpointError) -> Listener {
        var failure = "no free port"
        for _ in 0..<(wanted.port == 0 ? maximumTries : 1) {
            do {
                let datagrams = try await bindDatagrams(
                    wanted, sharesPort: wanted.isAnyAddress, loop: loop, door: door
                ).get()
                guard let address = datagrams.localAddress.flatMap(HostPort.init) else { continue }
                do {
                    let connections = try await bindConnections(address, .tcp, limits, loop: loop, door: door)
                    return Listener(address: address, datagrams: datagrams, connections: connections)
                } catch {
                    try? await datagrams.close()
                    throw error
                }
            } catch {
                failure = reason(error)
            }
        }
        throw .cannotListen(wanted, reason: failure)
    }

    static func reason(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }

    func close() {
        datagrams.close(promise: nil)
        connections.close(promise: nil)
    }

    /// - Parameter sharesPort: whether another socket of ours has the port, for another address or for all of them.
    static func bindDatagrams(
        _ address: HostPort, sharesPort: Bool, loop: any EventLoop, door: CoreReference
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = DatagramBootstrap(group: loop)
            // A datagram that does not fit would be cut without a word.
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
            .channelOption(.maxMessagesPerRead, value: 16)
            .channelOption(.socketOption(.so_rcvbuf), value: 4_194_304)
            // Only then is it not known to which of our addresses a datagram came.
            .channelOption(.receivePacketInfo, value: address.isAnyAddress)
            .channelOption(.socketOption(.so_reuseaddr), value: sharesPort ? 1 : 0)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try door.enter { core in
                        try channel.pipeline.syncOperations.addHandler(DatagramHandler(core))
                    }
                }
            }
        return withOnlyIPv6(bootstrap, address).bind(host: address.host, port: Int(address.port))
    }

    static func bindConnections(
        _ address: HostPort, _ transport: Transport, _ limits: SIPLimits, loop: any EventLoop, door: CoreReference
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(.socketOption(.so_sndbuf), value: ConnectionBuffers.kernel)
            .childChannelOption(.writeBufferWaterMark, value: ConnectionBuffers.own(limits))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try door.enter { core in
                        try core.prepare(channel, transport)
                    }
                }
            }
        let socket = try SocketAddress(ipAddress: address.host, port: Int(address.port))
        guard address.isIPv6 else { return try await bootstrap.bind(to: socket).get() }
        return try await bootstrap.serverChannelOption(onlyIPv6, value: 1).bind(to: socket).get()
    }
}

/// A listen address for TLS.
struct SecureListener {
    let address: HostPort
    let connections: any Channel

    static func open(
        _ wanted: HostPort, _ limits: SIPLimits, loop: any EventLoop, door: CoreReference
    ) async throws(SIPEndpointError) -> SecureListener {
        do {
            let connections = try await Listener.bindConnections(wanted, .tls, limits, loop: loop, door: door)
            return SecureListener(
                address: connections.localAddress.flatMap(HostPort.init) ?? wanted, connections: connections)
        } catch {
            throw .cannotListen(wanted, reason: Listener.reason(error))
        }
    }
}

extension Listener {
    /// `::` leaves the IPv4 addresses to a listener of their own.
    private static let onlyIPv6 = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)

    private static func withOnlyIPv6(_ bootstrap: DatagramBootstrap, _ address: HostPort) -> DatagramBootstrap {
        address.isIPv6 ? bootstrap.channelOption(onlyIPv6, value: 1) : bootstrap
    }
}

extension HostPort {
    init?(_ address: SocketAddress) {
        guard let host = address.ipAddress, let port = address.port.flatMap(UInt16.init(exactly:)) else { return nil }
        self.init(host: host, port: port)
    }

    var isIPv6: Bool { host.contains(":") }
    var isAnyAddress: Bool { host == "0.0.0.0" || host == "::" }
}
