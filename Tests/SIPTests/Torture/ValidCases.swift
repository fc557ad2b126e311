// RFC 4475 §3.1.1: what is legal, however odd it looks, is understood.

@testable import SIP

extension TortureCase {
    static let valid: [TortureCase] = [
        TortureCase(
            "3.1.1.1 folded lines, compact names, blanks and escapes everywhere",
            .answered(481) { $0.head.vias.count == 3 },
            #"""
            INVITE sip:omar@oak.example.net;flagofnobody SIP/2.0
            t  :
             sip:omar@oak.example.net ;   tag   =  2718n
            fROM   : "R \\\"uth"      <sip:ruth@example.org>
              ;
              tag = r47
            mAX-FORWARDS: 0017
            Call-ID: fold-4711@192.0.2.7
            cseq  : 0003
              INVITE
            Via  : SIP  /   2.0
             /UDP
                192.0.2.7:PORT;branch=2718plain
            s :
            StrangeHeader:   strange value
             strange value goes on
            HeaderOfSigns: ;;,,;;,;
            Content-Type: application/sdp
            Route:
             <sip:elm.example.org;lr;known=unknown;flag>
            v:  SIP  / 2.0  / TCP     ash.example.org   ;
              branch  =   z9hG4bKash  ,
             SIP  /    2.0   / UDP  192.0.2.200   ; branch=
             z9hG4bKbeech
            m:"Quoted \"\" name" <sip:ruth@example.org> ; one =
                  two ;
              three ; q = 0.25
            Content-Length  : 0


            """#),
        TortureCase(
            "3.1.1.2 the whole range of characters", .answered(501) { $0.head["allow"] != nil },
            #"""
            %Odd-Method_9876543210*+`.!here'~ sip:2_odd.URI~(is-it!not)&don't+do$/this?,/;;*:&or+that=1,odd!*pa$s~_no.(one's-it)@example.net SIP/2.0
            Via: SIP/2.0/UDP alder.example.org:PORT;branch=z9hG4bK-.!%55*_+`'~
            To: "BEL:\\#u{7} NUL:\\#u{0} DEL:\\#u{7F}" <sip:2_odd.URI~(is-it!not)&don't+do$/this?,/;;*@example.net>
            From: word1~` word2'+_ word3*%!.- <sip:ruth@example.org>;param''~+*_!.-%="αβγδ";tag=_word~1'+`*%!-.
            Call-ID: odd.word%QX-!.*_+'@word`~)(><:\/"][?}{
            CSeq: 271828182 %Odd-Method_9876543210*+`.!here'~
            Max-Forwards: 255
            odd-Extension-!.%*+_`'~:слово
            Content-Length: 0


            """#),
        TortureCase(
            "3.1.1.3 escapes in URIs",
            .taken { request in
                request.uri.user == "sip:omar@example.net" && request.head.to.uri.user == "omar"
                    && request.head.from.uri.user == "two words"
                    && request.head.contacts.first?.address?.uri.parameters["name"] == "value%41"
            },
            request(
                "INVITE sip:sip%3Aomar%40example.net@example.org SIP/2.0",
                """
                To: sip:%6F%6Dar@example.net
                From: <sip:two%20words@example.org>;tag=938
                Contact: <sip:rut%68@alder.example.org;%6C%72;n%61me=v%61lue%25%34%31>
                """, body: offer)),
        TortureCase(
            "3.1.1.4 escaped NULs are two accounts",
            .taken { request in
                request.head.to.uri.user == "no-\0-one"
                    && request.head.contacts.compactMap(\.address?.uri.user) == ["\0", "\0\0"]
            },
            request(
                "REGISTER sip:example.org SIP/2.0",
                """
                To: sip:no-%00-one@example.org
                Contact: <sip:%00@alder.example.org>
                Contact: <sip:%00%00@alder.example.org>
                """)),
        TortureCase(
            "3.1.1.5 a percent sign that escapes nothing", .answered(501) { $0.head.to.displayName == "%Q%45" },
            request(
                "INV%49TE sip:omar@example.net SIP/2.0",
                """
                To: "%Q%45" <sip:omar@example.net>
                Cont%61ct: <sip:other@birch.example.org>
                """)),
        TortureCase(
            "3.1.1.6 no blank between name and address", .answered(200) { $0.head.from.displayName == "ruth" },
            request("OPTIONS sip:omar@example.net SIP/2.0", "From: ruth<sip:ruth@example.org>;tag=r47")),
        TortureCase(
            "3.1.1.7 long values",
            .taken { request in
                request.head.vias.count == 34 && request.head.to.displayName?.utf8.count == 1_010
                    && request.head.from.tag?.utf8.count == 400 && request.head.vias.last?.branch?.utf8.count == 600
            }, longRequest),
        TortureCase(
            "3.1.1.8 octets behind a datagram's message", .taken { $0.method == .register && $0.head.body.isEmpty },
            byStream: .hasNone,
            request("REGISTER sip:example.org SIP/2.0", "Max-Forwards: 8") + "\n\n"
                + request("INVITE sip:omar@example.net SIP/2.0", "Call-ID: behind", body: offer)),
        TortureCase(
            "3.1.1.9 parameters in the user part", .answered(200),
            request(
                "OPTIONS sip:omar;par=u%40example.org@example.net SIP/2.0",
                "Accept: application/sdp, application/pkcs7-mime,\n        multipart/mixed, message/sip")),
        TortureCase(
            "3.1.1.10 transports of every kind in Via",
            .answered(200) { response in
                response.head.vias.map(\.transport) == ["UDP", "SCTP", "TLS", "PIGEON", "TCP"]
            },
            request(
                "OPTIONS sip:omar@example.net SIP/2.0",
                """
                Via: SIP/2.0/UDP t1.example.org:PORT;branch=z9hG4bKt1
                Via: SIP/2.0/SCTP t2.example.org;branch=z9hG4bKt2
                Via: SIP/2.0/TLS t3.example.org;branch=z9hG4bKt3
                Via: SIP/2.0/PIGEON t4.example.org;branch=z9hG4bKt4
                Via: SIP/2.0/TCP t5.example.org;branch=z9hG4bKt5
                """)),
        TortureCase(
            "3.1.1.11 a body of several parts, one of them binary", .answered(405),
            request(
                "MESSAGE sip:omar@example.net SIP/2.0",
                "Content-Type: multipart/mixed;boundary=4711\nContent-Length: 101",
                body:
                    "--4711\nContent-Type: text/plain\n\nHello\n--4711\nContent-Type: application/octet-stream\n\n\0\u{1}\r\u{7F}\0\n--4711--"
            )),
        TortureCase(
            "3.1.1.12 a reason phrase of signs and letters", .ignored,
            request("SIP/2.0 200 = 7**2 * 3 сто сорок семь", "CSeq: 4 INVITE")),
        TortureCase("3.1.1.13 no reason phrase", .ignored, request("SIP/2.0 100 ", "CSeq: 4 INVITE")),
    ]

    private static let longRequest: String = {
        let vias = (1...33).map { "\(["v", "V ", "Via", "vIA  "][$0 % 4]): SIP/2.0/TCP hop\($0).example.org" }
        let branch = String(repeating: "very", count: 150)
        return request(
            "INVITE sip:omar@example.net SIP/2.0",
            """
            To: "\(String(repeating: "long name ", count: 101))" <sip:omar@example.net;\(String(repeating: "p", count: 200))=v>
            From: sip:\(String(repeating: "ruth", count: 30))@example.org;tag=\(String(repeating: "4711", count: 100))
            Call-ID: \(String(repeating: "long", count: 60))
            Unknown-\(String(repeating: "Long", count: 50)): \(String(repeating: "v", count: 500))
            Via: SIP/2.0/UDP hop.example.org:PORT
            \(vias.dropLast().joined(separator: "\n"))
            Via: SIP/2.0/TCP last.example.org;received=192.0.2.5;branch=\(branch)
            """, body: offer)
    }()
}
