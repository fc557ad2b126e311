// The way that our requests in a dialog take. There is no DNS here and phones are behind NAT: so requests go back
// by the flow that the peer's last request came by, unless what it says of itself is better.

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
    init(_ flow: Flow) {
        self.flow = flow
        proxied = false
        symmetric = false
    }

    /// - Parameter nextHop: of the dialog (RFC 3261 §12.2.1.1).
    func flow(to nextHop: SIPURI) -> Flow {
        let named = HostPort(host: nextHop.host, port: nextHop.port ?? 5060)
        // Connections are the peers' to make: a request over TCP needs the one that is there.
        guard flow.transport == .udp, nextHop.parameters["transport"].map({ $0.lowercased() == "udp" }) ?? true
        else { return flow }
        let isDirect = named.host == flow.remote.host && !symmetric
        guard isDirect || (proxied && isReachable(named.host)) else { return flow }
        return Flow(transport: .udp, local: flow.local, remote: named)
    }

    /// A numeric address of the listener's family.
    private func isReachable(_ host: String) -> Bool {
        flow.local.host.contains(":") == host.contains(":")
            && (host.contains(":") || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) })
    }
}
