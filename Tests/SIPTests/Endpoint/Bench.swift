// What the endpoint tests stand on: an endpoint on a free port of loopback with a clock moved by hand, a user that
// keeps what it is told, and raw sockets for the other end.

import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import SIP

final class ManualClock: Sendable {
    private let time = Mutex(Duration.zero)
    var now: Duration { time.withLock { $0 } }
    func advance(by step: Duration) { time.withLock { $0 += step } }
}

final class RecordingUser: SIPUser {
    let requests = EventQueue<IncomingRequest>(limit: 100)
    let calls = EventQueue<IncomingInvite>(limit: 100)
    let subscriptions = EventQueue<IncomingSubscribe>(limit: 100)

    func received(_ request: IncomingRequest) { requests.push(request) }
    func received(_ call: IncomingInvite) { calls.push(call) }
    func received(_ subscription: IncomingSubscribe) { subscriptions.push(subscription) }
}

struct TimedOut: Error {}

extension AsyncSequence where Self: Sendable, Element: Sendable {
    /// The next element; an error after five seconds, which only a failing test ever waits.
    func first() async throws -> Element {
        try await withThrowingTaskGroup(of: Element?.self) { group in
            group.addTask {
                var iterator = self.makeAsyncIterator()
                return try await iterator.next()
            }
            group.addTask {
                try await Task.sleep(for: .seconds(5))
                throw TimedOut()
            }
            defer { group.cancelAll() }
            guard let element = try await group.next() ?? nil else { throw TimedOut() }
            return element
        }
    }
}

struct Bench {
    let endpoint: SIPEndpoint
    let user: RecordingUser
    let clock: ManualClock
    let address: HostPort
    /// Of TLS, where there is any.
    let secureAddress: HostPort

    static func run(
        host: String = "127.0.0.1", _ limits: SIPLimits = SIPLimits(),
        _ change: (inout SIPEndpointConfiguration) -> Void = { _ in }, _ test: (Bench) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        var configuration = SIPEndpointConfiguration(listen: [HostPort(host: host, port: 0)], limits: limits)
        change(&configuration)
        let endpoint = SIPEndpoint(
            configuration: configuration,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { clock.now })
        let user = RecordingUser()
        let addresses = try await endpoint.start(user)
        guard let address = addresses.first, let last = addresses.last else { throw TimedOut() }
        let bench = Bench(endpoint: endpoint, user: user, clock: clock, address: address, secureAddress: last)
        do {
            try await test(bench)
        } catch {
            await endpoint.stop()
            throw error
        }
        await endpoint.stop()
    }

    /// Moves the clock and lets the endpoint do what is due.
    func advance(_ step: Duration) async {
        clock.advance(by: step)
        await endpoint.wake()
    }

    /// A phone may see the end of its connection before the endpoint has counted it; false when it is not counted in
    /// five seconds, which only a failing test ever waits.
    func allConnectionsEnd() async throws -> Bool {
        for _ in 0..<500 {
            if await endpoint.statistics.openConnections == 0 { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    func phone() async throws -> Phone { try await Phone(to: address) }
    func connection() async throws -> Phone { try await Phone(connectedTo: address) }

    /// A phone in a call that has been answered and acknowledged, and the call at our end.
    func call(_ phone: Phone) async throws -> (caller: Caller, dialog: InviteDialog, events: EventStream<DialogEvent>) {
        var caller = phone.caller
        phone.send(caller.text("INVITE", 1, body: Caller.offer))
        let invite = try await user.calls.stream.first()
        guard let dialog = await invite.answer(sdp: try SessionDescription(parsing: Array(Caller.offer.utf8))) else {
            throw TimedOut()
        }
        caller.toTag = try await phone.final().head.to.tag
        phone.send(caller.text("ACK", 1, branch: "z9hG4bK-ack"))
        guard case .acknowledged(nil) = try await dialog.events.first() else { throw TimedOut() }
        return (caller, dialog, dialog.events)
    }
}

/// The other end: one UDP socket or one TCP connection, and every message that came by it.
final class Phone: Sendable {
    let address: HostPort
    private let channel: any Channel
    private let server: HostPort
    private let messages: EventQueue<[UInt8]>
    private let isStream: Bool
    private let isSecure: Bool

    /// - Parameter host: the phone's own address when it is another than the server's; then it hears nobody else.
    init(to server: HostPort, from host: String? = nil) async throws {
        let messages = EventQueue<[UInt8]>(limit: .max)
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
            .channelInitializer { $0.pipeline.addHandler(DatagramInbox(messages)) }
            .bind(host: host ?? server.host, port: 0).get()
        if host != nil {
            try await channel.connect(to: SocketAddress(ipAddress: server.host, port: Int(server.port))).get()
        }
        (self.messages, self.server, isStream, isSecure) = (messages, server, false, false)
        address = Self.address(channel)
    }

    /// - Parameter tls: nil for plain TCP.
    init(connectedTo server: HostPort, receiveBuffer: Int = 65_536, tls: TLSConfiguration? = nil) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let messages = EventQueue<[UInt8]>(limit: .max)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                    try pipeline.addHandler(StreamInbox(messages))
                }
            }
            .connect(host: server.host, port: Int(server.port)).get()
        (self.messages, self.server, isStream, isSecure) = (messages, server, true, tls != nil)
        address = Self.address(channel)
    }

    /// What somebody has connected to us.
    fileprivate init(_ channel: any Channel, _ messages: EventQueue<[UInt8]>, isSecure: Bool) {
        (self.channel, self.messages, isStream, self.isSecure) = (channel, messages, true, isSecure)
        server = channel.remoteAddress.flatMap(HostPort.init) ?? HostPort(host: "0.0.0.0", port: 0)
        address = Self.address(channel)
    }

    /// A connection that was refused at once has none any more.
    private static func address(_ channel: any Channel) -> HostPort {
        channel.localAddress.flatMap(HostPort.init) ?? HostPort(host: "0.0.0.0", port: 0)
    }

    var caller: Caller {
        var caller = Caller()
        caller.callID = "call-\(address.port)"
        caller.address = address.description
        caller.transport = isSecure ? "TLS" : isStream ? "TCP" : "UDP"
        return caller
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        let buffer = ByteBuffer(bytes: bytes)
        guard !isStream else { return channel.writeAndFlush(buffer, promise: nil) }
        guard let remote = try? SocketAddress(ipAddress: server.host, port: Int(server.port)) else { return }
        channel.writeAndFlush(AddressedEnvelope(remoteAddress: remote, data: buffer), promise: nil)
    }

    func message() async throws -> [UInt8] { try await messages.stream.first() }

    func response() async throws -> SIPResponse {
        let message = try await message()
        guard case .response(let response) = MessageParser.parse(message) else {
            throw Caller.NotARequest(text: "\(message)")
        }
        return response
    }

    func final() async throws -> SIPResponse {
        while true {
            let response = try await response()
            if response.status >= 200 { return response }
        }
    }

    func request() async throws -> SIPRequest {
        let message = try await message()
        guard case .request(let request) = MessageParser.parse(message) else {
            throw Caller.NotARequest(text: "\(message)")
        }
        return request
    }

    func answer(_ request: SIPRequest, _ status: Int) { send(request.response(status).encoded()) }

    /// Proves that nothing else has come: the answer to this OPTIONS is the next message.
    func hearsNothing() async throws -> Bool {
        let options = Caller(callID: "probe", tag: "probe", transport: caller.transport, address: address.description)
        send(options.text("OPTIONS", 1))
        return try await response().head.callID == "probe"
    }

    func stopReading() { _ = channel.setOption(.autoRead, value: false) }
    func close() { channel.close(promise: nil) }
    func closed() async throws { try await channel.closeFuture.get() }
}

/// A phone that takes connections.
final class PhoneListener: Sendable {
    let address: HostPort
    /// The connections that were made to it.
    let connections = EventQueue<Phone>(limit: 100)
    private let channel: any Channel

    /// - Parameter accepts: false for one that never answers: the system takes one connection for it and no more.
    init(
        on address: HostPort = HostPort(host: "127.0.0.1", port: 0), accepts: Bool = true, tls: TLSConfiguration? = nil
    ) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: CInt(accepts ? 16 : 0))
            .serverChannelOption(.autoRead, value: accepts)
            .childChannelInitializer { [connections] channel in
                channel.eventLoop.makeCompletedFuture {
                    let messages = EventQueue<[UInt8]>(limit: .max)
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(StreamInbox(messages))
                    connections.push(Phone(channel, messages, isSecure: context != nil))
                }
            }
            .bind(host: address.host, port: Int(address.port)).get()
        self.address = channel.localAddress.flatMap(HostPort.init) ?? address
    }

    func connection() async throws -> Phone { try await connections.stream.first() }

    func close() { channel.close(promise: nil) }
}

private final class DatagramInbox: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let messages: EventQueue<[UInt8]>
    init(_ messages: EventQueue<[UInt8]>) { self.messages = messages }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        messages.push(Array(unwrapInboundIn(data).data.readableBytesView))
    }
}

private final class StreamInbox: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let messages: EventQueue<[UInt8]>
    private let framer = Mutex(StreamFramer())
    init(_ messages: EventQueue<[UInt8]>) { self.messages = messages }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        if bytes == [0x0D, 0x0A] { return messages.push(bytes) }
        framer.withLock { framer in
            try? framer.append(bytes)
            while case .message(let message)? = framer.next() { messages.push(message) }
        }
    }
}
