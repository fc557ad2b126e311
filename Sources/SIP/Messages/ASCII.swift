// Bytes and character classes of the SIP grammar (RFC 3261 §25.1), and comparison without regard to case.

enum ASCII {
    static let tab: UInt8 = 0x09, lineFeed: UInt8 = 0x0A, carriageReturn: UInt8 = 0x0D, space: UInt8 = 0x20
    static let quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\"), percent = UInt8(ascii: "%")
    static let colon = UInt8(ascii: ":"), semicolon = UInt8(ascii: ";"), comma = UInt8(ascii: ",")
    static let equals = UInt8(ascii: "="), question = UInt8(ascii: "?"), at = UInt8(ascii: "@")
    static let opening = UInt8(ascii: "<"), closing = UInt8(ascii: ">"), slash = UInt8(ascii: "/")

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    /// The value of a hexadecimal digit.
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    static let hexadecimalDigits = Array("0123456789ABCDEF".utf8)

    /// The number that consists of these decimal digits and nothing else; nil above `maximum`.
    static func decimal(_ digits: some Sequence<UInt8>, maximum: UInt64) -> UInt64? {
        var number: UInt64?
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let next = (number ?? 0) * 10 + UInt64(digit - 0x30)
            guard next <= maximum else { return nil }
            number = next
        }
        return number
    }
}

/// A set of ASCII bytes; no byte above 127 is ever in it.
struct CharacterClass: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    init(_ members: String, and others: CharacterClass? = nil) {
        if let others { (low, high) = (others.low, others.high) }
        for byte in members.utf8 where byte < 128 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low & (1 << UInt64(byte)) != 0 : byte < 128 && high & (1 << UInt64(byte - 64)) != 0
    }

    func containsAll(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy(contains) }

    static let alphanumeric = CharacterClass("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    static let token = CharacterClass("-.!%*_+`'~", and: .alphanumeric)
    static let unreserved = CharacterClass("-_.!~*'()", and: .alphanumeric)
    static let user = CharacterClass("&=+$,;?/", and: .unreserved)
    static let password = CharacterClass("&=+$,", and: .unreserved)
    static let uriParameter = CharacterClass("[]/:&+$", and: .unreserved)
    /// hname and hvalue of a URI with the signs between them, escapes included.
    static let uriHeaders = CharacterClass("[]/?:+$=&%", and: .unreserved)
    /// A header parameter that needs no quotes: a token or a host (RFC 3261 gen-value).
    static let plainValue = CharacterClass("[]:", and: .token)
    /// A name or an IPv4 address; the underscore is not legal and is common.
    static let hostname = CharacterClass("-._", and: .alphanumeric)
}

extension String {
    func equalsIgnoringCase(_ other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}
