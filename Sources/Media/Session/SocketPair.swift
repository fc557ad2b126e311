// The two UDP sockets of a session: RTP on an even port, RTCP on the next (RFC 3550 §11), bound within the
// configured range. Ports are taken in turn, so that a port rests before it carries another call.

internal import COrtp
internal import Glibc
internal import Synchronization

struct SocketPair {
    var rtp: Int32
    var rtcp: Int32
    var port: UInt16
    /// AF_INET or AF_INET6.
    var family: Int32

    func close() {
        _ = Glibc.close(rtp)
        _ = Glibc.close(rtcp)
    }
}

final class PortRange: Sendable {
    private let first: UInt16
    private let pairs: Int
    private let turn: Mutex<Int>

    init(_ ports: ClosedRange<UInt16>) throws(MediaError) {
        let lowest = Int(ports.lowerBound) + Int(ports.lowerBound) % 2
        first = UInt16(truncatingIfNeeded: lowest)
        pairs = (Int(ports.upperBound) - lowest + 1) / 2
        guard lowest > 0, pairs > 0 else {
            throw .invalidConfiguration("RTP ports \(ports.lowerBound)-\(ports.upperBound) hold no even and odd pair")
        }
        turn = Mutex(Int.random(in: 0..<pairs))
    }

    /// - Parameter text: a numeric address of ours; "::" takes both families.
    func open(on text: String) throws(MediaError) -> SocketPair {
        guard let address = NetworkAddress(text, port: 0) else { throw .invalidAddress(text) }
        let family = address.isIPv4 ? AF_INET : AF_INET6
        for _ in 0..<pairs {
            let index = turn.withLock { turn in
                defer { turn = (turn + 1) % pairs }
                return turn
            }
            let port = first + UInt16(index * 2)
            guard let rtp = try bound(address, family, port) else { continue }
            do throws(MediaError) {
                if let rtcp = try bound(address, family, port + 1) {
                    return SocketPair(rtp: rtp, rtcp: rtcp, port: port, family: family)
                }
            } catch {
                _ = Glibc.close(rtp)
                throw error
            }
            _ = Glibc.close(rtp)
        }
        throw .noPortFree
    }

    /// A non-blocking socket; nil when the port is taken.
    private func bound(_ address: NetworkAddress, _ family: Int32, _ port: UInt16) throws(MediaError) -> Int32? {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .system("socket", code: errno) }
        mark(descriptor, family)
        var local = address
        local.port = port
        var storage = sockaddr_storage()
        let length = local.write(to: &storage, family: family)
        let result = withUnsafePointer(to: storage) { pointer in
            bind(descriptor, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), length)
        }
        if result == 0 { return descriptor }
        let code = errno
        _ = Glibc.close(descriptor)
        if code == EADDRINUSE { return nil }
        throw .system("bind", code: code)
    }

    /// Expedited forwarding (RFC 3246), as voice is marked (RFC 4594 §4.1). Only a wish: failure is no error.
    private func mark(_ descriptor: Int32, _ family: Int32) {
        var expedited: Int32 = 46 << 2
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = setsockopt(descriptor, Int32(IPPROTO_IP), IP_TOS, &expedited, size)
        if family == AF_INET6 {
            _ = setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_TCLASS, &expedited, size)
            var both: Int32 = 0
            _ = setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &both, size)
        }
    }
}
