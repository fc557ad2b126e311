// RFC 4475 §3.2 to §3.4: messages that read well and mean something that cannot be had, or come from an older time.

@testable import SIP

extension TortureCase {
    static let beyondSyntax: [TortureCase] = [
        TortureCase(
            "3.2.1 a branch of the magic cookie alone", .answered(200),
            request("OPTIONS sip:omar@example.net SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.7:PORT;branch=z9hG4bK")),
        TortureCase(
            "3.3.1 header fields that must be there are not", .answered(400),
            """
            INVITE sip:omar@example.net SIP/2.0
            CSeq: 3 INVITE
            Via: SIP/2.0/UDP 192.0.2.7:PORT;branch=z9hG4bKbare
            Content-Type: application/sdp
            Content-Length: 0


            """),
        TortureCase(
            "3.3.2 a Request-URI of an unknown scheme", .answered(416),
            request("OPTIONS whoKnowsThis:something SIP/2.0", "")),
        TortureCase(
            "3.3.3 a Request-URI of a known scheme that is not SIP's", .answered(416),
            request("OPTIONS soap.beep://192.0.2.33:3003 SIP/2.0", "")),
        TortureCase(
            "3.3.4 unknown schemes in header fields", .taken { $0.head.to.uri.scheme.rawValue == "isbn" },
            request(
                "REGISTER sip:example.org SIP/2.0",
                "To: isbn:9780131103\nFrom: <http://www.example.org>;tag=w3\nContact: <name:Ruth_Bell>")),
        TortureCase(
            "3.3.5 extensions that are required and unknown",
            .answered(420) { response in
                response.head.tokens(of: "unsupported") == ["needstobeknown", "needsthattoo"]
            },
            request(
                "OPTIONS sip:omar@example.net SIP/2.0",
                "Require: needsToBeKnown, needsThatToo\nProxy-Require: forProxies, forMoreProxies")),
        TortureCase(
            "3.3.6 a body of an unknown type", .answered(415) { $0.head["accept"] == "application/sdp" },
            request("INVITE sip:omar@example.net SIP/2.0", "Content-Type: application/neverheardof", body: "<x/>")),
        TortureCase(
            "3.3.7 an unknown way to prove who one is", .taken { DigestCredentials.all(in: $0.head).isEmpty },
            request("REGISTER sip:example.org SIP/2.0", "Authorization: NeverHeardOf opaque=here")),
        TortureCase(
            "3.3.8 several values where there is one", .answered(400),
            request(
                "INVITE sip:omar@example.net SIP/2.0",
                """
                Via: SIP/2.0/UDP 192.0.2.7:PORT;branch=z9hG4bKmany
                Call-ID: one
                Call-ID: two
                CSeq: 3 INVITE
                CSeq: 33 INVITE
                From: <sip:ruth@example.org>;tag=1
                From: <sip:omar@example.org>;tag=2
                To: <sip:omar@example.net>
                To: <sip:ruth@example.net>
                """, body: offer)),
        TortureCase(
            "3.3.9 several values of Content-Length", .answered(400), byStream: .closes,
            request(
                "OPTIONS sip:omar@example.net SIP/2.0", "Content-Length: 12\nContent-Length: 6", body: "Which of them?")
        ),
        TortureCase(
            "3.3.10 a response that would go to everybody", .ignored,
            request(
                "SIP/2.0 200 OK",
                """
                CSeq: 4 INVITE
                Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa
                Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKb
                """, body: offer)),
        TortureCase(
            "3.3.11 Max-Forwards of zero, which is for proxies", .answered(200),
            request("OPTIONS sip:omar@example.net SIP/2.0", "Max-Forwards: 0")),
        TortureCase(
            "3.3.12 a parameter of the Contact",
            .taken { request in
                let contact = request.head.contacts.first?.address
                return contact?.parameters.contains("unheardof") == true && contact?.uri.parameters.isEmpty == true
            }, request("REGISTER sip:example.org SIP/2.0", "Contact: sip:+31205551111@oak.example.net;unheardof")),
        TortureCase(
            "3.3.13 a parameter of the Contact's URI",
            .taken { request in
                let contact = request.head.contacts.first?.address
                return contact?.parameters.isEmpty == true && contact?.uri.parameters.contains("unheardof") == true
            }, request("REGISTER sip:example.org SIP/2.0", "Contact: <sip:+31205551111@oak.example.net;unheardof>")),
        TortureCase(
            "3.3.14 an escaped header field in a Contact's URI",
            .taken { request in
                request.head.contacts.first?.address?.uri.headers == "Route=%3Csip:elm.example.org%3E"
                    && request.routes.isEmpty
            },
            request(
                "REGISTER sip:example.org SIP/2.0", "Contact: <sip:ruth@example.org?Route=%3Csip:elm.example.org%3E>")),
        TortureCase(
            "3.3.15 an answer of a kind that there is not is asked for",
            .answered(406) { $0.head["accept"] == "application/sdp" },
            request("INVITE sip:omar@example.net SIP/2.0", "Accept: text/neverheardof", body: offer)),
        TortureCase(
            "3.4.1 a caller of RFC 2543", .taken { $0.head.from.tag == nil && !$0.head.body.isEmpty },
            byStream: .closes,
            """
            INVITE sip:omar@example.net SIP/2.0
            Via: SIP/2.0/UDP alder.example.org:PORT
            From: <sip:+31205552222@example.org;user=phone>
            Record-Route: <sip:omar@example.net;maddr=elm.example.org>
            To: sip:+31205551111@example.net;user=phone
            Call-ID: old-4711@alder.example.org
            CSeq: 56 INVITE
            Content-Type: application/sdp

            \(offer)
            """),
        TortureCase(
            "a request line without a version", .ignored, byStream: .closes,
            "INVITE sip:omar@example.net\nTO : omar@example.net\nCall-ID: x\nNo colon here\nContent-Length: 4\n\na=1\n"),
    ]
}
