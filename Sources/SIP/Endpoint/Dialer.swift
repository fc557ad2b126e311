// Opens a connection from one of our addresses to a peer.

internal import NIOCore
internal import NIOPosix
internal import NIOSSL

enum Dialer {
    static func connect(
        _ flow: Flow, _ configuration: SIPEndpointConfiguration, _ credentials: TLSCredentials?, loop: any EventLoop,
        door: CoreReference
    ) -> EventLoopFuture<any Channel> {
        let limits = configuration.limits
        let name = configuration.certificateNames[flow.remote]
        do {
            let remote = try SocketAddress(ipAddress: flow.remote.host, port: Int(flow.remote.port))
            let bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(TimeAmount(limits.connectTimeout))
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.maxMessagesPerRead, value: 4)
                .channelOption(.socketOption(.so_sndbuf), value: ConnectionBuffers.kernel)
                .channelOption(.writeBufferWaterMark, value: ConnectionBuffers.own(limits))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if flow.transport == .tls {
                            guard let context = credentials?.client else { throw ChannelError.operationUnsupported }
                            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                        }
                        try door.enter { core in
                            try pipeline.addHandler(StreamHandler(core, flow.transport, flow))
                        }
                    }
                }
            guard !flow.local.isAnyAddress else { return bootstrap.connect(to: remote) }
            // So that the peer sees the address that Via and Contact name.
            return bootstrap.bind(to: try SocketAddress(ipAddress: flow.local.host, port: 0)).connect(to: remote)
        } catch {
            return loop.makeFailedFuture(error)
        }
    }
}

/// What a peer that does not read can make the kernel and us keep for it.
enum ConnectionBuffers {
    static let kernel = 65_536

    static func own(_ limits: SIPLimits) -> ChannelOptions.Types.WriteBufferWaterMark {
        .init(low: limits.maximumUnsentBytes / 4, high: limits.maximumUnsentBytes)
    }
}
