// Messages as a phone would send them, for the tests of this folder.
@testable import SIP

enum Wire {
    /// Lines joined with CRLF and closed with an empty line; a line that replaces a header is found by its name.
    static func message(_ start: String, replacing: [String] = [], adding: [String] = [], body: String = "") -> [UInt8]
    {
        var lines = [
            "Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK776asdhds", "Max-Forwards: 70",
            "From: \"Alice\" <sip:alice@example.org>;tag=1928301774", "To: Bob <sip:bob@example.org>",
            "Call-ID: a84b4c76e66710@192.0.2.1", "CSeq: 314159 \(start.split(separator: " ").first ?? "")",
            "Contact: <sip:alice@192.0.2.1:5070;transport=udp>", "Content-Length: \(body.utf8.count)",
        ]
        for line in replacing {
            let name = line.prefix { $0 != ":" }
            if let index = lines.firstIndex(where: { $0.hasPrefix(name + ":") }) { lines[index] = line }
        }
        lines.removeAll { $0.hasSuffix(":") }
        return Array(([start] + lines + adding + ["", body]).joined(separator: "\r\n").utf8)
    }

    static func invite(replacing: [String] = [], adding: [String] = [], body: String = "") -> [UInt8] {
        message("INVITE sip:bob@example.org SIP/2.0", replacing: replacing, adding: adding, body: body)
    }

    static func request(_ bytes: [UInt8]) -> SIPRequest? {
        if case .request(let request) = MessageParser.parse(bytes) { request } else { nil }
    }

    static func response(_ bytes: [UInt8]) -> SIPResponse? {
        if case .response(let response) = MessageParser.parse(bytes) { response } else { nil }
    }

    /// The status of the refusal; 0 when it is dropped, nil when it is not refused.
    static func refusal(_ bytes: [UInt8]) -> Int? {
        if case .refused(let answer, _) = MessageParser.parse(bytes) { answer?.status ?? 0 } else { nil }
    }

    static func refusedAnswer(_ bytes: [UInt8]) -> SIPResponse? {
        if case .refused(let answer, _) = MessageParser.parse(bytes) { answer } else { nil }
    }
}
