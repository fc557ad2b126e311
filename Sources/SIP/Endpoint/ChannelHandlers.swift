// Where NIO's channels meet the endpoint: datagrams and connections in, nothing else.

internal import NIOCore
internal import NIOTLS

final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let core: EndpointCore
    private var local: HostPort?

    init(_ core: EndpointCore) { self.core = core }

    func channelActive(context: ChannelHandlerContext) {
        local = context.channel.localAddress.flatMap(HostPort.init)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let datagram = unwrapInboundIn(data)
        guard var local, let remote = HostPort(datagram.remoteAddress), remote.port != 0 else { return }
        guard let host = datagram.metadata?.packetInfo?.destinationAddress.ipAddress else {
            return core.receive(datagram: datagram.data, over: Flow(transport: .udp, local: local, remote: remote))
        }
        local.host = host
        core.receive(datagram: datagram.data, byAllAddresses: Flow(transport: .udp, local: local, remote: remote))
    }

    /// A datagram that could not be sent or received says nothing of the next one.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let core: EndpointCore
    private let transport: Transport
    /// Nil until a connection of a peer is taken.
    private var flow: Flow?

    /// - Parameter flow: of a connection that we open.
    init(_ core: EndpointCore, _ transport: Transport, _ flow: Flow? = nil) {
        self.core = core
        self.transport = transport
        self.flow = flow
    }

    func channelActive(context: ChannelHandlerContext) {
        guard flow == nil else { return }
        flow = core.accepted(context.channel, transport)
        if flow == nil { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let flow { core.receive(stream: unwrapInboundIn(data), over: flow) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, let flow { core.secured(flow) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let flow { core.close(flow) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let flow { core.failed(flow, error) }
        context.close(promise: nil)
    }
}
