// What a well-formed message turns into (G1), the odd but legal ones of RFC 4475 §3.1.1 among them.
import Testing

@testable import SIP

@Suite("G1: legal messages are read")
struct ParsingTests {
    @Test func `every routing header of an INVITE arrives as a value`() throws {
        let request = try #require(
            Wire.request(
                Wire.invite(
                    adding: [
                        "Record-Route: <sip:p2.example.org;lr>, <sip:p1.example.org;lr>",
                        "Route: <sip:192.0.2.9:5060;lr>",
                        "Supported: replaces,timer", "k: 100rel", "Content-Type: application/sdp",
                    ], body: "v=0\r\n")))
        #expect(request.method == .invite)
        #expect(request.uri == SIPURI(user: "bob", host: "example.org"))
        #expect(request.maxForwards == 70)
        #expect(request.head.vias.first?.host == "192.0.2.1" && request.head.vias.first?.port == 5060)
        #expect(request.head.vias.first?.branch == "z9hG4bK776asdhds")
        #expect(request.head.vias.first?.parameters.contains("rport") == true)
        #expect(request.head.from.displayName == "Alice" && request.head.from.tag == "1928301774")
        #expect(request.head.to.displayName == "Bob" && request.head.to.tag == nil)
        #expect(request.head.callID == "a84b4c76e66710@192.0.2.1")
        #expect(request.head.cseq == CSeq(314159, .invite))
        #expect(request.head.recordRoutes.map(\.uri.host) == ["p2.example.org", "p1.example.org"])
        #expect(request.routes.first?.uri.parameters.contains("lr") == true)
        #expect(request.head.tokens(of: "supported") == ["replaces", "timer", "100rel"])
        #expect(request.head["content-type"] == "application/sdp")
        #expect(request.head.body == Array("v=0\r\n".utf8))
    }

    @Test func `folded lines, compact names, odd spaces and leading zeros are read`() throws {
        let text = """
            INVITE sip:vivekg@chair.example.com;unknownparam SIP/2.0\r
            TO :\r
             sip:vivekg@chair.example.com ;   tag    = 1918181833n\r
            from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r
              ;\r
              tag = 98asjd8\r
            MaX-fOrWaRdS: 0068\r
            Call-ID: wsinv.ndaksdj@192.0.2.1\r
            cseq: 0009\r
              INVITE\r
            Via  : SIP  /   2.0\r
             /UDP\r
                192.0.2.2;branch=390skdjuw\r
            s :\r
            NewFangledHeader:   newfangled value\r
             continued newfangled value\r
            Contact:\r
             "Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r
                  newvalue ;\r
              secondparam ; q = 0.33\r
            v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r
              branch  =   z9hG4bK9ikj8  ,\r
             SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r
             z9hG4bK30239\r
            \r

            """
        let request = try #require(Wire.request(Array(text.utf8)))
        #expect(request.head.to.tag == "1918181833n")
        #expect(request.head.from.displayName == "J Rosenberg \\\"")
        #expect(request.head.from.tag == "98asjd8")
        #expect(request.maxForwards == 68 && request.head.cseq.number == 9)
        #expect(request.head.vias.map(\.branch) == ["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"])
        #expect(request.head.vias.map(\.transport) == ["UDP", "TCP", "UDP"])
        #expect(request.head["NewFangledHeader"]?.hasSuffix("continued newfangled value") == true)
        #expect(request.head["Subject"]?.isEmpty == true)
        guard case .address(let contact)? = request.head.contacts.first else { return #expect(Bool(false)) }
        #expect(contact.displayName == "Quoted string \"\"" && contact.parameters["q"] == "0.33")
        #expect(contact.parameters.contains("secondparam") && contact.parameters["newparam"] == "newvalue")
    }

    @Test func `escapes in a URI are undone in its parts and nowhere else`() throws {
        let request = try #require(
            Wire.request(
                Wire.message(
                    "RE%47IST%45R sip:sips%3Auser%40example.com@example.net SIP/2.0",
                    replacing: [
                        "To: \"%Z%45\" <sip:null-%00-null@example.org>", "Contact: <sip:%6Aoe@192.0.2.1>;p=%41",
                    ],
                    adding: ["C%6Fntact: <sip:other@192.0.2.7>"])))
        #expect(request.method.rawValue == "RE%47IST%45R")
        #expect(request.uri.user == "sips:user@example.com" && request.uri.host == "example.net")
        #expect(request.head.to.displayName == "%Z%45" && request.head.to.uri.user == "null-\0-null")
        guard case .address(let contact)? = request.head.contacts.first else { return #expect(Bool(false)) }
        #expect(request.head.contacts.count == 1 && contact.uri.user == "joe" && contact.parameters["p"] == "%41")
        #expect(String(decoding: request.encoded(), as: UTF8.self).contains("<sip:null-%00-null@example.org>"))
    }

    @Test func `users with delimiters in them stay whole`() throws {
        let odd =
            "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com"
        let uri = try SIPURI(parsing: "sip:" + odd)
        #expect(uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
        #expect(uri.password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
        let semicolon = try SIPURI(parsing: "sip:user;par=u%40example.net@example.com")
        #expect(semicolon.user == "user;par=u@example.net" && semicolon.parameters.isEmpty)
        #expect(semicolon.description == "sip:user;par=u%40example.net@example.com")
    }

    @Test func `a comma in quotes or brackets does not split a list, even behind an escaped quote`() throws {
        let contacts = try Contact.list(
            parsing:
                #""Bell, \"A\", 1" <sip:a,b@192.0.2.1>;q=0.5 , <sip:c@192.0.2.2>;x="1,2", sip:d@192.0.2.3;expires=5"#)
        let addresses = contacts.compactMap { if case .address(let address) = $0 { address } else { nil } }
        #expect(addresses.map(\.uri.user) == ["a,b", "c", "d"])
        #expect(addresses.first?.displayName == #"Bell, "A", 1"#)
        #expect(addresses.last?.parameters["expires"] == "5" && addresses[1].parameters["x"] == "1,2")
    }

    @Test func `parameters inside the brackets belong to the URI, outside to the header`() throws {
        let inside = try NameAddress(parsing: "<sip:user@host1;unknown>;expires=9")
        #expect(inside.uri.parameters.contains("unknown") && inside.parameters["expires"] == "9")
        let outside = try NameAddress(parsing: "sip:user@host1;unknown;tag=7")
        #expect(outside.uri.parameters.isEmpty && outside.parameters.contains("unknown") && outside.tag == "7")
        let header = try NameAddress(parsing: "<sip:user@host1?Route=%3Csip:sip.example.com%3E>")
        #expect(header.uri.headers == "Route=%3Csip:sip.example.com%3E")
    }

    @Test func `a NUL in a quoted pair ends nothing`() throws {
        var bytes = Wire.invite(replacing: ["To: \"N\\#UL rest\" <sip:bob@example.org>"])
        let index = try #require(bytes.firstIndex(of: UInt8(ascii: "#")))
        bytes[index] = 0
        let request = try #require(Wire.request(bytes))
        #expect(request.head.to.displayName == "N?UL rest" && request.head.to.uri.user == "bob")
    }

    @Test func `unquoted display names outside of ASCII are read, as phones send them`() throws {
        let request = try #require(
            Wire.request(Wire.invite(replacing: ["From: Jürgen Groß <sip:j@example.org>;tag=1"])))
        #expect(request.head.from.displayName == "Jürgen Groß")
    }

    @Test func `a tel URI in From and To is kept as it came`() throws {
        let request = try #require(
            Wire.request(Wire.invite(replacing: ["From: <tel:+15551234;phone-context=a>;tag=9", "To: tel:+1555"])))
        #expect(
            request.head.from.uri.scheme.rawValue == "tel"
                && request.head.from.uri.opaque == "+15551234;phone-context=a")
        #expect(request.head.from.description == "<tel:+15551234;phone-context=a>;tag=9")
        #expect(
            try NameAddress(parsing: "<soap.beep://192.0.2.103:3002>;tag=1").description
                == "<soap.beep://192.0.2.103:3002>;tag=1")
    }

    @Test func `a request of RFC 2543 without tag, branch, Max-Forwards and Content-Length is read`() throws {
        let request = try #require(
            Wire.request(
                Wire.invite(
                    replacing: [
                        "Via: SIP/2.0/UDP iftgw.example.com", "From: <sip:+13035551111@ift.example.net;user=phone>",
                        "Max-Forwards:", "Content-Length:",
                    ], adding: ["Content-Type: application/sdp"], body: "v=0\r\no=x")))
        #expect(request.head.vias.first?.branch == nil && request.head.from.tag == nil && request.maxForwards == 70)
        #expect(request.head.body == Array("v=0\r\no=x".utf8))
    }

    @Test func `a datagram longer than its Content-Length loses the rest`() throws {
        let request = try #require(Wire.request(Wire.invite(body: "abc") + Array("INVITE sip:x SIP/2.0\r\n".utf8)))
        #expect(request.head.body == Array("abc".utf8))
    }

    @Test func `a binary body with NUL and bare CR is kept byte by byte`() throws {
        let request = try #require(Wire.request(Wire.invite(replacing: ["Content-Length: 5"]) + [0, 13, 255, 10, 0]))
        #expect(request.head.body == [0, 13, 255, 10, 0])
    }

    @Test func `34 Vias of any transport all come back in the response`() throws {
        let vias = (1...33).map { "Via: SIP/2.0/UNKNOWN\($0) host\($0).example.com;branch=z9hG4bK\($0)" }
        let request = try #require(Wire.request(Wire.invite(adding: vias)))
        #expect(request.response(200).head.vias.count == 34)
        #expect(request.head.vias.last?.transport == "UNKNOWN33")
    }

    @Test func `a branch of the magic cookie alone is read as it is`() throws {
        let request = try #require(Wire.request(Wire.invite(replacing: ["Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"])))
        #expect(request.head.vias.first?.branch == "z9hG4bK")
    }

    @Test func `a host of one letter and a scheme that begins like sip are read`() throws {
        #expect(try NameAddress(parsing: "<sip:b>;tag=1").uri == SIPURI(host: "b"))
        #expect(try NameAddress(parsing: "<sipx:bob@example.org>").uri.opaque == "bob@example.org")
    }

    @Test func `a REGISTER with a star contact removes everything`() throws {
        let bytes = Wire.message("REGISTER sip:example.org SIP/2.0", replacing: ["Contact: *"], adding: ["Expires: 0"])
        #expect(try #require(Wire.request(bytes)).head.contacts == [.everything])
    }

    @Test func `responses are read, whatever their reason phrase says`() throws {
        let head = ["CSeq: 8 NOTIFY"]
        let odd = try #require(Wire.response(Wire.message("SIP/2.0 200 = 2**3 * 5**2 но сто", replacing: head)))
        #expect(odd.status == 200 && odd.reason == "= 2**3 * 5**2 но сто" && odd.head.cseq == CSeq(8, .notify))
        #expect(Wire.response(Wire.message("SIP/2.0 100 ", replacing: head))?.reason.isEmpty == true)
        #expect(Wire.response(Wire.message("SIP/2.0 481", replacing: head))?.status == 481)
    }

    @Test func `IPv6 addresses lose their brackets in values and get them back in text`() throws {
        let request = try #require(
            Wire.request(
                Wire.message(
                    "INVITE sip:bob@[2001:DB8::10]:5070;transport=tcp SIP/2.0",
                    replacing: [
                        "Via: SIP/2.0/UDP [2001:db8::9:1]:5066;received=2001:db8::9:255;branch=z9hG4bKas3",
                        "Contact: <sip:[::1]>",
                    ])))
        #expect(request.uri.host == "2001:db8::10" && request.uri.port == 5070)
        #expect(request.head.vias.first?.host == "2001:db8::9:1" && request.head.vias.first?.port == 5066)
        #expect(request.head.vias.first?.parameters["received"] == "2001:db8::9:255")
        let text = String(decoding: request.encoded(), as: UTF8.self)
        #expect(text.hasPrefix("INVITE sip:bob@[2001:db8::10]:5070;transport=tcp SIP/2.0\r\n"))
        #expect(text.contains("Via: SIP/2.0/UDP [2001:db8::9:1]:5066;received=2001:db8::9:255;branch=z9hG4bKas3\r\n"))
        #expect(text.contains("Contact: <sip:[::1]>\r\n"))
    }
}
