// A phone for tests: a UDP socket on loopback that sends what it is told and answers every NOTIFY as it is told.

import NIOCore
import NIOPosix
import SIP
import Synchronization
import Testing

final class TestPhone: Sendable {
    private struct State {
        var waiting: [String: CheckedContinuation<SIPResponse, Never>] = [:]
        var notifyStatus = 200
    }

    let address: HostPort
    /// The NOTIFYs that came, in order.
    let notifies: AsyncStream<SIPRequest>
    private let arrived: AsyncStream<SIPRequest>.Continuation
    private let channel: any Channel
    private let server: HostPort
    private let state = Mutex(State())

    init(server: HostPort, port: UInt16 = 0) async throws {
        self.server = server
        (notifies, arrived) = AsyncStream.makeStream()
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            // For a phone that comes back on its port; where the system chooses one, two phones must not share it.
            .channelOption(ChannelOptions.socketOption(.so_reuseaddr), value: port == 0 ? 0 : 1)
            .bind(host: "127.0.0.1", port: Int(port)).get()
        address = HostPort(host: "127.0.0.1", port: UInt16(try #require(channel.localAddress?.port)))
        try await channel.pipeline.addHandler(Receiver { [weak self] in self?.received($0) }).get()
    }

    /// What it answers to NOTIFY from now on; 0: nothing.
    func answerNotify(with status: Int) { state.withLock { $0.notifyStatus = status } }

    func close() async throws { try await channel.close() }

    /// Sends a request and waits for its final response.
    func send(_ request: SIPRequest) async -> SIPResponse {
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
            let status = state.withLock(\.notifyStatus)
            if status > 0 { write(request.response(status, toTag: "phone").encoded()) }
            arrived.yield(request)
        case .refused:
            Issue.record("the server sent something malformed")
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
