// What the attributes and addresses of an RTP stream mean (RFC 8866 §6.6, RFC 3551 §6, RFC 3605).

internal import Glibc

extension SessionDescription.Media {
    struct Encoding {
        var payloadType: UInt8
        /// In upper case.
        var name: String
        /// In Hz.
        var clock: Int
        var channels: Int
    }

    /// The encoding behind a payload type: its rtpmap, else the static one.
    func encoding(of format: String) -> Encoding? {
        guard let number = ASCII.decimal(format.utf8, maximum: 127) else { return nil }
        let payloadType = UInt8(number)
        for attribute in attributes where attribute.name == "rtpmap" {
            let words = (attribute.value ?? "").split(separator: " ")
            guard words.count == 2, words[0] == format else { continue }
            let parts = words[1].split(separator: "/")
            guard parts.count >= 2, let clock = ASCII.decimal(parts[1].utf8, maximum: 1_000_000) else { return nil }
            let channels = parts.count > 2 ? ASCII.decimal(parts[2].utf8, maximum: 255) : 1
            guard let channels else { return nil }
            return Encoding(
                payloadType: payloadType, name: parts[0].uppercased(), clock: Int(clock), channels: Int(channels))
        }
        guard let codec = CodecName.allCases.first(where: { $0.staticPayloadType == payloadType }) else { return nil }
        return Encoding(payloadType: payloadType, name: codec.rawValue, clock: 8000, channels: 1)
    }

    /// The RTCP port: `a=rtcp` (RFC 3605), else the next one.
    var controlPort: UInt16 {
        let word = self["rtcp"]?.split(separator: " ").first
        if let word, let port = ASCII.decimal(word.utf8, maximum: 65535), port > 0 { return UInt16(port) }
        return port == .max ? port : port + 1
    }
}

/// An address that audio can be sent to: numeric, and neither multicast nor broadcast, or we would be an amplifier.
struct RemoteAddress {
    let isIPv6: Bool
    /// 0.0.0.0 or `::`: hold as before RFC 3264 (§8.4 there).
    let isUnspecified: Bool

    init?(_ connection: SessionDescription.Connection) {
        isIPv6 = connection.isIPv6
        // Not in_addr and in6_addr: which C module they come from depends on what else the target imports.
        var octets = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, connection.address, &octets) == 1,
            let first = octets.first, isIPv6 ? first != 0xFF : first < 0xE0
        else { return nil }
        isUnspecified = octets.allSatisfy { $0 == 0 }
    }
}
