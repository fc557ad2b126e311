// Dialogs: whom our requests go to and which of the peer's are in order.

import Testing

@testable import SIP

struct DialogStateTests {
    private func dialog(_ headers: [String] = []) throws -> DialogState {
        let invite = try Caller().request("INVITE", 5, headers)
        return try #require(DialogState(answering: invite, localTag: "ours", contact: .ours))
    }

    @Test("G1: our requests go to the Contact, with both tags and rising CSeq numbers")
    func requests() throws {
        var dialog = try dialog()
        #expect(dialog.id == DialogID(callID: "call-1@192.0.2.1", localTag: "ours", remoteTag: "caller"))
        let bye = dialog.request(.bye)
        #expect(bye.uri == SIPURI(user: "100", host: "192.0.2.1", port: 5070))
        #expect(bye.routes.isEmpty)
        #expect(bye.head.from.tag == "ours" && bye.head.from.uri.user == "5000")
        #expect(bye.head.to.tag == "caller" && bye.head.to.uri.user == "100")
        #expect(bye.head.cseq == CSeq(1, .bye))
        #expect(dialog.request(.info).head.cseq == CSeq(2, .info))
    }

    @Test("G1: loose routers: the target stays in the Request-URI and the Record-Route becomes the Route, in its order")
    func looseRoute() throws {
        var dialog = try dialog(["Record-Route: <sip:10.0.0.1;lr>", "Record-Route: <sip:10.0.0.2;lr>"])
        let bye = dialog.request(.bye)
        #expect(bye.uri.host == "192.0.2.1")
        #expect(bye.routes.map(\.uri.host) == ["10.0.0.1", "10.0.0.2"])
        #expect(dialog.nextHop.host == "10.0.0.1")
    }

    @Test("G1: a strict router finds itself in the Request-URI and the target at the end of the Route")
    func strictRoute() throws {
        var dialog = try dialog(["Record-Route: <sip:10.0.0.1>, <sip:10.0.0.2;lr>"])
        let bye = dialog.request(.bye)
        #expect(bye.uri.host == "10.0.0.1")
        #expect(bye.routes.map(\.uri.host) == ["10.0.0.2", "192.0.2.1"])
    }

    @Test("G1: a request is in order when its CSeq number is above the last; gaps are allowed")
    func order() throws {
        var dialog = try dialog()
        #expect(dialog.admits(try Caller().request("INFO", 9)))
        #expect(!dialog.admits(try Caller().request("INFO", 9)))
        #expect(!dialog.admits(try Caller().request("INFO", 8)))
        #expect(dialog.admits(try Caller().request("BYE", 10)))
    }

    @Test("G1: a target refresh moves the target and leaves the route")
    func targetRefresh() throws {
        var dialog = try dialog(["Record-Route: <sip:10.0.0.1;lr>"])
        var moved = Caller()
        moved.address = "192.0.2.77:5090"
        dialog.refreshTarget(by: try moved.request("INVITE", 6))
        #expect(dialog.request(.bye).uri == SIPURI(user: "100", host: "192.0.2.77", port: 5090))
        #expect(dialog.nextHop.host == "10.0.0.1")
    }

    @Test("G1: an INVITE without Contact makes no dialog")
    func noContact() throws {
        var invite = try Caller().request("INVITE", 1)
        invite.head.contacts = []
        #expect(DialogState(answering: invite, localTag: "ours", contact: .ours) == nil)
    }
}

struct DialogPathTests {
    private let phone = Flow(
        transport: .udp, local: HostPort(host: "198.51.100.1", port: 5060),
        remote: HostPort(host: "203.0.113.9", port: 40_001))
    private let contact = SIPURI(user: "100", host: "192.168.1.5", port: 5062)

    private func path(_ caller: Caller, proxied: Bool = false, over flow: Flow) throws -> DialogPath {
        var request = try caller.request("INVITE", 1)
        if proxied { request.head.vias.append(Via(transport: "UDP", host: "192.168.1.5")) }
        return DialogPath(request, flow: flow)
    }

    @Test("G1: a phone behind NAT is reached by the flow that it came by, whatever its Contact says")
    func behindNAT() throws {
        #expect(try path(Caller(), over: phone).ways(to: contact) == [Way(flow: phone)])
        let named = SIPURI(host: "phone.example.org")
        #expect(try path(Caller(), over: phone).ways(to: named) == [Way(flow: phone)])
    }

    @Test("G1: a peer that sends from another port than it listens at is reached at its Contact")
    func asymmetric() throws {
        var caller = Caller()
        caller.viaParameters = ""
        let direct = SIPURI(host: "203.0.113.9", port: 5062)
        var contact = phone
        contact.remote = HostPort(host: "203.0.113.9", port: 5062)
        #expect(try path(caller, over: phone).ways(to: direct) == [Way(flow: contact)])
        #expect(try path(Caller(), over: phone).ways(to: direct) == [Way(flow: phone)])
    }

    @Test("G1: behind a proxy the route or the Contact is taken when it is an address, else the flow")
    func proxied() throws {
        let path = try path(Caller(), proxied: true, over: phone)
        #expect(path.ways(to: SIPURI(host: "10.0.0.1")).map(\.flow.remote) == [HostPort(host: "10.0.0.1", port: 5060)])
        #expect(path.ways(to: SIPURI(host: "proxy.example.org")) == [Way(flow: phone)])
        #expect(path.ways(to: SIPURI(host: "2001:db8::1")) == [Way(flow: phone)])
    }

    /// What is tried, in order: `+` where a connection may be opened.
    private func tried(_ path: DialogPath, _ uri: String) throws -> [String] {
        try path.ways(to: SIPURI(parsing: uri)).map { way in
            "\(way.opens ? "+" : "")\(way.flow.transport.rawValue) \(way.flow.remote)"
        }
    }

    @Test("G1: over TCP requests go back over the connection; once it is gone, to where the same host says it listens")
    func connection() throws {
        var flow = phone
        flow.transport = .tcp
        let here = "TCP 203.0.113.9:40001"
        let path = try path(Caller(), over: flow)
        #expect(
            try tried(path, "sip:203.0.113.9:5062") == [here, "+TCP 203.0.113.9:5062", "UDP 203.0.113.9:5062"])
        #expect(try tried(path, "sip:203.0.113.9;transport=TCP") == [here, "+TCP 203.0.113.9:5060"])
        #expect(try tried(path, "sip:203.0.113.9;transport=udp") == [here, "UDP 203.0.113.9:5060"])
        #expect(try tried(path, "sip:192.168.1.5:5062") == [here])
        let behind = try self.path(Caller(), proxied: true, over: flow)
        #expect(try tried(behind, "sip:10.0.0.1;transport=tcp;lr") == [here, "+TCP 10.0.0.1:5060"])
        #expect(try tried(behind, "sip:proxy.example.org;lr") == [here])
    }

    @Test("G1: what came by TLS, or asks for it by SIPS, goes by TLS or not at all (RFC 5630)")
    func staysSecure() throws {
        var flow = phone
        flow.transport = .tls
        let here = "TLS 203.0.113.9:40001"
        let path = try path(Caller(), over: flow)
        for uri in ["sip:203.0.113.9", "sips:203.0.113.9;transport=tcp", "sip:203.0.113.9;transport=tls"] {
            #expect(try tried(path, uri) == [here, "+TLS 203.0.113.9:5061"])
        }
        #expect(try tried(path, "sip:203.0.113.9;transport=udp") == [here])
        #expect(try tried(path, "sips:192.168.1.5") == [here])
        let plain = try self.path(Caller(), over: phone)
        #expect(try tried(plain, "sips:203.0.113.9") == ["+TLS 203.0.113.9:5061"])
        #expect(try tried(plain, "sips:192.168.1.5") == ["TLS 192.168.1.5:5061"])
    }

    @Test("G1: an IPv6 phone is the same host however its Contact spells the address")
    func spellings() throws {
        var flow = phone
        flow.transport = .tcp
        flow.remote.host = "2001:db8::9"
        let path = try path(Caller(), over: flow)
        for spelling in ["2001:DB8::9", "2001:db8:0:0:0:0:0:9", "2001:db8::0.0.0.9"] {
            let uri = "sip:[\(spelling)]:5062;transport=tcp"
            #expect(try path.ways(to: SIPURI(parsing: uri)).map(\.opens) == [false, true], "\(spelling)")
        }
        #expect(try path.ways(to: SIPURI(parsing: "sip:[2001:db8::8]")).map(\.opens) == [false])
    }

    @Test("G1: a route or a Contact that asks for TCP gets it, and a datagram where it cannot be had")
    func asksForTCP() throws {
        let here = "UDP 203.0.113.9:40001"
        let behind = try path(Caller(), proxied: true, over: phone)
        #expect(try tried(behind, "sip:10.0.0.1;transport=tcp;lr") == ["+TCP 10.0.0.1:5060", here])
        let path = try path(Caller(), over: phone)
        #expect(try tried(path, "sip:203.0.113.9:5062;transport=tcp") == ["+TCP 203.0.113.9:5062", here])
        #expect(try tried(path, "sip:198.51.100.7;transport=tcp") == [here])
    }
}
