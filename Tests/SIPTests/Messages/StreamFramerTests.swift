// A TCP connection cut into messages (G1), one byte at a time or many at once, and closed at what cannot be cut.
import Testing

@testable import SIP

@Suite("G1: TCP streams are cut into messages")
struct StreamFramerTests {
    private func frames(_ bytes: [UInt8], chunk: Int) throws -> [StreamFramer.Frame] {
        var framer = StreamFramer()
        var frames: [StreamFramer.Frame] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try framer.append(bytes[start..<min(start + chunk, bytes.count)])
            while let frame = framer.next() { frames.append(frame) }
        }
        return frames
    }

    @Test(arguments: [1, 2, 3, 7, 100, 100_000])
    func `messages come out whole, whatever the chunks are`(_ chunk: Int) throws {
        let one = Wire.invite(body: "first\r\n\r\nbody")
        let two = Wire.message("BYE sip:bob@example.org SIP/2.0")
        let three = Wire.message(
            "SIP/2.0 200 OK", replacing: ["CSeq: 1 NOTIFY", "Content-Length:"], adding: ["l : 3"], body: "abc")
        let line = Array("\r\n".utf8)
        let stream = line + one + line + two + line + line + three + line + line + line
        #expect(
            try frames(stream, chunk: chunk) == [.message(one), .message(two), .keepAlive, .message(three), .keepAlive])
        for case .message(let message) in try frames(stream, chunk: chunk) {
            #expect(Wire.request(message) != nil || Wire.response(message) != nil)
        }
    }

    @Test func `a flood of pings in one read asks for one answer`() throws {
        #expect(try frames(Array(String(repeating: "\r\n", count: 1000).utf8), chunk: 2000) == [.keepAlive])
    }

    @Test(arguments: [
        "Content-Length: -999", "Content-Length:", "Content-Length: 1a", "Content-Length: 0\r\nl: 5",
        "Content-Length: 0, 0",
    ])
    func `without one good Content-Length the connection closes`(_ line: String) {
        var framer = StreamFramer()
        let lines = line.split(separator: "\r\n").map(String.init)
        let bytes = Wire.invite(replacing: [lines[0]], adding: Array(lines.dropFirst()))
        #expect(throws: FramingError.contentLength) { try framer.append(bytes) }
        #expect(throws: FramingError.contentLength) { try framer.append([]) }
        #expect(framer.next() == nil && framer.unfinished == 0)
    }

    @Test(arguments: [
        "\u{16}\u{3}\u{1}\u{2}\0", "GET / HTTP/1.1\r\n", "\0\0\0\0", "\n", "\rx", "hello\r\n",
        "INVITE sip:x SIP/2.0\r\nA: b\n\nC: d\r\n\r\n",
    ])
    func `another protocol is recognised at once and closes the connection`(_ text: String) {
        var framer = StreamFramer()
        #expect(throws: FramingError.garbage) { try framer.append(Array(text.utf8)) }
    }

    @Test func `what came before the garbage is still delivered`() {
        var framer = StreamFramer()
        let good = Wire.message("OPTIONS sip:bob@example.org SIP/2.0")
        #expect(throws: FramingError.garbage) { try framer.append(good + [0]) }
        #expect(framer.next() == .message(good) && framer.next() == nil)
    }

    @Test func `an endless header section and a huge body end at the bound`() throws {
        var framer = StreamFramer()
        try framer.append(Array("INVITE sip:bob@example.org SIP/2.0\r\n".utf8))
        #expect(throws: FramingError.tooLarge) {
            for _ in 0..<10_000 { try framer.append(Array("A: bcdefgh\r\n".utf8)) }
        }
        var other = StreamFramer()
        #expect(throws: FramingError.tooLarge) {
            try other.append(Wire.invite(replacing: ["Content-Length: 4294967295"]))
        }
        #expect(framer.unfinished == 0 && other.unfinished == 0)
    }

    @Test func `a message of the largest size passes and waits for its last byte`() throws {
        var framer = StreamFramer()
        let head = Wire.invite(replacing: ["Content-Length: 60000"])
        try framer.append(head + Array(repeating: 0, count: 59_999))
        #expect(framer.next() == nil && framer.unfinished == head.count + 59_999)
        try framer.append([0])
        #expect(framer.next() != nil && framer.unfinished == 0)
    }
}
