// A phone for tests: a UDP socket on loopback that sends what it is told and answers every request as it is told.

internal import NIOCore
internal import NIOPosix
package import SIP
internal import Synchronization

package final class TestPhone: Sendable {
    private struct State {
        var waiting: [String: CheckedContinuation<SIPResponse, Never>] = [:]
        var answer = 200
    }

    package let address: HostPort
    /// The requests that came, in order.
    package let requests: AsyncStream<SIPRequest>
    private let arrived: AsyncStream<SIPRequest>.Continuation
    private let channel: any Channel
    private let server: HostPort
    private let state = Mutex(State())

    package init(server: HostPort, port: UInt16 = 0) async throws {
        self.server = server
        (requests, arrived) = AsyncStream.makeStream()
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            // For a phone that comes back on its port; where the system chooses one, two phones must not share it.
            .channelOption(ChannelOptions.socketOption(.so_reuseaddr), value: port == 0 ? 0 : 1)
            .bind(host: "127.0.0.1", port: Int(port)).get()
        address = HostPort(host: "127.0.0.1", port: UInt16(channel.localAddress?.port ?? 0))
        try await channel.pipeline.addHandler(Receiver { [weak self] in self?.received($0) }).get()
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
                transport: "UDP", host: address.host, port: address.port,
                parameters: [.init("branch", "z9hG4bK\(UInt64.random(in: 0 ... .max))"), .init("rport")])
        ]
        let key = "\(request.head.callID) \(request.head.cseq.number)"
        return await withCheckedContinuation { continuation in
            state.withLock { $0.waiting[key] = continuation }
            write(request.encoded())
        }
    }

    private func received(_ bytes: [UInt8]) {
        switch MessageParser.parse(bytes[...]) {
        case .response(let response):
            guard response.status >= 200 else { return }
            let key = "\(response.head.callID) \(response.head.cseq.number)"
            state.withLock { $0.waiting.removeValue(forKey: key) }?.resume(returning: response)
        case .request(let request):
            let status = state.withLock(\.answer)
            if status > 0, request.method != .ack { write(request.response(status, toTag: "phone").encoded()) }
            arrived.yield(request)
        case .refused:
            // Whoever waits for the next request gets none.
            arrived.finish()
        }
    }

    private func write(_ bytes: [UInt8]) {
        guard let remote = try? SocketAddress(ipAddress: server.host, port: Int(server.port)) else { return }
        channel.writeAndFlush(AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: bytes)), promise: nil)
    }

    private final class Receiver: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        private let handle: @Sendable ([UInt8]) -> Void
        init(_ handle: @escaping @Sendable ([UInt8]) -> Void) { self.handle = handle }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            handle(Array(unwrapInboundIn(data).data.readableBytesView))
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
