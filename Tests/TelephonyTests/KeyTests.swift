// Keys on their way from the wire to a flow: SIP INFO bodies as phones send them, and type-ahead.

import CallControl
import Testing

@testable import Telephony

@Suite("Keys")
struct KeyTests {
    @Test(
        "SIP INFO bodies of the field are understood (G2)",
        arguments: [
            ("application/dtmf-relay", "Signal=1\r\nDuration=160\r\n", Key.one),
            ("application/dtmf-relay", "Signal=1\r\nDuration=160", .one),
            ("application/dtmf-relay", "Signal= *\r\nDuration= 250\r\n", .star),
            ("application/dtmf-relay", "signal=#\nduration=100", .pound),
            ("application/dtmf-relay", "Signal=11\r\n", .pound),
            ("Application/DTMF", "5", .five),
            ("application/dtmf", "5\r\n", .five),
            ("application/dtmf", "10", .star),
            ("application/dtmf", "d", .d),
        ])
    func infoDigit(type: String, body: String, key: Key) {
        #expect(InfoDigit.key(contentType: type, body: Array(body.utf8)) == key)
    }

    @Test(
        "A body that names no key is no key (G2)",
        arguments: [
            ("application/dtmf-relay", ""), ("application/dtmf-relay", "Duration=160"),
            ("application/dtmf-relay", "Signal="),
            ("application/dtmf", "55"), ("application/dtmf", "!"), ("text/plain", "5"),
            ("application/dtmf", String(repeating: "5", count: 5_000)),
        ])
    func noDigit(type: String, body: String) {
        #expect(InfoDigit.key(contentType: type, body: Array(body.utf8)) == nil)
    }

    @Test("Keys typed ahead wait in their order; the ones nobody listens for are dropped")
    func typeAhead() {
        var buffer = KeyBuffer()
        for key in [Key.seven, .one, .two] { buffer.press(key) }
        #expect(buffer.next(in: .none) == nil)
        #expect(buffer.next(in: [.one]) == .one)
        #expect(buffer.next() == .two)
        #expect(buffer.next() == nil)
    }

    @Test("Leaning on the keypad fills the buffer and no more")
    func typeAheadIsBounded() {
        var buffer = KeyBuffer()
        for _ in 0..<10_000 { buffer.press(.five) }
        var taken = 0
        while buffer.next() != nil { taken += 1 }
        #expect(taken == KeyBuffer.limit)
    }
}
