// Where a message came from and the way back to there: a transport, one of our listen addresses and the
// peer's address. A binding keeps its flow so that NOTIFY takes the path the phone registered by (RFC 5626 idea).

internal import Glibc

public enum Transport: String, Hashable, Sendable, Codable {
    case udp = "UDP"
    case tcp = "TCP"
    case tls = "TLS"

    /// Whether it is a connection, which loses nothing on this hop.
    public var isReliable: Bool { self != .udp }

    /// Whether nobody on this hop can read along.
    public var isProtected: Bool { self == .tls }

    /// Where a URI or a Via without a port means (RFC 3261 §18.2.2, §19.1.2).
    public var defaultPort: UInt16 { self == .tls ? 5_061 : 5_060 }
}

/// A numeric address and a port; an IPv6 address without brackets.
public struct HostPort: Hashable, Sendable, Codable, CustomStringConvertible {
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether `name`, as it may stand in a message, is this host: an IPv6 address has many spellings.
    func isHost(_ name: String) -> Bool {
        if name == host { return true }
        // Room for an in6_addr, a type that several C modules claim.
        var one = [UInt8](repeating: 0, count: 16)
        var other = one
        return inet_pton(AF_INET6, name, &one) == 1 && inet_pton(AF_INET6, host, &other) == 1 && one == other
    }
}

public struct Flow: Hashable, Sendable, Codable {
    public var transport: Transport
    /// The listener that it came in by.
    public var local: HostPort
    public var remote: HostPort

    public init(transport: Transport, local: HostPort, remote: HostPort) {
        self.transport = transport
        self.local = local
        self.remote = remote
    }
}
