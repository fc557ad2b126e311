// Which of this host's addresses the routing table would send from: what a listener on all addresses has to name to
// a peer that it calls first.

internal import Glibc

enum SourceAddress {
    /// Nothing is sent. Nil when there is no way to `remote`.
    static func host(towards remote: HostPort) -> String? {
        remote.isIPv6 ? v6(remote) : v4(remote)
    }

    private static func v4(_ remote: HostPort) -> String? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = remote.port.bigEndian
        guard inet_pton(AF_INET, remote.host, &address.sin_addr) == 1, connected(&address, AF_INET) else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
        guard inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count)) != nil else { return nil }
        return string(text)
    }

    private static func v6(_ remote: HostPort) -> String? {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = remote.port.bigEndian
        guard inet_pton(AF_INET6, remote.host, &address.sin6_addr) == 1, connected(&address, AF_INET6) else {
            return nil
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count)) != nil else { return nil }
        return string(text)
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Connects a datagram socket to the address, which then becomes our own.
    private static func connected<Address>(_ address: inout Address, _ family: Int32) -> Bool {
        let descriptor = socket(family, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var length = socklen_t(MemoryLayout<Address>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
    }
}
