// What only a stream can do to us (RFC 3261 §18.3): messages one behind the other, cut anywhere, with pings between.

import Testing

@testable import SIP

@Suite("G1: torture on a stream")
struct StreamTests {
    @Test("Pipelined requests are answered in their order, line ends between them skipped")
    func pipelined() async throws {
        try await Bench.run { bench in
            let phone = try await bench.connection()
            let caller = phone.caller
            phone.send("\r\n" + (1...20).map { caller.text("OPTIONS", $0) }.joined(separator: "\r\n"))
            for number in 1...20 {
                let response = try await phone.response()
                #expect(response.status == 200 && response.head.cseq.number == UInt32(number))
            }
        }
    }

    @Test("Two messages that a datagram would not hold are two by stream (RFC 4475 §3.1.1.8)")
    func behind() async throws {
        try await Bench.run { bench in
            let phone = try await bench.connection()
            phone.send(phone.caller.text("REGISTER", 1) + phone.caller.text("INVITE", 2, body: Caller.offer))
            #expect(try await bench.user.requests.stream.first().request.method == .register)
            #expect(try await bench.user.calls.stream.first().request.head.body == Array(Caller.offer.utf8))
        }
    }

    @Test("A message cut at any byte is the same message")
    func cutAnywhere() async throws {
        try await Bench.run { bench in
            let phone = try await bench.connection()
            let length = phone.caller.text("MESSAGE", 100, type: "text/plain", body: "a\r\n\r\nb").utf8.count
            for cut in 1..<length {
                let bytes = Array(phone.caller.text("MESSAGE", 100 + cut, type: "text/plain", body: "a\r\n\r\nb").utf8)
                phone.send(Array(bytes[..<cut]))
                phone.send(Array(bytes[cut...]))
                #expect(try await phone.response().head.cseq.number == UInt32(100 + cut))
            }
        }
    }

    @Test("Garbage behind a good message: that one is answered, then the connection is closed")
    func garbageBehind() async throws {
        try await Bench.run { bench in
            let phone = try await bench.connection()
            phone.send(Array(phone.caller.text("OPTIONS", 1).utf8) + [0, 1, 2])
            #expect(try await phone.response().status == 200)
            try await phone.closed()
        }
    }
}
