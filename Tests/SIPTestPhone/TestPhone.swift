// A phone for tests: a socket on loopback, by UDP, TCP or TLS, that sends what it is told and answers every request as
// it is told.

internal import NIOCore
internal import NIOPosix
internal import NIOSSL
package import SIP
internal import Synchronization

package final class TestPhone: Sendable {
    package enum Way: Hashable, Sendable {
        case udp, tcp
        /// Believes what is signed by the certificates in this PEM file.
        case tls(authority: String)

        package var transport: Transport {
            switch self {
            case .udp: .udp
            case .tcp: .tcp
            case .tls: .tls
            }
        }
    }

    private struct State {
        var waiting: [String: CheckedContinuation<SIPResponse, Never>] = [:]
        var answer = 200
    }

    /// Where it sends from.
    package let address: HostPort
    package let way: Way
    /// The requests that came, in order.
    package let requests: AsyncStream<SIPRequest>
    private let arrived: AsyncStream<SIPRequest>.Continuation
    private let channel: any Channel
    private let server: HostPort
    private let state = Mutex(State())

    /// - Parameter port: for UDP; 0: any.
    package init(server: HostPort, port: UInt16 = 0, by way: Way = .udp) async throws {
        self.server = server
        self.way = way
        (requests, arrived) = AsyncStream.makeStream()
        switch way {
        case .udp:
            channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                // For a phone that comes back on its port; where the system chooses one, two phones must not share it.
                .channelOption(ChannelOptions.socketOption(.so_reuseaddr), value: port == 0 ? 0 : 1)
                .bind(host: "127.0.0.1", port: Int(port)).get()
        case .tcp:
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: server.host, port: Int(server.port)).get()
        case .tls(let authority):
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(authority)
            let context = try NIOSSLContext(configuration: configuration)
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                }
                .connect(host: server.host, port: Int(server.port)).get()
        }
        address = HostPort(host: "127.0.0.1", port: UInt16(channel.localAddress?.port ?? 0))
        if way == .udp {
            let receiver = DatagramReceiver { [weak self] in self?.received($0, from: $1) }
            try await channel.pipeline.addHandler(receiver).get()
        } else {
            try await channel.eventLoop.submit { [channel] in
                try channel.pipeline.syncOperations.addHandler(
                    StreamReceiver { [weak self] in self?.received($0, from: nil) })
            }.get()
        }
    }

    /// The Contact of a phone that takes requests where it sends from.
    package func contact(_ user: String) -> NameAddress {
        NameAddress(uri: SIPURI(user: user, at: address, by: way.transport))
    }

    /// What it answers to requests from now on; 0: nothing.
    package func answer(with status: Int) { state.withLock { $0.answer = status } }

    package func close() async throws { try await channel.close() }

    /// Sends a request, and again with credentials when it is challenged by whoever it is sent to or passes.
    package func send(_ request: SIPRequest, user: String, password: String) async throws -> SIPResponse {
        let first = await send(request)
        let names = [
            "401": ("WWW-Authenticate", "Authorization"), "407": ("Proxy-Authenticate", "Proxy-Authorization"),
        ]
        guard let (challenge, answer) = names["\(first.status)"], let value = first.head[challenge] else {
            return first
        }
        var again = request
        again.head.cseq.number += 1
        again.head.other.append(
            HeaderField(answer, try authorization(value, for: again, user: user, password: password)))
        return await send(again)
    }

    /// Sends a request and waits for its final response.
    package func send(_ request: SIPRequest) async -> SIPResponse {
        var request = request
        request.head.vias = [
            Via(
                transport: way.transport.rawValue, host: address.host, port: address.port,
                parameters: [.init("branch", "z9hG4bK\(UInt64.random(in: 0 ... .max))"), .init("rport")])
        ]
        let key = "\(request.head.callID) \(request.head.cseq.number)"
        return await withCheckedContinuation { continuation in
            state.withLock { $0.waiting[key] = continuation }
            write(request.encoded())
        }
    }

    /// - Parameter source: of a datagram; the answer goes back there.
    private func received(_ bytes: [UInt8], from source: SocketAddress?) {
        switch MessageParser.parse(bytes[...]) {
        case .response(let response):
            guard response.status >= 200 else { return }
            let key = "\(response.head.callID) \(response.head.cseq.number)"
            state.withLock { $0.waiting.removeValue(forKey: key) }?.resume(returning: response)
        case .request(let request):
            let status = state.withLock(\.answer)
            if status > 0, request.method != .ack {
                write(request.response(status, toTag: "phone").encoded(), to: source)
            }
            arrived.yield(request)
        case .refused:
            // Whoever waits for the next request gets none.
            arrived.finish()
        }
    }

    /// - Parameter destination: of a datagram; nil: the server.
    private func write(_ bytes: [UInt8], to destination: SocketAddress? = nil) {
        guard way == .udp else { return channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
        guard let remote = try? destination ?? SocketAddress(ipAddress: server.host, port: Int(server.port)) else {
            return
        }
        channel.writeAndFlush(AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: bytes)), promise: nil)
    }

    private final class DatagramReceiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        private let handle: @Sendable ([UInt8], SocketAddress) -> Void
        init(_ handle: @escaping @Sendable ([UInt8], SocketAddress) -> Void) { self.handle = handle }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let datagram = unwrapInboundIn(data)
            handle(Array(datagram.data.readableBytesView), datagram.remoteAddress)
        }
    }

    private final class StreamReceiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let handle: @Sendable ([UInt8]) -> Void
        private var framer = StreamFramer()
        init(_ handle: @escaping @Sendable ([UInt8]) -> Void) { self.handle = handle }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard (try? framer.append(unwrapInboundIn(data).readableBytesView)) != nil else { return }
            while let frame = framer.next() {
                if case .message(let bytes) = frame { handle(Array(bytes)) }
            }
        }
    }
}

/// The credentials with which a phone answers a challenge to `request`.
package func authorization(
    _ challenge: String, for request: SIPRequest, user: String, password: String
) throws -> String {
    try DigestChallenge(parsing: challenge).authorization(
        username: user, password: password, method: request.method, uri: request.uri.description,
        clientNonce: String(UInt64.random(in: 0 ... .max), radix: 36))
}
