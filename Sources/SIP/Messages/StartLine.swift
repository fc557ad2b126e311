// The request line or status line (RFC 3261 §7.1, §7.2), read leniently enough to know whom to answer.

enum StartLine {
    /// The method, and all that follows its first space.
    case request(Method, rest: Range<Int>)
    /// A nil status is none of 100 to 699.
    case response(status: Int?, reason: String)

    /// Nil when the line is no SIP at all.
    init?(_ sections: MessageSections) {
        let bytes = sections.bytes
        let line = sections.startLine
        if bytes[line].starts(with: "SIP/".utf8) {
            let parts = bytes[line].split(separator: ASCII.space, maxSplits: 2, omittingEmptySubsequences: false)
            let digits = parts.count > 1 && parts[1].count == 3 ? parts[1] : []
            let status = ASCII.decimal(digits, maximum: 699).flatMap { $0 >= 100 ? Int($0) : nil }
            let reason = parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : ""
            let isVersion2 = parts[0].elementsEqual("SIP/2.0".utf8)
            self = .response(status: isVersion2 ? status : nil, reason: reason)
            return
        }
        guard let space = bytes[line].firstIndex(of: ASCII.space), space > line.lowerBound,
            CharacterClass.token.containsAll(bytes[line.lowerBound..<space]),
            bytes[space..<line.upperBound].split(separator: ASCII.space).last?.starts(with: "SIP/".utf8) == true
        else { return nil }
        self = .request(Method(rawValue: sections.text(line.lowerBound..<space)), rest: space + 1..<line.upperBound)
    }

    /// The method and where the Request-URI lies.
    func checkedRequest(_ sections: MessageSections) throws(MessageError) -> (Method, uri: Range<Int>) {
        guard case .request(let method, let rest) = self else { throw MessageError("Malformed request line") }
        let parts = sections.bytes[rest].split(separator: ASCII.space, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw MessageError("Malformed request line") }
        let (uri, version) = (parts[0], parts[1])
        guard version.elementsEqual("SIP/2.0".utf8) else { throw MessageError(status: 505, "Version Not Supported") }
        try URIText.check(uri)
        guard URIText.isSIP(uri) else {
            throw MessageError(status: 416, "Unsupported URI Scheme")
        }
        return (method, uri.startIndex..<uri.endIndex)
    }
}
