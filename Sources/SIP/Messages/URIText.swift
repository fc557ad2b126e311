// Checks the text of a URI before libosip2 sees it, which drops what it cannot read in parameters and headers
// without a word (RFC 3261 §19.1.1, §25.1).

enum URIText {
    /// Longer ones are refused (414 for a Request-URI).
    static let maximumLength = 2048

    /// The scheme in lower case.
    static func scheme(of uri: some Collection<UInt8>) throws(MessageError) -> String {
        guard let colon = uri.firstIndex(of: ASCII.colon), let first = uri.first,
            CharacterClass.alphanumeric.contains(first),
            CharacterClass("+-.", and: .alphanumeric).containsAll(uri[..<colon])
        else { throw MessageError("Malformed URI") }
        return String(decoding: uri[..<colon], as: UTF8.self).lowercased()
    }

    /// Whether the scheme is SIP or SIPS.
    static func isSIP(_ uri: some Collection<UInt8>) -> Bool {
        let scheme = uri.prefix(5).prefix { $0 != ASCII.colon }
        guard scheme.count < uri.count, scheme.count == 3 || scheme.count == 4 else { return false }
        return zip(scheme, "sips".utf8).allSatisfy { ASCII.lowercased($0) == $1 }
    }

    /// For any URI: visible bytes, whole escapes. For SIP and SIPS: no empty parameter.
    static func check(_ uri: ArraySlice<UInt8>) throws(MessageError) {
        guard uri.count <= maximumLength else { throw MessageError(status: 414, "URI too long") }
        for (index, byte) in zip(uri.indices, uri) {
            switch byte {
            case 0...ASCII.space, 0x7F, ASCII.opening, ASCII.closing, ASCII.quote, ASCII.backslash,
                HeaderElements.padding...0xFF:
                throw MessageError("Malformed URI")
            case ASCII.percent:
                guard index + 2 < uri.endIndex, ASCII.hexadecimal(uri[index + 1]) != nil,
                    ASCII.hexadecimal(uri[index + 2]) != nil
                else { throw MessageError("Malformed escape in a URI") }
            default: break
            }
        }
        if isSIP(uri) {
            try checkParameters(uri)
        } else {
            _ = try scheme(of: uri)
        }
    }

    private static func checkParameters(_ uri: ArraySlice<UInt8>) throws(MessageError) {
        let host = uri.firstIndex(of: ASCII.at).map { $0 + 1 } ?? uri.startIndex
        let tail = uri[host...]
        let parameters = tail[..<(tail.firstIndex(of: ASCII.question) ?? tail.endIndex)]
        let pieces = parameters.split(separator: ASCII.semicolon, omittingEmptySubsequences: false).dropFirst()
        guard pieces.count <= HeaderElements.maximumDelimiters else { throw MessageError("Too many parameters") }
        for piece in pieces where piece.isEmpty || piece.first == ASCII.equals || piece.last == ASCII.equals {
            throw MessageError("Empty parameter")
        }
    }

    /// Undoes the escapes. Escaped octets that are not UTF-8 have no text and are refused.
    static func unescaped(_ text: String) throws(MessageError) -> String {
        guard text.utf8.contains(ASCII.percent) else { return text }
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == ASCII.percent else {
                octets.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(ASCII.hexadecimal),
                let low = rest.popFirst().flatMap(ASCII.hexadecimal)
            else { throw MessageError("Malformed escape in a URI") }
            octets.append(high << 4 | low)
        }
        guard let result = String(validating: octets, as: UTF8.self) else {
            throw MessageError("Escaped octets that are not UTF-8 in a URI")
        }
        return result
    }
}
