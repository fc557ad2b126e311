// RFC 5118 §4: IPv6 addresses wherever a message can hold one.

@testable import SIP

extension TortureCase {
    private static let via = "Via: SIP/2.0/UDP [2001:db8::7:1]:PORT;branch=z9hG4bK-4711"

    static let internetProtocol6: [TortureCase] = [
        TortureCase(
            "4.1 an IPv6 reference", .taken { $0.uri.host == "2001:db8::20" && $0.uri.port == nil },
            request("REGISTER sip:[2001:db8::20] SIP/2.0", "\(via)\nContact: \"Ruth\" <sip:ruth@[2001:db8::1]>")),
        TortureCase(
            "4.2 an IPv6 address without its brackets", .answered(400),
            request("REGISTER sip:2001:db8::20 SIP/2.0", "\(via)\nContact: <sip:ruth@[2001:db8::1]>")),
        TortureCase(
            "4.3 what looks like a port is part of the address",
            .taken { $0.uri.host == "2001:db8::20:5070" && $0.uri.port == nil },
            request("REGISTER sip:[2001:db8::20:5070] SIP/2.0", via)),
        TortureCase(
            "4.4 a port behind the brackets", .taken { $0.uri.host == "2001:db8::20" && $0.uri.port == 5070 },
            request("REGISTER sip:[2001:db8::20]:5070 SIP/2.0", via)),
        TortureCase(
            "4.5 received with brackets, which it should not have",
            .answered(481) { response in
                response.head.vias.last?.parameters["received"] == "[2001:db8::7:255]"
            },
            request(
                "BYE sip:omar@[2001:db8::20] SIP/2.0",
                "\(via)\nVia: SIP/2.0/UDP [2001:db8::7:2];received=[2001:db8::7:255];branch=z9hG4bKas3")),
        TortureCase(
            "4.5 received without brackets",
            .answered(481) { response in
                response.head.vias.last?.parameters["received"] == "2001:db8::7:255"
            },
            request(
                "BYE sip:omar@[2001:db8::20] SIP/2.0",
                "\(via)\nVia: SIP/2.0/UDP [2001:db8::7:2];received=2001:db8::7:255;branch=z9hG4bKas3")),
        TortureCase(
            "4.6 IPv6 in the session description",
            .taken { request in
                agreement(request)?.remoteAddress == "2001:db8::7:78" && request.uri.host == "2001:db8::20"
            },
            request(
                "INVITE sip:omar@[2001:db8::20] SIP/2.0", "\(via)\nContact: <sip:ruth@[2001:db8::1]>",
                body: description("IN IP6 2001:db8::7:78"))),
        TortureCase(
            "4.7 addresses of both kinds in header fields",
            .answered(481) { response in
                response.head.vias.map(\.host) == ["2001:db8::7:1", "2001:db8::7:2", "192.0.2.1"]
            },
            request(
                "BYE sip:omar@[2001:db8::20] SIP/2.0",
                """
                \(via)
                Via: SIP/2.0/TCP [2001:db8::7:2]:6050;received=2001:db8::7:255;branch=z9hG4bKas2
                Via: SIP/2.0/UDP 192.0.2.1;received=192.0.2.200;branch=z9hG4bKas1
                """)),
        TortureCase(
            "4.8 addresses of both kinds in the session description",
            .taken { request in
                agreement(request, with: "192.0.2.20")?.remoteAddress == "192.0.2.78"
            },
            request(
                "INVITE sip:omar@[2001:db8::20] SIP/2.0", "\(via)\nContact: <sip:ruth@[2001:db8::1]>",
                body: description("IN IP4 192.0.2.78", second: "IN IP6 2001:db8::7:78"))),
        TortureCase(
            "4.9 IPv4 addresses mapped into IPv6",
            .taken { request in
                request.head.contacts.first?.address?.uri.host == "::ffff:192.0.2.7"
                    && agreement(request)?.remoteAddress == "::ffff:192.0.2.78"
            },
            request(
                "INVITE sip:omar@example.net SIP/2.0",
                "Via: SIP/2.0/UDP [::ffff:192.0.2.7]:PORT;branch=z9hG4bKm\nContact: <sip:ruth@[::ffff:192.0.2.7]>",
                body: description("IN IP6 ::ffff:192.0.2.78"))),
        TortureCase(
            "4.10 an IPv4 part as it should be written", .answered(200),
            request("OPTIONS sip:omar@[2001:db8::192.0.2.20] SIP/2.0", via)),
        TortureCase(
            "4.10 an IPv4 part as the grammar of RFC 3261 has it",
            .answered(200) { response in
                response.head.from.uri.host == "2001:db8::192.0.2.20"
            },
            request(
                "OPTIONS sip:omar@[2001:db8:::192.0.2.20] SIP/2.0",
                "\(via)\nFrom: <sip:ruth@[2001:db8:::192.0.2.20]>;tag=1")),
        TortureCase(
            "an address with a zone, which means nothing elsewhere", .answered(400),
            request("OPTIONS sip:omar@[fe80::1%25eth0] SIP/2.0", via)),
        TortureCase(
            "a reference that does not end", .answered(400), request("OPTIONS sip:omar@[2001:db8::20 SIP/2.0", via)),
    ]

    private static func description(_ connection: String, second: String? = nil) -> String {
        let video = second.map { "m=video 41002 RTP/AVP 31\nc=\($0)\n" } ?? ""
        return "v=0\no=ruth 4711 4712 \(connection)\ns=-\nt=0 0\nm=audio 41000 RTP/AVP 0\nc=\(connection)\n" + video
    }

    private static func agreement(_ request: SIPRequest, with address: String = "2001:db8::20") -> AudioAgreement? {
        guard let offer = try? SessionDescription(parsing: request.head.body) else { return nil }
        let ours = MediaCapabilities(address: address, port: 20_000, sessionID: 7, version: 1)
        return try? SDPNegotiation.answer(to: offer, with: ours).1
    }
}
