// An IPv4 or IPv6 network in CIDR notation (RFC 4632, RFC 4291 §2.3), by which trusted peers are known.

internal import Glibc

public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes in network order; those behind the prefix are zero.
    private let network: [UInt8]
    private let prefixLength: Int
    public let description: String

    /// `192.0.2.0/24`, `2001:db8::/32`, or one address alone.
    public init(parsing text: String) throws(PhonesError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = Self.bytes(of: String(first)) else {
            throw .invalidAddressRange(text)
        }
        var length = address.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let given = Int(parts[1]), given <= length
            else { throw .invalidAddressRange(text) }
            length = given
        }
        network = Self.masked(address, to: length)
        prefixLength = length
        description = text
    }

    /// Whether a numeric address lies in the network; an IPv4 address mapped into IPv6 counts as IPv4.
    public func contains(_ host: String) -> Bool {
        guard let address = Self.bytes(of: host), address.count == network.count else { return false }
        return Self.masked(address, to: prefixLength) == network
    }

    /// What one subscriber of a network may choose its addresses in (RFC 6177): of an IPv6 address the first 64 bits, of
    /// an IPv4 address all.
    static func household(of host: String) -> String {
        guard let address = bytes(of: host), address.count == 16 else { return host }
        let groups = stride(from: 0, to: 8, by: 2).map { index in
            String(Int(address[index]) << 8 | Int(address[index + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/64"
    }

    private static func masked(_ address: [UInt8], to length: Int) -> [UInt8] {
        address.enumerated().map { index, byte in
            let bits = min(8, max(0, length - index * 8))
            return bits == 0 ? 0 : byte & (0xFF << UInt8(8 - bits))
        }
    }

    private static func bytes(of host: String) -> [UInt8]? {
        let text = String(host.prefix { $0 != "%" })
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: &v4) { Array($0) } }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let address = withUnsafeBytes(of: &v6) { Array($0) }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return address.starts(with: mapped) ? Array(address.suffix(4)) : address
    }
}
