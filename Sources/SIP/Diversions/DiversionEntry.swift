// One value of a Diversion or History-Info header. These headers are written by hand in many a PBX, and a call must
// not fail over them: values are cut here with patience (raw quotes and blanks inside of `< >` do no harm) and one
// that cannot be read is left out; its URI still goes through the same checks as any other.

struct DiversionEntry: Sendable {
    var uri: SIPURI
    /// The header fields inside of the URI, behind `?`, without their escapes (RFC 7044 §5); names in lower case.
    var fields: [(name: String, value: String)] = []
    var parameters: Parameters

    /// More of them in a message than any call has been diverted.
    static let most = 64

    /// The values of all header fields of that name, in their order.
    static func all(_ name: String, of head: MessageHead) -> [DiversionEntry] {
        var entries: [DiversionEntry] = []
        for line in head.values(of: name) {
            for text in Cut.pieces(of: line.utf8, at: ASCII.comma) {
                guard entries.count < most else { return entries }
                if let entry = DiversionEntry(text) { entries.append(entry) }
            }
        }
        return entries
    }
}

extension DiversionEntry {
    private init?(_ text: Substring.UTF8View) {
        var address = text
        var rest = text[text.endIndex...]
        if let opening = Cut.first(ASCII.opening, of: text),
            let closing = text[opening...].firstIndex(of: ASCII.closing)
        {
            address = text[text.index(after: opening)..<closing]
            rest = text[text.index(after: closing)...]
        } else if let semicolon = text.firstIndex(of: ASCII.semicolon) {
            (address, rest) = (text[..<semicolon], text[semicolon...])
        }
        let question = address.firstIndex(of: ASCII.question) ?? address.endIndex
        guard let uri = try? SIPURI(parsing: Cut.trimmed(address[..<question])) else { return nil }
        self.init(uri: uri, fields: Self.fields(address[question...].dropFirst()), parameters: Self.parameters(rest))
    }

    private static func fields(_ text: Substring.UTF8View) -> [(name: String, value: String)] {
        text.split(separator: UInt8(ascii: "&")).prefix(8).compactMap { field in
            let parts = field.split(separator: ASCII.equals, maxSplits: 1)
            guard parts.count == 2, let value = try? URIText.unescaped(Cut.trimmed(parts[1])) else { return nil }
            return (Cut.trimmed(parts[0]).lowercased(), value)
        }
    }

    fileprivate static func parameters(_ text: Substring.UTF8View) -> Parameters {
        Parameters(
            Cut.pieces(of: text, at: ASCII.semicolon).prefix(HeaderElements.maximumDelimiters).compactMap { piece in
                let parts = piece.split(separator: ASCII.equals, maxSplits: 1)
                guard let first = parts.first else { return nil }
                let name = Cut.trimmed(first)
                guard !name.isEmpty else { return nil }
                return Parameters.Entry(
                    name, parts.count == 2 ? OsipText.unquoted(Cut.trimmed(parts[1])) : nil)
            })
    }
}

extension DiversionEntry {
    /// Why the request that went to this address was sent on, as the Reason header inside of it tells (RFC 3326).
    var reason: DivertingReason? {
        let values = fields.filter { $0.name == "reason" }.flatMap { Cut.pieces(of: $0.value.utf8, at: ASCII.comma) }
        var telephone: DivertingReason?
        for value in values {
            let protocolName = Cut.trimmed(value.prefix { $0 != ASCII.semicolon })
            let parameters = Self.parameters(value.drop { $0 != ASCII.semicolon })
            guard let cause = parameters["cause"].flatMap({ Int($0) }) else { continue }
            if protocolName.equalsIgnoringCase("SIP") { return DivertingReason(cause: cause) }
            if protocolName.equalsIgnoringCase("Q.850") { telephone = DivertingReason(telephoneCause: cause) }
        }
        return telephone
    }

    /// Why the request was sent on to this address (RFC 4458 §2.1).
    var cause: DivertingReason? { uri.divertingCause }

    var isPrivate: Bool { fields.contains { $0.name == "privacy" && CallPrivacy.coversHistory($0.value) } }
}

extension SIPURI {
    /// The `cause` parameter. 380 tells of a number that was translated, not of a call that was diverted (RFC 8119).
    var divertingCause: DivertingReason? {
        parameters["cause"].flatMap { Int($0) }.flatMap { $0 == 380 ? nil : DivertingReason(cause: $0) }
    }
}

enum CallPrivacy {
    /// Whether a Privacy value asks to hide who has diverted (RFC 7044 §10.1, RFC 3323 §4.2).
    static func coversHistory(_ value: String) -> Bool {
        value.split { ";, ".contains($0) }.contains { word in
            ["history", "header", "session"].contains { $0.equalsIgnoringCase(String(word)) }
        }
    }
}

/// Cutting text at signs outside of quotes and brackets.
private enum Cut {
    static func pieces(of text: Substring.UTF8View, at separator: UInt8) -> [Substring.UTF8View] {
        var pieces: [Substring.UTF8View] = []
        var rest = text
        while let place = first(separator, of: rest) {
            pieces.append(rest[..<place])
            rest = rest[rest.index(after: place)...]
        }
        return (pieces + [rest]).filter { !$0.allSatisfy(ASCII.isBlank) }
    }

    static func pieces(of text: String.UTF8View, at separator: UInt8) -> [Substring.UTF8View] {
        pieces(of: text[...], at: separator)
    }

    /// The first such sign that is neither quoted nor between brackets.
    static func first(_ wanted: UInt8, of text: Substring.UTF8View) -> Substring.UTF8View.Index? {
        var isQuoted = false
        var isEscaped = false
        var isBracketed = false
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case _ where isEscaped: isEscaped = false
            case ASCII.backslash where isQuoted: isEscaped = true
            case ASCII.quote where !isBracketed: isQuoted.toggle()
            case wanted where !isQuoted && !isBracketed: return index
            case ASCII.opening where !isQuoted: isBracketed = true
            case ASCII.closing where !isQuoted: isBracketed = false
            default: break
            }
        }
        return nil
    }

    static func trimmed(_ text: Substring.UTF8View) -> String {
        let start = text.firstIndex { !ASCII.isBlank($0) } ?? text.endIndex
        let end = text.lastIndex { !ASCII.isBlank($0) }.map { text.index(after: $0) } ?? text.endIndex
        return String(Substring(text[start..<max(start, end)]))
    }
}
