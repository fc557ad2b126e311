// A message that tortures, and what has to become of it by datagram and by stream. The messages are ours; each has
// the trait of the case in RFC 4475 or RFC 5118 that it is named after.

import Testing

@testable import SIP

struct TortureCase: CustomTestStringConvertible, Sendable {
    enum Verdict: Sendable {
        /// It comes to who uses the endpoint, meaning this.
        case taken(@Sendable (SIPRequest) -> Bool)
        case answered(Int, @Sendable (SIPResponse) -> Bool)
        /// Nothing happens.
        case ignored
        /// The connection is closed, at the latest when the message has taken its time.
        case closes
        /// There is no such case this way.
        case hasNone

        static func answered(_ status: Int) -> Verdict { .answered(status) { _ in true } }
    }

    let name: String
    /// Lines end in a line feed, `PORT` stands for the sender's port.
    let text: String
    let byDatagram: Verdict
    let byStream: Verdict

    var testDescription: String { name }
    var goesByStream: Bool { if case .hasNone = byStream { false } else { true } }

    init(_ name: String, _ verdict: Verdict, byStream: Verdict? = nil, _ text: String) {
        self.name = name
        self.text = text
        byDatagram = verdict
        self.byStream = byStream ?? verdict
    }

    func bytes(port: UInt16) -> [UInt8] {
        let text = text.replacing("PORT", with: String(port)).replacing("\n", with: "\r\n")
        return Array(text.utf8)
    }

    /// A description of 141 bytes, CRLFs counted.
    static let offer = """
        v=0
        o=ruth 4711 4712 IN IP4 192.0.2.77
        s=-
        c=IN IP4 192.0.2.78
        t=0 0
        m=audio 41000 RTP/AVP 8 12
        m=video 41002 RTP/AVP 31
        a=rtpmap:31 LPC

        """

    /// A plain request with the trait in one or two lines: of its headers those are left out that `lines` has.
    static func request(_ start: String, _ lines: String, body: String = "") -> String {
        let method = String(start.prefix { $0 != " " })
        let names = lines.split(separator: "\n").map { $0.prefix { $0 != ":" }.lowercased() }
        let headers = [
            "Via: SIP/2.0/UDP alder.example.org:PORT;branch=z9hG4bK-4711", "Max-Forwards: 17",
            "From: <sip:ruth@example.org>;tag=r47", "To: <sip:omar@example.net>",
            "Call-ID: birch-4711@alder.example.org",
            "CSeq: 3 \(method)", "Contact: <sip:ruth@alder.example.org>",
        ].filter { header in !names.contains { header.lowercased().hasPrefix("\($0):") } }
        var all = [start] + headers
        if !lines.isEmpty { all.append(lines) }
        if !names.contains("content-length"), !names.contains("l") {
            let length = body.utf8.count + body.utf8.count { $0 == UInt8(ascii: "\n") }
            if length > 0, !names.contains("content-type") { all.append("Content-Type: application/sdp") }
            all.append("Content-Length: \(length)")
        }
        return all.joined(separator: "\n") + "\n\n" + body
    }
}
