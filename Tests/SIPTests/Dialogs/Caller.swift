// A phone on paper: writes the requests of one call or subscription as text, and reads what came of them.

@testable import SIP

struct Caller {
    static let offer = [
        "v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 40000 RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000", "",
    ].joined(separator: "\r\n")

    var callID = "call-1@192.0.2.1"
    var tag = "caller"
    /// Ours, once it is known.
    var toTag: String?
    var transport = "UDP"
    /// Where it says that it is, in Via and Contact.
    var address = "192.0.2.1:5070"
    var viaParameters = ";rport"

    func text(
        _ method: String, _ cseq: Int, branch: String? = nil, uri: String = "sip:5000@example.org",
        _ headers: [String] = [], type: String? = nil, body: String = ""
    ) -> String {
        let branch = branch ?? "z9hG4bK-\(callID)-\(method)-\(cseq)"
        var lines = [
            "\(method) \(uri) SIP/2.0", "Via: SIP/2.0/\(transport) \(address)\(viaParameters);branch=\(branch)",
            "Max-Forwards: 70", "From: <sip:100@example.org>;tag=\(tag)",
            "To: <sip:5000@example.org>" + (toTag.map { ";tag=\($0)" } ?? ""), "Call-ID: \(callID)",
            "CSeq: \(cseq) \(method)", "Contact: <sip:100@\(address)>",
        ]
        lines += headers
        if !body.isEmpty { lines.append("Content-Type: \(type ?? "application/sdp")") }
        return (lines + ["Content-Length: \(body.utf8.count)", "", body]).joined(separator: "\r\n")
    }

    func request(
        _ method: String, _ cseq: Int, branch: String? = nil, _ headers: [String] = [], type: String? = nil,
        body: String = ""
    ) throws -> SIPRequest {
        let text = text(method, cseq, branch: branch, headers, type: type, body: body)
        guard case .request(let request) = MessageParser.parse(Array(text.utf8)) else { throw NotARequest(text: text) }
        return request
    }

    struct NotARequest: Error { let text: String }
}

extension ServerTransactionKey {
    /// The key of a request that is known to have a Via.
    static func of(_ request: SIPRequest) throws -> ServerTransactionKey {
        guard let key = ServerTransactionKey(request) else { throw Caller.NotARequest(text: request.head.callID) }
        return key
    }
}

extension NameAddress {
    static let ours = NameAddress(uri: SIPURI(user: "5000", host: "198.51.100.1", port: 5060))
}
