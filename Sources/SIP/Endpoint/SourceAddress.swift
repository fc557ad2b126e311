// Which of this host's addresses the routing table would send from: what a listener on all addresses has to name to
// a peer that it calls first.

internal import Glibc
internal import NIOCore

enum SourceAddress {
    /// Nothing is sent. Nil when there is no way to `remote`.
    static func host(towards remote: HostPort) -> String? {
        guard let address = try? SocketAddress(ipAddress: remote.host, port: Int(remote.port)) else { return nil }
        let descriptor = socket(remote.isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // A datagram socket that is connected has chosen its own address, and has sent nothing.
        let isConnected = address.withSockAddr { pointer, length in
            connect(descriptor, pointer, socklen_t(length)) == 0
        }
        return isConnected ? ownHost(of: descriptor) : nil
    }

    private static func ownHost(of descriptor: Int32) -> String? {
        let size = 128  // sockaddr_storage
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let address = start.assumingMemoryBound(to: sockaddr.self)
            var length = socklen_t(size)
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard getsockname(descriptor, address, &length) == 0,
                getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { return nil }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
