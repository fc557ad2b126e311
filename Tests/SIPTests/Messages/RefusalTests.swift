// What a malformed message is answered with (G1): the right status by its own Via, or nothing (RFC 4475 §3.1.2).
import Testing

@testable import SIP

@Suite("G1: malformed messages are refused")
struct RefusalTests {
    @Test(arguments: [
        ["CSeq: 36893488147419103232 INVITE"], ["CSeq: 2147483648 INVITE"], ["CSeq: -1 INVITE"], ["CSeq: 1 OPTIONS"],
        ["CSeq: 1"], ["CSeq:"], ["To:"], ["From:"], ["Call-ID:"], ["Call-ID: a b"], ["Max-Forwards: 300"],
        ["Max-Forwards: +7"],
        ["Content-Length: -999"], ["Content-Length: 9999"], ["Content-Length: 0x"], ["Content-Length: 0, 0"],
        ["To: \"Mr. J. User <sip:j.user@example.com>"], ["To: \"Watson, Thomas\" < sip:t.watson@example.org >"],
        ["From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43"], ["To: <sip:bob@example.org> junk"],
        ["To: <sip:bob@example.org>;tag=a b"], ["To: <sip:bob@exa mple.org>"], ["To: sip:b ob@example.org"],
        ["To: <sip:bob@example.org:99999>"], ["To: <sip:bob@[::g]>"], ["To: <sip:bob@::1>"], ["To: <sip:bob@>"],
        ["To: <sip:bob@example.org;;lr>"], ["To: <sip:bob@example.org;=x>"], ["To: <sip:%fe@example.org>"],
        ["To: <sip:%4@example.org>"], ["To: bob"],
        ["Contact: sip:alice@192.0.2.1?Route=%3Csip:x%3E"], ["Contact: \"Joe\" <sip:joe@example.org>;;;;"],
        ["Contact: <sip:joe@example.org>,,<sip:jim@example.org>"], ["Contact: *"],
        ["Contact: <mailto:joe@example.org>"],
        ["Via: SIP/2.0/UDP 192.0.2.15;;,;,,"], ["Via: SIP/2.0/UDP 192.0.2.1;branch=a, SIP/2.0/UDP"],
        ["Via: SIP/2.0/UDP 192.0.2.1 (comment);branch=a, SIP/2.0/UDP 192.0.2.2"],
    ])
    func `a bad header gets 400`(_ header: [String]) {
        let status = Wire.refusal(Wire.invite(replacing: header))
        // Without a topmost Via that can be mended there is no way back.
        #expect(status == 400 || (header[0].contains("(comment)") && status == 0), "\(header)")
    }

    @Test(arguments: [
        ("INVITE  sip:bob@example.org SIP/2.0", 400), ("INVITE sip:bob@example.org  SIP/2.0", 400),
        ("INVITE sip:bob@example.org SIP/2.0 ", 400), ("INVITE <sip:bob@example.org> SIP/2.0", 400),
        ("INVITE sip:bob@example.org; lr SIP/2.0", 400), ("INVITE sip:bob@example.org?Route=%3Csip:x%3E SIP/2.0", 400),
        ("INVITE sip:bob@example.org SIP/7.0", 505), ("INVITE sip:bob@example.org SIP/2.0.0", 505),
        ("INVITE tel:+1555 SIP/2.0", 416), ("INVITE soap.beep://192.0.2.103:3002 SIP/2.0", 416),
        ("INVITE nobodyKnowsThisScheme:totallyopaque SIP/2.0", 416),
        ("INVITE sip:\(String(repeating: "9", count: 3000))@example.org SIP/2.0", 414),
    ])
    func `a bad request line gets the status that says why`(_ line: String, _ status: Int) {
        #expect(Wire.refusal(Wire.message(line)) == status)
    }

    @Test(arguments: [
        "To: <sip:b@c>", "From: <sip:b@c>;tag=1", "Call-ID: x", "i: x", "CSeq: 7 INVITE", "Max-Forwards: 5", "l: 0",
    ])
    func `a second value of a header that has one gets 400`(_ line: String) {
        #expect(Wire.refusal(Wire.invite(adding: [line])) == 400)
    }

    @Test func `an unknown version in Via too is answered with 505`() {
        let bytes = Wire.message(
            "INVITE sip:bob@example.org SIP/7.0", replacing: ["Via: SIP/7.0/UDP 192.0.2.1;branch=z9hG4bKk"])
        #expect(Wire.refusedAnswer(bytes)?.status == 505)
        #expect(Wire.refusedAnswer(bytes)?.head.vias.first?.branch == "z9hG4bKk")
    }

    @Test(arguments: [
        "SIP/2.0 4294967301 better not break the receiver", "SIP/2.0 99 Low", "SIP/2.0 700 High", "SIP/3.0 200 OK",
        "SIP/2.0 2x0 OK",
    ])
    func `a bad response is dropped`(_ line: String) {
        #expect(Wire.refusal(Wire.message(line, replacing: ["CSeq: 1 NOTIFY"])) == 0)
        #expect(Wire.refusal(Wire.message("SIP/2.0 200 OK", replacing: ["CSeq: 9292394834772304023312 NOTIFY"])) == 0)
    }

    @Test(arguments: [
        "", "\r\n\r\n", "\0\0\0\0", "hello", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS sip:x\r\n\r\n", "\r\n \r\n",
    ])
    func `what is no SIP is dropped`(_ text: String) {
        #expect(Wire.refusal(Array(text.utf8)) == 0)
    }

    @Test func `a malformed ACK and a request without a Via get no answer`() {
        #expect(Wire.refusal(Wire.message("ACK sip:bob@example.org SIP/2.0", replacing: ["To: \"x"])) == 0)
        #expect(Wire.refusal(Wire.invite(replacing: ["Via:"])) == 0)
    }

    @Test func `NUL, bare CR, bare LF and a missing end of the header section get 400`() {
        let bytes = Wire.invite()
        for bad in ["A: \0", "A: \r b", "A: \n b", "A", "A b: c", ": c", "\u{1}: c"] {
            #expect(Wire.refusal(Wire.invite(adding: [bad])) == 400, "\(bad.debugDescription)")
        }
        #expect(Wire.refusal(Array(bytes.dropLast(2))) == 400)
    }

    @Test func `the answer carries what the sender needs to match it, mended where that is what is broken`() throws {
        let bytes = Wire.invite(replacing: [
            "To: \"Watson <sip:bob@example.org>;tag=7", "Via: SIP/2.0/UDP 192.0.2.1;rport;;branch=z9hG4bKx",
        ])
        let answer = try #require(Wire.refusedAnswer(bytes))
        #expect(
            answer.head.vias.first?.branch == "z9hG4bKx" && answer.head.vias.first?.parameters.contains("rport") == true
        )
        #expect(answer.head.callID == "a84b4c76e66710@192.0.2.1" && answer.head.cseq == CSeq(314159, .invite))
        #expect(answer.head.from.tag == "1928301774" && answer.head.to.tag == "7")
        #expect(answer.head.to.uri.user == "bob")
    }

    @Test func `a retransmission gets the same answer with the same tag`() {
        let bytes = Wire.invite(replacing: ["From:"])
        let answer = Wire.refusedAnswer(bytes)
        #expect(answer?.head.to.tag?.isEmpty == false && answer == Wire.refusedAnswer(bytes))
        #expect(
            answer?.head.to.tag != Wire.refusedAnswer(Wire.invite(replacing: ["From:", "Call-ID: other"]))?.head.to.tag)
    }

    @Test func `floods of values, parameters and lines are refused before the library sees them`() {
        let vias = "Via: " + Array(repeating: "SIP/2.0/UDP a", count: 4000).joined(separator: ",")
        #expect(Wire.refusal(Wire.invite(adding: [vias])) == 400)
        #expect(
            Wire.refusal(Wire.invite(adding: ["Via: SIP/2.0/UDP a" + String(repeating: ";b", count: 20000)])) == 400)
        #expect(
            Wire.refusal(Wire.invite(replacing: ["To: <sip:a" + String(repeating: ";b", count: 20000) + ">"])) == 400)
        #expect(Wire.refusal(Wire.invite(adding: Array(repeating: "a: b", count: 5000))) == 400)
        #expect(Wire.refusal(Wire.invite(body: String(repeating: "x", count: 70000))) == 513)
    }
}
