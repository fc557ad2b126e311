// Keys for SRTP in a session description (RFC 4568): `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:…`. Read strictly: a
// line that asks for what we do not do is as if it were not there, and the next one may fit (§7.1.2 there).

/// How packets are encrypted and authenticated (RFC 4568 §6.2); the raw value is its name there.
public enum CryptoSuite: String, Hashable, Sendable, CaseIterable {
    case sha1Tag80 = "AES_CM_128_HMAC_SHA1_80"
    /// A tag of 32 bits on RTP; on RTCP it is one of 80 all the same.
    case sha1Tag32 = "AES_CM_128_HMAC_SHA1_32"
}

/// A master key of 128 bits and its salt of 112 (RFC 3711 §8.2). Says nothing of itself, wherever it may be written to.
public struct MasterKey: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key and the salt behind it: 30 octets.
    public let bytes: [UInt8]

    /// nil when they are not 30.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 30 else { return nil }
        self.bytes = bytes
    }

    /// A new one from the system's random numbers, which are fit for keys.
    public static func random() -> MasterKey { MasterKey(random: SystemRandomNumberGenerator()) }

    private init(random: SystemRandomNumberGenerator) {
        var random = random
        bytes = (0..<30).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    public var description: String { "(secret)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The keys of a protected stream, as offer and answer settled them.
public struct StreamKeys: Hashable, Sendable {
    public var suite: CryptoSuite
    /// Names the offered line that was taken.
    public var tag: String
    /// What we encrypt with, and what the peer does.
    public var ours: MasterKey
    public var theirs: MasterKey

    public init(suite: CryptoSuite, tag: String, ours: MasterKey, theirs: MasterKey) {
        self.suite = suite
        self.tag = tag
        self.ours = ours
        self.theirs = theirs
    }
}

struct CryptoAttribute {
    var tag: String
    var suite: CryptoSuite
    var key: MasterKey

    init(tag: String, suite: CryptoSuite, key: MasterKey) {
        self.tag = tag
        self.suite = suite
        self.key = key
    }

    /// nil for what is malformed and for what we do not do: other suites, several keys, a key index in each packet
    /// (MKI), and session parameters, unless they are marked as dispensable (RFC 4568 §6.3.7).
    init?(_ attribute: SessionDescription.Attribute) {
        let words = (attribute.value ?? "").split(separator: " ")
        guard attribute.name == "crypto", words.count >= 3, (1...9).contains(words[0].utf8.count),
            words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let suite = CryptoSuite(rawValue: String(words[1])), words[2].lowercased().hasPrefix("inline:"),
            words.dropFirst(3).allSatisfy({ $0.hasPrefix("-") })
        else { return nil }
        // inline:key [| lifetime] [| MKI:length]
        let parts = words[2].dropFirst(7).split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let bytes = Base64.decode(first), let key = MasterKey(bytes),
            parts.dropFirst().allSatisfy({ !$0.contains(":") })
        else { return nil }
        self.init(tag: String(words[0]), suite: suite, key: key)
    }

    var attribute: SessionDescription.Attribute {
        .init("crypto", "\(tag) \(suite.rawValue) inline:\(Base64.encode(key.bytes))")
    }
}

/// RFC 4648 §4.
private enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[bits >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// At most what a key needs; nil for anything that is not Base64.
    static func decode(_ text: Substring) -> [UInt8]? {
        guard (4...64).contains(text.utf8.count), text.utf8.count % 4 == 0 else { return nil }
        let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        guard text.utf8.count - digits.count <= 2 else { return nil }
        var bytes: [UInt8] = []
        var bits = 0
        var held = 0
        for digit in digits {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        return bytes
    }
}
