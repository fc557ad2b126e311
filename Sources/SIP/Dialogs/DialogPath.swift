// The ways that our requests in a dialog can take, the best one first. There is no DNS here and phones are behind NAT:
// so requests go back by the flow that the peer's last request came by, unless what it says of itself is better.

/// A way that a request can take.
struct Way: Hashable, Sendable {
    var flow: Flow
    /// Whether a connection may be opened for it. Not to the port that a peer has connected from: nobody listens there.
    var opens = false
}

struct DialogPath: Sendable {
    let flow: Flow
    /// The request came through a proxy, so the flow is that proxy's.
    let isProxied: Bool
    /// The peer takes requests at the port that it sends from (RFC 3581).
    let isSymmetric: Bool

    /// Whether nobody on the first hop can read along.
    var isProtected: Bool { flow.transport.isProtected }

    init(_ request: SIPRequest, flow: Flow) {
        self.flow = flow
        isProxied = request.head.vias.count > 1
        isSymmetric = request.head.vias.first?.parameters.contains("rport") ?? false
    }

    /// Of a call that we make over `flow`.
    init(_ flow: Flow, symmetric: Bool = false) {
        self.init(flow, isProxied: false, isSymmetric: symmetric)
    }

    init(_ flow: Flow, isProxied: Bool, isSymmetric: Bool) {
        self.flow = flow
        self.isProxied = isProxied
        self.isSymmetric = isSymmetric
    }

    /// Whether there is a way when the connection of its flow is gone: a datagram, or a connection to where the peer
    /// listens, which is not the port that it has connected from.
    func remains(to nextHop: SIPURI) -> Bool {
        ways(to: nextHop).contains { !$0.flow.transport.isReliable || $0.opens && $0.flow.remote != flow.remote }
    }

    /// - Parameter nextHop: of the dialog (RFC 3261 §12.2.1.1), or the target of a request outside of dialogs.
    func ways(to nextHop: SIPURI) -> [Way] {
        let isNamed = isProxied ? isReachable(nextHop.host) : flow.remote.isHost(nextHop.host)
        let here = Way(flow: flow)
        // The connection that is there comes first. Once it is gone, a peer is found where it says that it listens:
        // never at another address, which would let it aim our connections at strangers; and what came by TLS, or asks
        // for it by a SIPS URI, never goes another way (RFC 5630 §3.1.2).
        switch (flow.transport, nextHop.transport) {
        case (.tls, .tls?), (.tls, nil): return isNamed ? [here, way(.tls, to: nextHop)] : [here]
        case (.tls, _): return [here]
        case (_, .tls?) where nextHop.scheme == .sips: return [way(.tls, to: nextHop, opens: isNamed)]
        case (.tcp, .udp?): return isNamed ? [here, way(.udp, to: nextHop)] : [here]
        case (.tcp, nil): return isNamed ? [here, way(.tcp, to: nextHop), way(.udp, to: nextHop)] : [here]
        case (.tcp, let stream?): return isNamed ? [here, way(stream, to: nextHop)] : [here]
        case (.udp, .udp?), (.udp, nil): return [isNamed && (isProxied || !isSymmetric) ? way(.udp, to: nextHop) : here]
        case (.udp, let stream?): return isNamed ? [way(stream, to: nextHop), here] : [here]
        }
    }

    private func way(_ transport: Transport, to uri: SIPURI, opens: Bool = true) -> Way {
        let remote = HostPort(host: uri.host, port: uri.port ?? transport.defaultPort)
        return Way(
            flow: Flow(transport: transport, local: flow.local, remote: remote), opens: opens && transport.isReliable)
    }

    /// A numeric address of the listener's family.
    private func isReachable(_ host: String) -> Bool {
        flow.local.host.contains(":") == host.contains(":")
            && (host.contains(":") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) })
    }
}

extension SIPURI {
    /// The transport that it asks for (RFC 3261 §19.1.1, §26.2.2); nil when it does not say.
    var transport: Transport? {
        scheme == .sips ? .tls : parameters["transport"].flatMap { Transport(rawValue: $0.uppercased()) }
    }
}

extension SIPRequest {
    /// Where requests to `uri`, a Contact of its sender, go: by `flow`, the way it came, unless its sender says that it
    /// listens at another port of the same host, and not at the one that it sends from (RFC 3581).
    public func returnFlow(_ flow: Flow, to uri: SIPURI) -> Flow {
        let ways = DialogPath(self, flow: flow).ways(to: uri)
        return ways.count == 1 && head.vias.count == 1 ? ways.first?.flow ?? flow : flow
    }

    /// Where it goes first (RFC 3261 §8.1.2).
    var nextHop: SIPURI { routes.first?.uri ?? uri }
}
