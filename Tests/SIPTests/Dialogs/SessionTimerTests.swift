// Session timers (RFC 4028) as transcripts, in both roles, and once over the wire.

import Testing

@testable import SIP

@Suite("Session timers (G1)")
struct SessionTimerTests {
    /// A call that was answered and acknowledged at 0 s, whose caller can do session timers; and what the 200 said.
    private func call(_ headers: [String], asking: Int? = 1_800) throws -> (SessionTranscript, String) {
        var call = try SessionTranscript(headers, timing: SessionTiming(interval: asking))
        let told = try call.on(.answer(call.description))
        #expect(try call.receive("ACK", 1) == ["acknowledged"])
        return (call, told.joined())
    }

    private static let canUpdate = "Allow: INVITE, ACK, BYE, UPDATE"

    /// A response to our refresh.
    private func answer(
        _ status: Int, to number: UInt32, _ method: SIP.Method, _ headers: [HeaderField] = [], body: String = ""
    ) throws -> InviteSession.Event {
        var response = try Caller().request(method.rawValue, Int(number)).response(status)
        response.head.other = headers
        response.head.body = Array(body.utf8)
        return .refreshAnswered(response)
    }

    @Test("A caller that refreshes is waited for, and hung up when it does not in time")
    func theirs() throws {
        var (call, told) = try call(["Supported: timer", "Session-Expires: 300;refresher=uac"])
        #expect(told == "200 INVITE timer 300;refresher=uac require timer")
        #expect(call.wait(until: .seconds(150)) == [])
        #expect(
            try call.receive("UPDATE", 2, ["k: timer", "x: 300;refresher=uac"])
                == ["200 UPDATE timer 300;refresher=uac require timer"])
        #expect(
            try call.receive("INVITE", 3, ["k: timer", "x: 200 ; refresher=uac"], body: Caller.offer) == ["offer 3"])
        #expect(
            try call.on(.verdict(.accept(call.description), sequence: 3))
                == ["200 INVITE timer 200;refresher=uac require timer"])
        #expect(try call.receive("ACK", 3) == ["acknowledged"])
        #expect(call.wait(until: .seconds(400)) == ["318.0 ended expired", "318.0 send BYE 1"])
    }

    @Test("Where the caller leaves it to us we refresh by UPDATE at half of the time; without an answer the call ends")
    func ours() throws {
        var (call, told) = try call(["Supported: timer", Self.canUpdate])
        #expect(told == "200 INVITE timer 1800;refresher=uas require timer")
        #expect(call.wait(until: .seconds(900)) == ["900.0 send UPDATE 1 1800;refresher=uac"])
        let kept = HeaderField("Session-Expires", "1000;refresher=uac")
        #expect(try call.on(answer(200, to: 1, .update, [kept])) == [])
        #expect(call.wait(until: .seconds(1_400)) == ["1400.0 send UPDATE 2 1000;refresher=uac"])
        #expect(call.on(.refreshAnswered(nil)) == ["ended expired", "send BYE 3"])
    }

    @Test("A caller without UPDATE gets a re-INVITE with the description of before; each 200 has its ACK")
    func byInvite() throws {
        var (call, _) = try call(["Supported: timer", "Session-Expires: 100"])
        guard case .refresh(let request)? = call.session.handle(.time, now: .seconds(50)).first else {
            throw TimedOut()
        }
        #expect(request.method == .invite && request.head.body == call.session.localDescription)
        #expect(request.head["content-type"] == "application/sdp")
        // It may move its media on that occasion, and may not begin an offer of its own meanwhile.
        #expect(try call.receive("INVITE", 2, body: Caller.offer) == ["491 INVITE"])
        let moved = Caller.offer.replacing("40000", with: "41000")
        #expect(try call.on(answer(200, to: 1, .invite, body: moved)) == ["send ACK 1", "acknowledged with answer"])
        #expect(try call.on(answer(200, to: 1, .invite, body: moved)) == ["send ACK 1"])
        #expect(call.on(.hangUp(reason: nil)) == ["ended hungUp", "send BYE 2"])
        #expect(try call.on(answer(200, to: 1, .invite, body: moved)) == ["send ACK 1"])
    }

    @Test("A refused UPDATE becomes a re-INVITE, a short interval a longer one, a collision waits; a lost call ends")
    func refusals() throws {
        var (call, _) = try call(["Supported: timer", "Session-Expires: 100", Self.canUpdate])
        #expect(call.wait(until: .seconds(50)) == ["50.0 send UPDATE 1 100;refresher=uac"])
        let longer = HeaderField("Min-SE", "200")
        #expect(try call.on(answer(422, to: 1, .update, [longer])) == ["send UPDATE 2 200;refresher=uac"])
        #expect(try call.on(answer(405, to: 2, .update)) == ["send INVITE 3 100;refresher=uac"])
        #expect(try call.on(answer(491, to: 3, .invite)) == [])
        let next = try #require(call.session.deadline)
        #expect((.milliseconds(52_100)...(.milliseconds(54_000))).contains(next))
        call.now = next
        #expect(call.on(.time) == ["send INVITE 4 100;refresher=uac"])
        #expect(try call.on(answer(500, to: 4, .invite)) == [])
        call.now = next + .seconds(10)
        #expect(call.on(.time) == ["send INVITE 5 100;refresher=uac"])
        #expect(try call.on(answer(481, to: 5, .invite)) == ["ended expired", "send BYE 6"])
    }

    @Test("What is refused for long ends with the interval; BYE from the caller ends all")
    func neverTaken() throws {
        var (call, _) = try call(["Supported: timer", "Session-Expires: 90", Self.canUpdate])
        #expect(call.wait(until: .seconds(45)) == ["45.0 send UPDATE 1 90;refresher=uac"])
        #expect(try call.on(answer(503, to: 1, .update, [HeaderField("Retry-After", "3600")])) == [])
        #expect(call.wait(until: .seconds(90)) == ["60.0 ended expired", "60.0 send BYE 2"])
        var (other, _) = try self.call(["Supported: timer", "Session-Expires: 90", Self.canUpdate])
        #expect(try other.receive("BYE", 2) == ["200 BYE", "ended bye", "closed"])
        #expect(other.wait(until: .seconds(200)) == [])
    }

    @Test("Who cannot do it, and asks for nothing, has no timer; we ask for none where we are told not to")
    func none() throws {
        let (call, told) = try call([Self.canUpdate])
        #expect(told == "200 INVITE" && call.session.deadline == nil)
        let (quiet, answer) = try self.call(["Supported: timer"], asking: nil)
        #expect(answer == "200 INVITE" && quiet.session.deadline == nil)
        // A proxy may ask for a caller that cannot; then the work is ours.
        let (proxied, said) = try self.call(["Session-Expires: 600"], asking: nil)
        #expect(said == "200 INVITE timer 600;refresher=uas" && proxied.session.deadline == .seconds(300))
    }

    @Test("A refresh with too short an interval gets 422 and changes nothing")
    func tooShort() throws {
        var (call, _) = try call(["Supported: timer", "Session-Expires: 300;refresher=uac"])
        #expect(try call.receive("UPDATE", 2, ["Supported: timer", "Session-Expires: 60"]) == ["422 UPDATE min-se"])
        #expect(call.session.deadline == .seconds(268))
    }

    @Test("Our own INVITE asks again with the interval that a 422 wants, at most three times")
    func retry() throws {
        var call = try OutgoingTranscript(["Session-Expires: 1800", "Min-SE: 90"])
        for (number, minimum) in [(2, 2_000), (3, 3_000), (4, 4_000)] {
            var refusal = call.response(422)
            refusal.head.other = [HeaderField("Min-SE", String(minimum))]
            #expect(call.on(.response(refusal)) == ["INVITE \(number) \(minimum) \(minimum)"])
            let asked = [HeaderField("Session-Expires", String(minimum))]
            call.session.invite.head.cseq.number = UInt32(number)
            call.session.invite.head.other = asked
        }
        var refusal = call.response(422)
        refusal.head.other = [HeaderField("Min-SE", "5000")]
        #expect(call.on(.response(refusal)) == ["failed 422"])
    }

    @Test("A call that we made is refreshed by whom its 200 names")
    func calling() throws {
        let call = try OutgoingTranscript()
        for (refresher, deadline) in [("uac", 50), ("uas", 68)] {
            var response = call.response(200, body: Caller.offer)
            response.head.other.append(HeaderField("Session-Expires", "100;refresher=\(refresher)"))
            let session = InviteSession(
                confirmed: DialogState(confirming: response, to: call.invite), invite: call.invite,
                response: response, timing: SessionTiming(), now: .zero)
            #expect(session.deadline == .seconds(deadline))
        }
    }

    @Test("Over the wire: 422 for 60 s; a re-INVITE of ours and its ACK; BYE when nobody answers the next")
    func overTheWire() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            var caller = phone.caller
            phone.send(caller.text("INVITE", 1, ["Supported: timer", "Session-Expires: 60"], body: Caller.offer))
            let refused = try await phone.response()
            #expect(refused.status == 422 && refused.head["min-se"] == "90")
            phone.send(caller.text("INVITE", 2, ["Supported: timer", "Session-Expires: 90"], body: Caller.offer))
            let invite = try await bench.user.calls.stream.first()
            let description = try SessionDescription(parsing: Array(Caller.offer.utf8))
            let dialog = try #require(await invite.answer(sdp: description))
            let success = try await phone.final()
            #expect(success.head["session-expires"] == "90;refresher=uas" && success.head["require"] == "timer")
            caller.toTag = success.head.to.tag
            phone.send(caller.text("ACK", 2, branch: "z9hG4bK-ack"))
            guard case .acknowledged(nil) = try await dialog.events.first() else { throw TimedOut() }
            await bench.advance(.seconds(45))
            let refresh = try await phone.request()
            #expect(refresh.method == .invite && refresh.head.body == description.encoded())
            phone.answer(refresh, 200)
            #expect(try await phone.request().method == .ack)
            phone.answer(refresh, 200)
            #expect(try await phone.request().method == .ack)
            await bench.advance(.seconds(45))
            #expect(try await phone.request().head.cseq == CSeq(2, .invite))
            await bench.advance(.seconds(32))
            var bye = try await phone.request()
            while bye.method == .invite { bye = try await phone.request() }
            #expect(bye.method == .bye && bye.head["reason"]?.contains("Session expired") == true)
            guard case .ended(.expired) = try await dialog.events.first() else { throw TimedOut() }
            phone.answer(bye, 200)
        }
    }
}
