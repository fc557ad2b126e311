// Cuts a message into start line, header lines and body without understanding a single value (RFC 3261 §7).
// Nothing that follows reads raw network bytes: folds are undone here, and NUL, bare CR or LF and lines that are
// no header are found here. A flaw does not stop the cut, because the answer to a flawed request needs its Via.

struct MessageSections {
    /// The headers that have a typed place; every other one keeps its name, a compact name in its long form.
    enum Kind: Equatable {
        case via, from, to, callID, cseq, contact, route, recordRoute, maxForwards, contentLength
        case other(String)
    }

    struct Line {
        var kind: Kind
        /// Where the value lies in `bytes`, trimmed.
        var value: Range<Int>
    }

    /// A request with more header lines than this is refused.
    static let maximumLines = 256

    /// The message with folds turned into spaces.
    private(set) var bytes: [UInt8]
    private(set) var startLine = 0..<0
    private(set) var lines: [Line] = []
    private(set) var body = 0..<0
    /// The first thing that is wrong with the shape of the header section.
    private(set) var flaw: MessageError?

    init(_ message: [UInt8]) {
        bytes = message
        var position = 0
        while position < bytes.count, bytes[position] == ASCII.carriageReturn || bytes[position] == ASCII.lineFeed {
            position += 1
        }
        lines.reserveCapacity(16)
        var isStart = true
        while let line = nextLine(from: &position) {
            if line.isEmpty {
                body = position..<bytes.count
                return
            }
            if isStart { startLine = line } else { add(line) }
            isStart = false
        }
        note("Header section without an end")
        body = bytes.count..<bytes.count
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func first(_ kind: Kind) -> Range<Int>? { lines.first { $0.kind == kind }?.value }

    func count(of kind: Kind) -> Int { lines.reduce(0) { $1.kind == kind ? $0 + 1 : $0 } }

    private mutating func note(_ reason: String) { flaw = flaw ?? MessageError(reason) }

    /// The next logical line: continuation lines are joined to it. Nil when the bytes end before the line does.
    private mutating func nextLine(from position: inout Int) -> Range<Int>? {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte > ASCII.carriageReturn { continue }
            switch byte {
            case 0: replaceNul(at: position - 1, lineStart: start)
            case ASCII.carriageReturn where position == bytes.count || bytes[position] != ASCII.lineFeed:
                note("Carriage return without line feed")
            case ASCII.lineFeed:
                var end = position - 1
                if end > start, bytes[end - 1] == ASCII.carriageReturn {
                    end -= 1
                } else {
                    note("Line feed without carriage return")
                }
                guard end > start, position < bytes.count, ASCII.isBlank(bytes[position]) else { return start..<end }
                for index in end..<position { bytes[index] = ASCII.space }
            default: break
            }
        }
        return nil
    }

    /// A NUL is legal as a quoted pair only (RFC 4475 §3.1.1.2); it becomes a question mark, since neither a C
    /// library nor an answer may ever carry it.
    private mutating func replaceNul(at index: Int, lineStart: Int) {
        var backslashes = 0
        while index - backslashes > lineStart, bytes[index - backslashes - 1] == ASCII.backslash { backslashes += 1 }
        if backslashes.isMultiple(of: 2) { note("NUL in the header section") }
        bytes[index] = ASCII.question
    }

    private mutating func add(_ line: Range<Int>) {
        guard lines.count < Self.maximumLines else { return note("Too many header fields") }
        guard let colon = bytes[line].firstIndex(of: ASCII.colon) else { return note("Header field without a colon") }
        let name = trimmed(line.lowerBound..<colon)
        guard name.lowerBound == line.lowerBound, !name.isEmpty, CharacterClass.token.containsAll(bytes[name]) else {
            return note("Malformed header field name")
        }
        let kind = Self.kind(of: bytes[name]) ?? .other(longName(name))
        lines.append(Line(kind: kind, value: trimmed(colon + 1..<line.upperBound)))
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, ASCII.isBlank(bytes[start]) { start += 1 }
        while end > start, ASCII.isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func kind(of name: ArraySlice<UInt8>) -> Kind? {
        names.first { entry in
            entry.name.count == name.count && zip(entry.name, name).allSatisfy { $0 == ASCII.lowercased($1) }
        }?.kind
    }

    private static let names: [(name: [UInt8], kind: Kind)] = [
        ("via", Kind.via), ("v", .via), ("from", .from), ("f", .from), ("to", .to), ("t", .to), ("call-id", .callID),
        ("i", .callID), ("cseq", .cseq), ("contact", .contact), ("m", .contact), ("route", .route),
        ("record-route", .recordRoute), ("max-forwards", .maxForwards), ("content-length", .contentLength),
        ("l", .contentLength),
    ].map { (Array($0.0.utf8), $0.1) }

    private func longName(_ name: Range<Int>) -> String {
        let text = text(name)
        return name.count == 1 ? Self.longNames[text.lowercased()] ?? text : text
    }

    /// The registered compact forms beside those above.
    private static let longNames = [
        "a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition",
        "e": "Content-Encoding", "j": "Reject-Contact", "k": "Supported", "n": "Identity-Info", "o": "Event",
        "r": "Refer-To", "s": "Subject", "u": "Allow-Events", "x": "Session-Expires", "y": "Identity",
    ]
}
