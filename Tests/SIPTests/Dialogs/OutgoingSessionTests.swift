// Calls that we make as transcripts: what comes back on the left, what the session wants done on the right.

import Testing

@testable import SIP

struct OutgoingTranscript {
    var session: OutgoingSession
    let invite: SIPRequest
    var now = Duration.zero

    init(_ headers: [String] = []) throws {
        let caller = Caller(callID: "out-1", tag: "ours", address: "198.51.100.1:5060")
        invite = try caller.request("INVITE", 1, branch: "z9hG4bK-out", headers, body: Caller.offer)
        session = OutgoingSession(invite: invite, ringUntil: .seconds(30))
    }

    static func ringing() throws -> OutgoingTranscript {
        var call = try OutgoingTranscript()
        #expect(call.receive(180) == ["ringing 180"])
        return call
    }

    mutating func on(_ event: OutgoingSession.Event) -> [String] { session.handle(event, now: now).map(\.text) }

    func response(
        _ status: Int, tag: String? = "theirs", contact: String? = "sip:101@192.0.2.7:5090", routes: [String] = [],
        body: String = ""
    ) -> SIPResponse {
        var response = invite.response(status, toTag: tag)
        if let contact, let uri = try? SIPURI(parsing: contact) {
            response.head.contacts = [.address(NameAddress(uri: uri))]
        }
        response.head.recordRoutes = routes.compactMap { try? NameAddress(parsing: $0) }
        response.head.other = [HeaderField("Content-Type", "application/sdp")]
        response.head.body = Array(body.utf8)
        return response
    }

    mutating func receive(_ status: Int, tag: String? = "theirs", body: String = "") -> [String] {
        on(.response(response(status, tag: tag, body: body)))
    }

    /// Runs the session on its own deadlines until `end`.
    mutating func wait(until end: Duration) -> [String] {
        var told: [String] = []
        while let due = session.deadline, due <= end {
            now = due
            told += on(.time).map { "\(due.components.seconds) \($0)" }
        }
        now = end
        return told
    }
}

extension OutgoingSession.Action {
    var text: String {
        switch self {
        case .ringing(let status, let description): "ringing \(status)" + (description == nil ? "" : " with media")
        case .answered(let dialog, let description):
            "answered by \(dialog.id.remoteTag)" + (description == nil ? "" : " with media")
        case .retry(let request):
            "INVITE \(request.head.cseq.number) \(request.head["session-expires"] ?? "-") \(request.head["min-se"] ?? "-")"
        case .failed(let status): "failed \(status)"
        case .acknowledge(let request, let nextHop): "ACK \(request.head.to.tag ?? "-") to \(nextHop)"
        case .bye(let request, let nextHop): "BYE \(request.head.to.tag ?? "-") to \(nextHop)"
        case .cancel: "CANCEL"
        case .abandon: "abandon"
        case .closed: "closed"
        }
    }
}

@Suite("Calls that we make (B1)")
struct OutgoingSessionTests {
    @Test("Trying, ringing, early media, an answer: it gets its ACK, and again whenever it comes again")
    func wholeCall() throws {
        var call = try OutgoingTranscript()
        #expect(call.receive(100, tag: nil) == [])
        #expect(call.receive(180) == ["ringing 180"])
        #expect(call.receive(183, body: Caller.offer) == ["ringing 183 with media"])
        let ack = "ACK theirs to sip:101@192.0.2.7:5090"
        #expect(call.receive(200, body: Caller.offer) == [ack, "answered by theirs with media"])
        #expect(call.receive(200, body: Caller.offer) == [ack])
        #expect(call.session.deadline == nil)
        #expect(call.on(.hangUp) == [])
        #expect(call.on(.terminated) == ["closed"])
    }

    @Test("The dialog has the peer's Contact as its target and its Record-Route turned round (RFC 3261 §12.1.2)")
    func dialog() throws {
        var call = try OutgoingTranscript()
        let answer = call.response(200, routes: ["<sip:10.0.0.1;lr>", "<sip:10.0.0.2;lr>"])
        let told = call.session.handle(.response(answer), now: .zero)
        guard case .acknowledge(let ack, let hop)? = told.first, case .answered(var dialog, nil)? = told.last else {
            throw Caller.NotARequest(text: "\(told.map(\.text))")
        }
        #expect(hop.host == "10.0.0.2" && ack.routes.map(\.uri.host) == ["10.0.0.2", "10.0.0.1"])
        #expect(ack.method == .ack && ack.uri.description == "sip:101@192.0.2.7:5090")
        #expect(ack.head.cseq == CSeq(1, .ack) && ack.head.from.tag == "ours" && ack.head.to.tag == "theirs")
        let bye = dialog.request(.bye)
        #expect(bye.head.cseq.number == 2 && bye.uri.description == "sip:101@192.0.2.7:5090")
        #expect(dialog.id == DialogID(callID: "out-1", localTag: "ours", remoteTag: "theirs"))
        let request = try Caller(callID: "out-1", tag: "theirs", toTag: "ours").request("BYE", 0)
        #expect(dialog.admits(request) && !dialog.admits(request))
    }

    @Test("Of a forked call the first answer counts; every other is acknowledged and hung up at once")
    func forked() throws {
        var call = try OutgoingTranscript()
        #expect(call.receive(180, tag: "one") == ["ringing 180"])
        #expect(call.receive(180, tag: "two") == ["ringing 180"])
        let hop = "to sip:101@192.0.2.7:5090"
        #expect(call.receive(200, tag: "two") == ["ACK two \(hop)", "answered by two"])
        #expect(call.receive(200, tag: "one") == ["ACK one \(hop)", "BYE one \(hop)"])
        #expect(call.receive(200, tag: "one") == ["ACK one \(hop)"])
        #expect(call.receive(200, tag: "two") == ["ACK two \(hop)"])
    }

    @Test("A refusal is told with its status, and no response at all as 408", arguments: [302, 404, 486, 503, 603])
    func refused(status: Int) throws {
        var call = try OutgoingTranscript.ringing()
        #expect(call.receive(status) == ["failed \(status)"])
        #expect(call.wait(until: .seconds(100)) == [])
        #expect(call.on(.terminated) == ["closed"])
        var silent = try OutgoingTranscript()
        #expect(silent.on(.failed) == ["failed 408"])
        #expect(silent.on(.terminated) == ["closed"])
    }

    @Test("Hanging up while it rings cancels; the 487 is told to nobody")
    func cancelled() throws {
        var call = try OutgoingTranscript.ringing()
        #expect(call.on(.hangUp) == ["CANCEL"])
        #expect(call.on(.hangUp) == [])
        #expect(call.receive(180) == [])
        #expect(call.receive(487) == [])
        #expect(call.wait(until: .seconds(100)) == [])
    }

    @Test("CANCEL has the INVITE's Via, Request-URI, To and number (RFC 3261 §9.1)")
    func cancelRequest() throws {
        var call = try OutgoingTranscript.ringing()
        guard case .cancel(let cancel)? = call.session.handle(.hangUp, now: .zero).first else {
            throw Caller.NotARequest(text: "no CANCEL")
        }
        #expect(cancel.head.vias == call.invite.head.vias && cancel.uri == call.invite.uri)
        #expect(cancel.head.cseq == CSeq(1, .cancel) && cancel.head.to == call.invite.head.to)
        #expect(cancel.head.from == call.invite.head.from && cancel.head.body.isEmpty)
    }

    @Test("Before anything has been heard there is nothing to cancel: it waits for the first response (§9.1)")
    func cancelEarly() throws {
        var call = try OutgoingTranscript()
        #expect(call.on(.hangUp) == [])
        #expect(call.receive(100, tag: nil) == ["CANCEL"])
        var unheard = try OutgoingTranscript()
        #expect(unheard.on(.hangUp) == [])
        #expect(unheard.on(.failed) == [])
    }

    @Test("An answer that crosses the CANCEL is acknowledged and hung up")
    func crossing() throws {
        var call = try OutgoingTranscript.ringing()
        _ = call.on(.hangUp)
        let hop = "to sip:101@192.0.2.7:5090"
        #expect(call.receive(200) == ["ACK theirs \(hop)", "BYE theirs \(hop)"])
        #expect(call.receive(200) == ["ACK theirs \(hop)"])
    }

    @Test("Nobody answers for as long as it may ring: 408 and CANCEL; a CANCEL without effect is given up after 64*T1")
    func ringsTooLong() throws {
        var call = try OutgoingTranscript.ringing()
        #expect(call.wait(until: .seconds(100)) == ["30 failed 408", "30 CANCEL", "62 abandon", "62 closed"])
    }

    @Test("An answer without Contact has its ACK and BYE where the INVITE went; a stop gives up")
    func oddities() throws {
        var call = try OutgoingTranscript()
        let answer = call.response(200, contact: nil)
        #expect(call.on(.response(answer)).first == "ACK theirs to sip:5000@example.org")
        var stopped = try OutgoingTranscript.ringing()
        #expect(stopped.on(.stop) == ["failed 503", "CANCEL", "closed"])
    }

    @Test("More branches than any call has are not kept")
    func manyBranches() throws {
        var call = try OutgoingTranscript()
        let acknowledged = (0..<100).filter { !call.receive(200, tag: "tag\($0)").isEmpty }
        #expect(acknowledged.count == 16)
    }
}
