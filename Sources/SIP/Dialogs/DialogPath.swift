// The ways that our requests in a dialog can take, the best one first. There is no DNS here and phones are behind NAT:
// so requests go back by the flow that the peer's last request came by, unless what it says of itself is better.

/// A way that a request can take.
struct Way: Hashable, Sendable {
    var flow: Flow
    /// Whether a connection may be opened for it. Not to the port that a peer has connected from: nobody listens there.
    var opens = false
}

struct DialogPath: Sendable {
    private let flow: Flow
    /// The request came through a proxy, so the flow is that proxy's.
    private let proxied: Bool
    /// The peer takes requests at the port that it sends from (RFC 3581).
    private let symmetric: Bool

    init(_ request: SIPRequest, flow: Flow) {
        self.flow = flow
        proxied = request.head.vias.count > 1
        symmetric = request.head.vias.first?.parameters.contains("rport") ?? false
    }

    /// Of a call that we make over `flow`.
    init(_ flow: Flow, symmetric: Bool = false) {
        self.flow = flow
        proxied = false
        self.symmetric = symmetric
    }

    /// - Parameter nextHop: of the dialog (RFC 3261 §12.2.1.1), or the target of a request outside of dialogs.
    func ways(to nextHop: SIPURI) -> [Way] {
        let isNamed = proxied ? isReachable(nextHop.host) : nextHop.host == flow.remote.host
        let asked = nextHop.transport
        guard flow.transport.isReliable else {
            switch asked {
            case .udp?, nil: return [isNamed && (proxied || !symmetric) ? way(.udp, to: nextHop) : Way(flow: flow)]
            case let stream?: return (isNamed ? [way(stream, to: nextHop)] : []) + [Way(flow: flow)]
            }
        }
        // The connection that is there. Once it is gone, a peer is found where it says that it listens: never at
        // another address, which would let it aim our connections at strangers.
        guard isNamed else { return [Way(flow: flow)] }
        switch asked {
        case .udp?: return [Way(flow: flow), way(.udp, to: nextHop)]
        case nil: return [Way(flow: flow), way(flow.transport, to: nextHop), way(.udp, to: nextHop)]
        case let stream?: return [Way(flow: flow), way(stream, to: nextHop)]
        }
    }

    private func way(_ transport: Transport, to uri: SIPURI) -> Way {
        let remote = HostPort(host: uri.host, port: uri.port ?? transport.defaultPort)
        return Way(
            flow: Flow(transport: transport, local: flow.local, remote: remote), opens: transport.isReliable)
    }

    /// A numeric address of the listener's family.
    private func isReachable(_ host: String) -> Bool {
        flow.local.host.contains(":") == host.contains(":")
            && (host.contains(":") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) })
    }
}

extension SIPURI {
    /// The transport that it asks for (RFC 3261 §19.1.1, §26.2.2); nil when it does not say.
    var transport: Transport? { parameters["transport"].flatMap { Transport(rawValue: $0.uppercased()) } }
}

extension SIPRequest {
    /// Where it goes first (RFC 3261 §8.1.2).
    var nextHop: SIPURI { routes.first?.uri ?? uri }
}
