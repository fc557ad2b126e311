// A conversation with the whole endpoint: pieces of the input, parted by the byte 0x1E, are datagrams of two phones,
// bytes of a connection, or time that passes. `@TAG@` stands for the tag that the endpoint gave last, so that dialogs
// can be gone on with. In the end nothing may be left that time does not end.

import Logging
import NIOCore
import NIOEmbedded

final class EndpointFuzz {
    private final class Clock: @unchecked Sendable {
        // Only the one thread of the fuzzer looks at it.
        var now = Duration.seconds(1)
    }

    private let loop = EmbeddedEventLoop()
    private let clock = Clock()
    private let door: CoreReference
    private let channel: EmbeddedChannel
    private let connection: EmbeddedChannel
    private let listening: EmbeddedChannel
    private static let local = HostPort(host: "192.0.2.1", port: 5060)
    private var tag = "none"

    init() {
        let channel = EmbeddedChannel(loop: loop)
        let connections = EmbeddedChannel(loop: loop)
        self.channel = channel
        listening = connections
        connection = EmbeddedChannel(loop: loop)
        let clock = clock
        var configuration = SIPEndpointConfiguration(listen: [Self.local])
        // Real sockets are not to be had here.
        configuration.limits.maximumOpenedConnections = 0
        let core = EndpointCore(
            configuration: configuration,
            logger: Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() }), loop: loop, now: { clock.now })
        core.listeners = [Listener(address: Self.local, datagrams: channel, connections: connections)]
        door = CoreReference(core, on: loop)
        door.enter { [door] core in _ = core.begin(Answering(door: door), door: door) }
    }

    func run(_ input: [UInt8]) {
        for piece in input.split(separator: 0x1E, maxSplits: 24, omittingEmptySubsequences: false) {
            guard let kind = piece.first else { continue }
            let bytes = filled(piece.dropFirst())
            switch kind {
            case UInt8(ascii: "t"): pass(.seconds(Int(piece.dropFirst().first ?? 1)))
            case UInt8(ascii: "s"): stream(bytes)
            default: datagram(bytes, port: kind == UInt8(ascii: "2") ? 5_062 : 5_061)
            }
            drain()
        }
        for step in [20, 20, 35, 35, 35, 200, 35, 35] { pass(.seconds(step)) }
        door.enter { core in
            precondition(core.serverTransactions.isEmpty && core.clientTransactions.isEmpty && core.merged.isEmpty)
            _ = core.stop()
            precondition(core.calls.isEmpty && core.subscriptions.isEmpty && core.connections.isEmpty)
        }
        loop.run()
        for channel in [channel, connection, listening] { _ = try? channel.finish() }
        try? loop.syncShutdownGracefully()
    }

    private func filled(_ piece: ArraySlice<UInt8>) -> [UInt8] {
        let mark = Array("@TAG@".utf8)
        var result: [UInt8] = []
        var rest = piece
        while let byte = rest.first {
            if rest.starts(with: mark) {
                result += Array(tag.utf8)
                rest = rest.dropFirst(mark.count)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    private func datagram(_ bytes: [UInt8], port: UInt16) {
        let flow = Flow(transport: .udp, local: Self.local, remote: HostPort(host: "192.0.2.7", port: port))
        door.enter { $0.receive(datagram: ByteBuffer(bytes: bytes), over: flow) }
        loop.run()
    }

    private func stream(_ bytes: [UInt8]) {
        let flow = Flow(transport: .tcp, local: Self.local, remote: HostPort(host: "192.0.2.7", port: 5_070))
        door.enter { [connection] core in
            if core.connections[flow] == nil {
                core.connections[flow] = Connection(.open(connection), isOurs: false)
                core.connectionsByAddress[flow.remote.host, default: 0] += 1
            }
            core.receive(stream: ByteBuffer(bytes: bytes), over: flow)
        }
        loop.run()
    }

    private func pass(_ time: Duration) {
        clock.now += time
        door.enter { $0.wake() }
        loop.run()
        drain()
    }

    /// Reads what the endpoint has sent: it has to be SIP that is understood.
    private func drain() {
        while let sent = try? channel.readOutbound(as: AddressedEnvelope<ByteBuffer>.self) {
            look(at: Array(sent.data.readableBytesView))
        }
        while let sent = try? connection.readOutbound(as: ByteBuffer.self) { look(at: Array(sent.readableBytesView)) }
    }

    private func look(at message: [UInt8]) {
        switch MessageParser.parse(message) {
        case .response(let response): tag = response.head.to.tag ?? tag
        case .request(let request): tag = request.head.from.tag ?? tag
        // A malformed Call-ID is repeated as it came.
        case .refused: break
        }
    }
}

/// Answers whatever can be answered, at once.
private struct Answering: SIPUser {
    let door: CoreReference

    func received(_ request: IncomingRequest) { request.respond(request.request.response(200)) }

    func received(_ call: IncomingInvite) {
        let ours = MediaCapabilities(address: "192.0.2.1", port: 20_000, sessionID: 7, version: 1)
        guard !call.needsOffer, let offer = try? SessionDescription(parsing: call.request.head.body),
            let answer = try? SDPNegotiation.answer(to: offer, with: ours).0
        else { return call.reject(488) }
        let isEarly = call.request.uri.user?.hasPrefix("early") ?? false
        door.run { core in
            _ = core.answer(call.dialog, with: answer, isEarly: isEarly)
            if isEarly { core.handle(.accept, inCall: call.dialog) }
        }
    }

    func received(_ subscription: IncomingSubscribe) { subscription.reject(489) }
}
