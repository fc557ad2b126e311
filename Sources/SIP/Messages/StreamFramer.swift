// Cuts a TCP stream into messages (RFC 3261 §18.3) and hears the keep-alive pings between them (RFC 5626 §3.5.1).
// On a stream nothing but Content-Length says where a message ends, so one that is missing or malformed leaves no
// way to go on: the connection closes. Never more than one message is kept unfinished, and that has a bound.

/// Why a stream cannot be read any further; the connection is closed.
public enum FramingError: Error, Hashable, Sendable {
    /// What came is no SIP message.
    case garbage
    /// A message above `MessageParser.maximumSize`.
    case tooLarge
    /// Content-Length is missing, malformed or there twice.
    case contentLength
}

public struct StreamFramer: Sendable {
    public enum Frame: Hashable, Sendable {
        /// One message, for `MessageParser.parse`.
        case message([UInt8])
        /// A ping: CRLF CRLF, to be answered with CRLF. Pings that came together are one.
        case keepAlive
    }

    private var buffer: [UInt8] = []
    private var frames: ArraySlice<Frame> = []
    /// Up to here the unfinished message has been searched for the end of its header section.
    private var searched = 0
    /// Length of the unfinished message, once its header section is complete.
    private var length: Int?
    private var failure: FramingError?

    public init() {}

    /// Bytes that are kept for a message that is not complete.
    public var unfinished: Int { buffer.count }

    /// Takes what the connection received. When it throws, the frames before the error are still in `next`, and every
    /// further call throws the same.
    public mutating func append(_ bytes: some Collection<UInt8>) throws(FramingError) {
        if let failure { throw failure }
        buffer.append(contentsOf: bytes)
        do throws(FramingError) {
            try cut()
        } catch {
            failure = error
            buffer = []
            throw error
        }
    }

    public mutating func next() -> Frame? { frames.popFirst() }

    private mutating func cut() throws(FramingError) {
        var start = 0
        defer {
            buffer.removeFirst(start)
            searched = max(0, searched - start)
        }
        while start < buffer.count {
            if length == nil {
                guard try skipKeepAlives(&start) else { break }
                try findLength(from: start)
            }
            guard let length else { break }
            guard length <= MessageParser.maximumSize else { throw .tooLarge }
            guard buffer.count - start >= length else { break }
            frames.append(.message(Array(buffer[start..<start + length])))
            start += length
            searched = start
            self.length = nil
        }
        if buffer.count - start > MessageParser.maximumSize { throw .tooLarge }
    }

    /// Whether a message begins at `start` now.
    private mutating func skipKeepAlives(_ start: inout Int) throws(FramingError) -> Bool {
        let lineEnd = [ASCII.carriageReturn, ASCII.lineFeed]
        while buffer[start...].starts(with: lineEnd) {
            if buffer[(start + 2)...].starts(with: lineEnd) {
                if frames.last != .keepAlive { frames.append(.keepAlive) }
                start += 4
            } else if start + 2 < buffer.count, buffer[start + 2] != ASCII.carriageReturn {
                start += 2
            } else {
                return false
            }
        }
        guard start < buffer.count, buffer[start...] != [ASCII.carriageReturn] else { return false }
        guard CharacterClass.token.contains(buffer[start]) else { throw .garbage }
        return true
    }

    private mutating func findLength(from start: Int) throws(FramingError) {
        let first = max(start, searched)
        var end: Int?
        for index in first..<max(first, buffer.count - 3)
        where buffer[index] == ASCII.carriageReturn && buffer[index + 1] == ASCII.lineFeed
            && buffer[index + 2] == ASCII.carriageReturn && buffer[index + 3] == ASCII.lineFeed && index > start
        {
            end = index + 4
            break
        }
        guard let end else {
            if searched <= start { try checkStartLine(from: start) }
            searched = max(start, buffer.count - 3)
            return
        }
        let sections = MessageSections(Array(buffer[start..<end]))
        guard StartLine(sections) != nil, sections.body.isEmpty else { throw .garbage }
        guard sections.count(of: .contentLength) == 1, let range = sections.first(.contentLength),
            let body = ASCII.decimal(sections.bytes[range], maximum: UInt64(UInt32.max))
        else { throw .contentLength }
        length = end - start + Int(body)
    }

    /// Another protocol on this port shows itself before its first empty line, if it has one at all.
    private func checkStartLine(from start: Int) throws(FramingError) {
        let line = buffer[start...].prefix { $0 != ASCII.carriageReturn && $0 != ASCII.lineFeed }
        guard line.allSatisfy({ $0 >= ASCII.space && $0 != 0x7F }) else { throw .garbage }
        guard line.endIndex < buffer.count else { return }
        let words = line.split(separator: ASCII.space)
        guard words.contains(where: { $0.starts(with: "SIP/".utf8) }) else { throw .garbage }
    }
}
