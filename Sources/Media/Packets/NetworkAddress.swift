// A UDP address that compares fast. IPv4 addresses are kept as IPv4-mapped IPv6 ones (RFC 4291 §2.5.5.2), so that
// the same peer is the same value on an IPv4 socket and on an IPv6 socket that takes both families.

internal import COrtp
internal import Glibc

struct NetworkAddress: Hashable, Sendable {
    var high: UInt64
    var low: UInt64
    var scope: UInt32 = 0
    var port: UInt16

    var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }
    /// 0.0.0.0 and ::, as in the hold of RFC 2543.
    var isUnspecified: Bool { high == 0 && (low == 0 || low == 0xFFFF_0000_0000) }

    /// A numeric address; nil for anything else, names included.
    init?(_ text: String, port: UInt16) {
        self.port = port
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            high = 0
            low = 0xFFFF << 32 | UInt64(UInt32(bigEndian: four.s_addr))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            (high, low) = Self.halves(six)
        } else {
            return nil
        }
    }

    init?(_ pointer: UnsafePointer<sockaddr_storage>) {
        switch Int32(pointer.pointee.ss_family) {
        case AF_INET:
            let address = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self)
            high = 0
            low = 0xFFFF << 32 | UInt64(UInt32(bigEndian: address.sin_addr.s_addr))
            port = UInt16(bigEndian: address.sin_port)
        case AF_INET6:
            let address = UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in6.self)
            (high, low) = Self.halves(address.sin6_addr)
            scope = address.sin6_scope_id
            port = UInt16(bigEndian: address.sin6_port)
        default:
            return nil
        }
    }

    /// Writes the address as a socket of `family` wants it and returns its length; 0 when it cannot reach it.
    func write(to pointer: UnsafeMutablePointer<sockaddr_storage>, family: Int32) -> socklen_t {
        pointer.initialize(to: sockaddr_storage())
        let raw = UnsafeMutableRawPointer(pointer)
        if family == AF_INET {
            guard isIPv4 else { return 0 }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
            raw.storeBytes(of: address, as: sockaddr_in.self)
            return socklen_t(MemoryLayout<sockaddr_in>.size)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_scope_id = scope
        withUnsafeMutableBytes(of: &address.sin6_addr) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        raw.storeBytes(of: address, as: sockaddr_in6.self)
        return socklen_t(MemoryLayout<sockaddr_in6>.size)
    }

    func hasSameHost(as other: NetworkAddress) -> Bool {
        high == other.high && low == other.low
    }

    private static func halves(_ address: in6_addr) -> (UInt64, UInt64) {
        withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}
