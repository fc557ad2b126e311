// The comma-separated fields behind `Digest` in a challenge or in credentials (RFC 7616 §3.3, §3.4). Phones quote
// what should be bare and leave bare what should be quoted, so both are read everywhere.

/// Why a challenge or credentials cannot be read.
public enum DigestError: Error, Hashable, Sendable {
    /// Basic, Bearer and so on.
    case otherScheme
    /// Not readable, or without a field that must be there.
    case malformed
    /// An algorithm or qop that is not ours.
    case unsupported
}

struct DigestFields {
    static let maximumLength = 4096

    /// Names in lower case; values without quotes.
    private var values: [String: String] = [:]

    init(parsing text: String) throws(DigestError) {
        guard text.utf8.count <= Self.maximumLength else { throw .malformed }
        var rest = text.utf8[...]
        Self.skipBlanks(&rest)
        let scheme = rest.prefix { CharacterClass.token.contains($0) }
        guard String(scheme)?.equalsIgnoringCase("Digest") == true else { throw .otherScheme }
        rest = rest.dropFirst(scheme.count)
        while true {
            Self.skipBlanks(&rest)
            guard !rest.isEmpty else { break }
            try take(&rest)
            Self.skipBlanks(&rest)
            guard rest.first == ASCII.comma else { break }
            rest.removeFirst()
        }
        guard rest.isEmpty, !values.isEmpty else { throw .malformed }
    }

    subscript(name: String) -> String? { values[name] }

    /// A field that must be there and must not be empty.
    func required(_ name: String) throws(DigestError) -> String {
        guard let value = values[name], !value.isEmpty else { throw .malformed }
        return value
    }

    private mutating func take(_ rest: inout Substring.UTF8View) throws(DigestError) {
        let name = rest.prefix { CharacterClass.token.contains($0) }
        rest = rest.dropFirst(name.count)
        Self.skipBlanks(&rest)
        guard !name.isEmpty, rest.popFirst() == ASCII.equals, let key = String(name)?.lowercased(), values[key] == nil
        else { throw .malformed }
        Self.skipBlanks(&rest)
        var value: [UInt8] = []
        if rest.first == ASCII.quote {
            rest.removeFirst()
            try Self.takeQuoted(&rest, into: &value)
        } else {
            value = Array(rest.prefix { $0 != ASCII.comma && !ASCII.isBlank($0) && $0 != ASCII.quote })
            rest = rest.dropFirst(value.count)
        }
        values[key] = String(decoding: value, as: UTF8.self)
    }

    private static func takeQuoted(_ rest: inout Substring.UTF8View, into value: inout [UInt8]) throws(DigestError) {
        while let byte = rest.popFirst() {
            switch byte {
            case ASCII.quote: return
            case ASCII.backslash:
                guard let escaped = rest.popFirst() else { throw .malformed }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        throw .malformed
    }

    private static func skipBlanks(_ rest: inout Substring.UTF8View) {
        while let byte = rest.first, ASCII.isBlank(byte) { rest.removeFirst() }
    }
}
