// Session descriptions read and written (RFC 8866 §9). What comes in is hostile: sizes are bounded, and whatever may
// be repeated in an answer (`m=`) must consist of tokens. Lines may end in LF alone, as many phones have it.

extension SessionDescription {
    /// Bytes, lines, streams and formats of a stream beyond which a description is refused.
    static let maximumSize = 16384, maximumLines = 512, maximumMedia = 32, maximumFormats = 64

    public init(parsing bytes: [UInt8]) throws(SDPError) {
        self.init()
        guard bytes.count <= Self.maximumSize else { throw .tooLarge }
        guard !bytes.contains(0) else { throw .malformed }
        let lines = bytes.split(separator: ASCII.lineFeed).map { $0.last == ASCII.carriageReturn ? $0.dropLast() : $0 }
            .filter { !$0.isEmpty }
        guard lines.count <= Self.maximumLines else { throw .tooLarge }
        guard lines.first?.elementsEqual("v=0".utf8) == true else { throw .malformed }
        for line in lines.dropFirst() { try take(line) }
        guard media.count <= Self.maximumMedia else { throw .tooLarge }
    }

    public func encoded() -> [UInt8] {
        var writer = MessageWriter(capacity: 512)
        writer.writeLine("v", "0")
        if let origin {
            writer.writeLine("o", "\(origin.username) \(origin.sessionID) \(origin.version) \(origin.address)")
        }
        writer.writeLine("s", name)
        writer.writeLines(lines, of: "iuep")
        if let connection { writer.writeLine("c", connection.text) }
        writer.writeLines(lines, of: "btrzk")
        for attribute in attributes { writer.writeLine("a", attribute.text) }
        for stream in media {
            writer.writeLine(
                "m", ([stream.kind, String(stream.port), stream.transport] + stream.formats).joined(separator: " "))
            writer.writeLines(stream.lines, of: "i")
            if let connection = stream.connection { writer.writeLine("c", connection.text) }
            writer.writeLines(stream.lines, of: "bk")
            for attribute in stream.attributes { writer.writeLine("a", attribute.text) }
        }
        return writer.bytes
    }

    private mutating func take(_ line: ArraySlice<UInt8>) throws(SDPError) {
        guard line.count >= 2, let type = line.first, (0x61...0x7A).contains(type),
            line[line.startIndex + 1] == ASCII.equals,
            !line.contains(ASCII.carriageReturn)
        else { throw .malformed }
        let value = String(decoding: line.dropFirst(2), as: UTF8.self)
        switch type {
        case UInt8(ascii: "m"): media.append(try Media(parsing: value))
        case UInt8(ascii: "o") where media.isEmpty: origin = try Origin(parsing: value)
        case UInt8(ascii: "s") where media.isEmpty: name = value
        case UInt8(ascii: "c"):
            let connection = try Connection(parsing: value)
            withLast {
                $0.connection = connection
            } orSession: {
                $0.connection = connection
            }
        case UInt8(ascii: "a"):
            let attribute = try Attribute(parsing: value)
            withLast {
                $0.attributes.append(attribute)
            } orSession: {
                $0.attributes.append(attribute)
            }
        default:
            let line = Line(Character(UnicodeScalar(type)), value)
            withLast {
                $0.lines.append(line)
            } orSession: {
                $0.lines.append(line)
            }
        }
    }

    /// Lines behind an `m=` belong to it.
    private mutating func withLast(_ media: (inout Media) -> Void, orSession session: (inout Self) -> Void) {
        if self.media.isEmpty { session(&self) } else { media(&self.media[self.media.endIndex - 1]) }
    }
}

extension SessionDescription.Origin {
    fileprivate init(parsing text: String) throws(SDPError) {
        let words = text.split(separator: " ").map(String.init)
        // Some phones write a user name with a space in it.
        guard words.count >= 6 else { throw .malformed }
        let rest = words.suffix(5).map { $0 }
        self.init(
            username: words.dropLast(5).joined(separator: " "), sessionID: rest[0], version: rest[1],
            address: rest[2...].joined(separator: " "))
    }
}

extension SessionDescription.Connection {
    fileprivate init(parsing text: String) throws(SDPError) {
        let words = text.split(separator: " ")
        guard words.count == 3, words[0] == "IN", words[1] == "IP4" || words[1] == "IP6",
            let address = words[2].split(separator: "/").first
        else { throw .malformed }
        self.init(isIPv6: words[1] == "IP6", address: String(address))
    }

    fileprivate var text: String { "IN \(isIPv6 ? "IP6" : "IP4") \(address)" }
}

extension SessionDescription.Attribute {
    fileprivate init(parsing text: String) throws(SDPError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { throw .malformed }
        self.init(String(name), parts.count == 2 ? String(parts[1]) : nil)
    }

    fileprivate var text: String { value.map { "\(name):\($0)" } ?? name }
}

extension SessionDescription.Media {
    fileprivate init(parsing text: String) throws(SDPError) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count >= 4, let digits = words[1].split(separator: "/").first,
            let port = ASCII.decimal(digits.utf8, maximum: 65535),
            (words[2].split(separator: "/", omittingEmptySubsequences: false).map(String.init) + [words[0]]
                + words[3...])
                .allSatisfy({ !$0.isEmpty && CharacterClass.token.containsAll($0.utf8) })
        else { throw .malformed }
        guard words.count - 3 <= SessionDescription.maximumFormats else { throw .tooLarge }
        self.init(kind: words[0], port: UInt16(port), transport: words[2], formats: Array(words[3...]))
    }
}

extension MessageWriter {
    fileprivate mutating func writeLine(_ type: Character, _ value: String) {
        write("\(type)=\(value)")
        endLine()
    }

    fileprivate mutating func writeLines(_ lines: [SessionDescription.Line], of types: String) {
        for type in types {
            for line in lines where line.type == type { writeLine(type, line.value) }
        }
    }
}
