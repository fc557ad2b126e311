// What leaves us (G1): canonical text that reads back as the same value, and no way to smuggle a line.
import Testing

@testable import SIP

@Suite("G1: messages are written")
struct EncodingTests {
    @Test func `a request reads back as the value it was written from`() throws {
        var head = MessageHead(
            from: NameAddress(
                displayName: "A \"quoted\" \\ name", uri: SIPURI(user: "a b%", host: "example.org"),
                parameters: [.init("tag", "x1")]),
            to: NameAddress(uri: SIPURI(scheme: .sips, user: "bob", password: "s,e", host: "::1", port: 5061)),
            callID: "id@host", cseq: CSeq(7, .notify))
        head.vias = [
            Via(
                transport: "TCP", host: "192.0.2.1", port: 5060,
                parameters: [.init("branch", "z9hG4bK1"), .init("rport")])
        ]
        head.contacts = [
            .address(
                NameAddress(
                    uri: SIPURI(
                        user: "voicemail", host: "192.0.2.1", parameters: [.init("transport", "tcp"), .init("ob")]),
                    parameters: [.init("+sip.instance", "<urn:uuid:1,2>"), .init("expires", "60"), .init("text", "")]))
        ]
        head.recordRoutes = [
            NameAddress(uri: SIPURI(host: "p.example.org", parameters: [.init("lr"), .init("o d;d", "=@é")]))
        ]
        head.other = [HeaderField("Event", "message-summary"), HeaderField("Subscription-State", "active;expires=60")]
        head.body = Array("Messages-Waiting: yes\r\n".utf8)
        var request = SIPRequest(.notify, uri: SIPURI(user: "100", host: "192.0.2.7", port: 5062), head: head)
        request.routes = [NameAddress(uri: SIPURI(host: "192.0.2.9", parameters: [.init("lr")]))]
        request.maxForwards = 13
        #expect(Wire.request(request.encoded()) == request)
        let response = SIPResponse(status: 202, reason: "Accepted", head: head)
        #expect(Wire.response(response.encoded()) == response)
    }

    @Test(arguments: ["x\r\nInjected: yes", "x\nInjected: yes", "x\rInjected: yes", "x\0y", "x\r\n\r\nbody"])
    func `no value can end its line`(_ hostile: String) throws {
        let address = NameAddress(
            displayName: hostile,
            uri: SIPURI(
                user: hostile, password: hostile, host: hostile, parameters: [.init(hostile, hostile)], headers: hostile
            ),
            parameters: [.init(hostile, hostile)])
        let opaque = NameAddress(uri: SIPURI(scheme: .init(rawValue: hostile), opaque: hostile))
        var head = MessageHead(from: address, to: opaque, callID: hostile, cseq: CSeq(1, Method(rawValue: hostile)))
        head.vias = [Via(transport: hostile, host: hostile, parameters: [.init(hostile, hostile)])]
        head.contacts = [.address(address)]
        head.recordRoutes = [address]
        head.other = [HeaderField(hostile, hostile), HeaderField("Content-Length", "7")]
        var request = SIPRequest(Method(rawValue: hostile), uri: address.uri, head: head)
        request.routes = [address]
        for bytes in [request.encoded(), SIPResponse(status: 200, reason: hostile, head: head).encoded()] {
            let text = String(decoding: bytes, as: UTF8.self)
            let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.suffix(2) == ["", ""] && !lines.dropLast(2).contains(""))
            #expect(
                !lines.contains {
                    $0.hasPrefix("Injected") || $0.contains("\r") || $0.contains("\n") || $0.contains("\0")
                })
            #expect(lines.filter { $0.hasPrefix("Content-Length") } == ["Content-Length: 0"])
        }
    }

    @Test func `a response copies what RFC 3261 8.2.6 says and adds its tag once`() throws {
        let request = try #require(
            Wire.request(
                Wire.invite(adding: ["Record-Route: <sip:p1.example.org;lr>", "Timestamp: 54", "Subject: not copied"])))
        let trying = request.response(100, toTag: "mine")
        #expect(trying.head.to.tag == nil && trying.head["Timestamp"] == "54" && trying.head.recordRoutes.isEmpty)
        let ringing = request.response(180, toTag: "mine")
        #expect(
            ringing.reason == "Ringing" && ringing.head.to.tag == "mine"
                && ringing.head.recordRoutes == request.head.recordRoutes)
        let busy = request.response(486, "Gone fishing", toTag: "mine")
        #expect(
            busy.reason == "Gone fishing" && busy.head.recordRoutes.isEmpty && busy.head.other.isEmpty
                && busy.head.contacts.isEmpty)
        #expect(
            busy.head.vias == request.head.vias && busy.head.from == request.head.from
                && busy.head.cseq == request.head.cseq)
        var inDialog = request
        inDialog.head.to.tag = "theirs"
        #expect(inDialog.response(200, toTag: "mine").head.to.tag == "theirs")
        #expect(request.response(499).reason == "Bad Request")
    }

    @Test func `URIs compare by RFC 3261 19-1-4`() throws {
        func same(_ one: String, _ other: String) throws -> Bool {
            let result = try SIPURI(parsing: one).isEquivalent(to: SIPURI(parsing: other))
            #expect(try SIPURI(parsing: other).isEquivalent(to: SIPURI(parsing: one)) == result)
            return result
        }
        #expect(try same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"))
        #expect(try same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"))
        #expect(try same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"))
        #expect(try same("sip:a@b.com?to=x&subject=y", "sip:a@b.com?subject=y&to=x"))
        #expect(try !same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"))
        #expect(try !same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"))
        #expect(try !same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"))
        #expect(try !same("sip:bob@biloxi.com", "sips:bob@biloxi.com"))
        #expect(try !same("sip:carol@chicago.com;p=1", "sip:carol@chicago.com;p=2"))
        #expect(try !same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"))
    }
}
