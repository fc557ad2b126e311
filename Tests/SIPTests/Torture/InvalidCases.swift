// RFC 4475 §3.1.2: what is not legal is refused with the status that says so, or dropped where it is a response.

@testable import SIP

extension TortureCase {
    static let invalid: [TortureCase] = [
        TortureCase(
            "3.1.2.1 separators too many", .answered(400),
            request(
                "INVITE sip:omar@example.net SIP/2.0",
                "Via: SIP/2.0/UDP 192.0.2.7:PORT;;,;,,\nContact: \"Ruth\" <sip:ruth@example.org>;;;;", body: offer)),
        TortureCase(
            "3.1.2.2 a Content-Length beyond the end", .answered(400), byStream: .closes,
            request("INVITE sip:omar@example.net SIP/2.0", "Content-Length: 7777", body: offer)),
        TortureCase(
            "3.1.2.3 a negative Content-Length", .answered(400), byStream: .closes,
            request("INVITE sip:omar@example.net SIP/2.0", "Content-Length: -77", body: offer)),
        TortureCase(
            "3.1.2.4 numbers too large in a request", .answered(400),
            request(
                "REGISTER sip:example.org SIP/2.0",
                """
                CSeq: 18446744073709551617 REGISTER
                Max-Forwards: 999
                Expires: 1\(String(repeating: "0", count: 99))
                Contact: <sip:ruth@alder.example.org>;expires=314159265358979
                """)),
        TortureCase(
            "3.1.2.5 numbers too large in a response", .ignored, byStream: .closes,
            request(
                "SIP/2.0 503 Service Unavailable",
                "CSeq: 31415926535897932384626 OPTIONS\nRetry-After: 271828182845904523536028747\nWarning: 1999 x \"y\""
            )),
        TortureCase(
            "3.1.2.6 a quote that does not end", .answered(400) { $0.head.to.uri.user == "omar" },
            request("INVITE sip:omar@example.net SIP/2.0", "To: \"Mr. Omar <sip:omar@example.net>", body: offer)),
        TortureCase(
            "3.1.2.7 brackets around the Request-URI", .answered(400),
            request("INVITE <sip:omar@example.net> SIP/2.0", "")),
        TortureCase(
            "3.1.2.8 a blank in the Request-URI", .answered(400), request("INVITE sip:omar@example.net; lr SIP/2.0", "")
        ),
        TortureCase(
            "3.1.2.9 several blanks in the request line", .answered(400),
            request("INVITE  sip:omar@example.net  SIP/2.0", "")),
        TortureCase(
            "3.1.2.10 blanks at the end of the request line", .answered(400),
            request("OPTIONS sip:omar@example.net SIP/2.0  ", "")),
        TortureCase(
            "3.1.2.11 header fields in the Request-URI", .answered(400),
            request("INVITE sip:omar@example.net?Route=%3Csip:elm.example.org%3E SIP/2.0", "")),
        TortureCase(
            "3.1.2.12 a Date in a time zone of its own is nobody's business here", .taken { $0.head["date"] != nil },
            request("INVITE sip:omar@example.net SIP/2.0", "Date: Mon, 04 Jan 2010 08:00:00 CET", body: offer)),
        TortureCase(
            "3.1.2.13 a Contact with header fields and no brackets", .answered(400),
            request(
                "REGISTER sip:example.org SIP/2.0",
                "Contact: sip:ruth@alder.example.org?Route=%3Csip:elm.example.org%3E")),
        TortureCase(
            "3.1.2.14 blanks inside the brackets", .answered(400),
            request("OPTIONS sip:omar@example.net SIP/2.0", "To: \"Khan, Omar\" < sip:omar@example.net >")),
        TortureCase(
            "3.1.2.15 a name that needs quotes and has none", .answered(400),
            request("OPTIONS sip:omar@example.net SIP/2.0", "From: Bell, Ruth <sip:ruth@example.org>;tag=r47")),
        TortureCase(
            "3.1.2.16 a version that nobody knows", .answered(505) { $0.head.vias.first?.branch == "z9hG4bKv9" },
            request("OPTIONS sip:omar@example.net SIP/9.0", "Via: SIP/9.0/UDP alder.example.org:PORT;branch=z9hG4bKv9")),
        TortureCase(
            "3.1.2.17 CSeq of another method", .answered(400),
            request("OPTIONS sip:omar@example.net SIP/2.0", "CSeq: 3 INVITE")),
        TortureCase(
            "3.1.2.18 CSeq of another method, with an unknown one", .answered(400),
            request("DANCE sip:omar@example.net SIP/2.0", "CSeq: 3 INVITE", body: offer)),
        TortureCase(
            "3.1.2.19 a status beyond all bounds", .ignored, byStream: .closes,
            request("SIP/2.0 8589934792 wraps to 200", "CSeq: 4 INVITE")),
    ]
}
