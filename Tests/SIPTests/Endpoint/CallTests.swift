// Whole calls through sockets: the endpoint answers, repeats, cancels and hangs up.

import Testing

@testable import SIP

struct CallTests {
    private var answer: SessionDescription {
        get throws { try SessionDescription(parsing: Array(Caller.offer.utf8)) }
    }

    @Test("G1: INVITE, 100, 180, 200, ACK, INFO, BYE", arguments: [false, true])
    func wholeCall(overTCP: Bool) async throws {
        try await Bench.run { bench in
            let phone = overTCP ? try await bench.connection() : try await bench.phone()
            var caller = phone.caller
            phone.send(caller.text("INVITE", 1, body: Caller.offer))
            let invite = try await bench.user.calls.stream.first()
            #expect(try await phone.response().status == 100)
            invite.ring()
            let ringing = try await phone.response()
            #expect(ringing.status == 180)
            let dialog = try #require(await invite.answer(sdp: answer))
            let success = try await phone.response()
            #expect(success.status == 200 && success.head.to.tag == ringing.head.to.tag)
            guard case .address(let contact)? = success.head.contacts.first else { throw TimedOut() }
            #expect(
                contact.uri.host == "127.0.0.1" && contact.uri.port == bench.address.port && contact.uri.user == "5000")
            #expect(contact.uri.parameters["transport"] == (overTCP ? "tcp" : nil))
            caller.toTag = success.head.to.tag
            phone.send(caller.text("ACK", 1, branch: "z9hG4bK-ack"))
            phone.send(caller.text("INFO", 2, type: "application/dtmf", body: "7"))
            #expect(try await phone.response().status == 200)
            phone.send(caller.text("BYE", 3))
            #expect(try await phone.response().status == 200)
            var told: [String] = []
            for await event in dialog.events { told.append("\(event)") }
            #expect(
                told == [
                    "acknowledged(nil)", "info(contentType: \"application/dtmf\", body: [55])",
                    "ended(SIP.DialogEvent.EndReason.bye)",
                ])
            #expect(await bench.endpoint.statistics.calls == 0)
        }
    }

    @Test("B8: 183 with 100rel, PRACK, 200 with the same description, ACK", arguments: [false, true])
    func earlyMedia(overTCP: Bool) async throws {
        try await Bench.run { bench in
            let phone = overTCP ? try await bench.connection() : try await bench.phone()
            var caller = phone.caller
            phone.send(caller.text("INVITE", 1, ["Require: 100rel"], body: Caller.offer))
            let invite = try await bench.user.calls.stream.first()
            #expect(try await phone.response().status == 100)
            let dialog = try #require(await invite.progress(sdp: answer))
            #expect(await invite.answer(sdp: try answer) == nil)
            let progress = try await phone.response()
            #expect(progress.status == 183 && progress.head["require"] == "100rel")
            await bench.advance(.milliseconds(500))
            #expect(try await phone.response() == progress)
            dialog.accept()
            caller.toTag = progress.head.to.tag
            let number = try #require(progress.head["rseq"])
            let prack = caller.text("PRACK", 2, ["RAck: \(number) 1 INVITE"])
            phone.send(prack)
            #expect(try await phone.response().head.cseq.method == .prack)
            let success = try await phone.response()
            #expect(success.status == 200 && success.head.body == progress.head.body)
            #expect(success.head.tokens(of: "supported") == ["100rel", "path", "timer"])
            phone.send(caller.text("ACK", 1, branch: "z9hG4bK-ack"))
            phone.send(caller.text("BYE", 3))
            #expect(try await phone.response().head.cseq.method == .bye)
            var told: [String] = []
            for await event in dialog.events { told.append("\(event)") }
            #expect(told == ["accepted", "acknowledged(nil)", "ended(SIP.DialogEvent.EndReason.bye)"])
            #expect(await bench.endpoint.statistics.calls == 0)
        }
    }

    @Test("B8: CANCEL of a call with early media gets its 200, and the INVITE its 487")
    func cancelEarlyMedia() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            phone.send(phone.caller.text("INVITE", 1, branch: "z9hG4bK-one", body: Caller.offer))
            #expect(try await phone.response().status == 100)
            let dialog = try #require(await bench.user.calls.stream.first().progress(sdp: answer))
            let progress = try await phone.response()
            #expect(progress.status == 183 && progress.head["rseq"] == nil)
            phone.send(phone.caller.text("CANCEL", 1, branch: "z9hG4bK-one"))
            #expect(try await phone.response().head.cseq.method == .cancel)
            let refused = try await phone.response()
            #expect(refused.status == 487 && refused.head.to.tag == progress.head.to.tag)
            guard case .ended(.cancelled) = try await dialog.events.first() else { throw TimedOut() }
            #expect(await bench.endpoint.statistics.calls == 0)
        }
    }

    @Test("B1: REFER goes out in the dialog, its NOTIFYs are answered, and the last one tells the outcome")
    func transfer() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let (caller, dialog, events) = try await bench.call(phone)
            dialog.refer(to: NameAddress(uri: SIPURI(user: "0", host: "192.0.2.9")))
            let refer = try await phone.request()
            #expect(refer.method == .refer && refer.head["refer-to"] == "<sip:0@192.0.2.9>")
            #expect(refer.head.from.tag == caller.toTag && refer.head.vias.count == 1)
            phone.answer(refer, 202)
            for (cseq, line, state) in [(2, "100 Trying", "active;expires=60"), (3, "486 Busy Here", "terminated")] {
                phone.send(
                    caller.text(
                        "NOTIFY", cseq, ["Event: refer", "Subscription-State: \(state)"], type: "message/sipfrag",
                        body: "SIP/2.0 \(line)\r\n"))
                #expect(try await phone.response().status == 200)
            }
            guard case .referred(.failed(status: 486)) = try await events.first() else { throw TimedOut() }
            dialog.hangUp()
            #expect(try await phone.request().method == .bye)
        }
    }

    @Test("G2: an INFO that comes again is answered again and its key counts once")
    func repeatedInfo() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let (caller, dialog, events) = try await bench.call(phone)
            let info = caller.text("INFO", 2, type: "application/dtmf", body: "7")
            phone.send(info)
            let first = try await phone.response()
            phone.send(info)
            #expect(try await phone.response() == first && first.status == 200)
            phone.send(caller.text("BYE", 3))
            var told: [String] = []
            for await event in events { told.append("\(event)") }
            #expect(told.count == 2, "\(dialog.id): \(told)")
        }
    }

    @Test("G1: an INVITE that comes again is answered from its transaction and runs once")
    func retransmission() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let invite = phone.caller.text("INVITE", 1, body: Caller.offer)
            phone.send(invite)
            #expect(try await phone.response().status == 100)
            phone.send(invite)
            #expect(try await phone.response().status == 100)
            let statistics = await bench.endpoint.statistics
            #expect(statistics.calls == 1 && statistics.retransmissions == 1)
        }
    }

    @Test("G1: without ACK the 200 comes again and again, and after 32 s a BYE")
    func lostACK() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            phone.send(phone.caller.text("INVITE", 1, body: Caller.offer))
            let dialog = try #require(await bench.user.calls.stream.first().answer(sdp: answer))
            let first = try await phone.final()
            for _ in 0..<3 {
                await bench.advance(.seconds(4))
                #expect(try await phone.response() == first)
            }
            await bench.advance(.seconds(20))
            let bye = try await phone.request()
            #expect(bye.method == .bye && bye.head.from.tag == first.head.to.tag)
            phone.answer(bye, 200)
            guard case .ended(.noAck) = try await dialog.events.first() else { throw TimedOut() }
            #expect(try await phone.hearsNothing())
            #expect(await bench.endpoint.statistics.calls == 0)
        }
    }

    @Test("G1: hanging up sends BYE with our Via, both tags and the reason; it is repeated until it is answered")
    func hangUp() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let (caller, dialog, events) = try await bench.call(phone)
            dialog.hangUp(reason: "Q.850;cause=16")
            let bye = try await phone.request()
            #expect(bye.method == .bye && bye.head.from.tag == caller.toTag && bye.head.to.tag == caller.tag)
            #expect(bye.head.vias.count == 1 && bye.head.vias.first?.port == bench.address.port)
            #expect(bye.head["reason"] == "Q.850;cause=16")
            guard case .ended(.hungUp) = try await events.first() else { throw TimedOut() }
            await bench.advance(.milliseconds(500))
            #expect(try await phone.request() == bye)
            phone.answer(bye, 200)
            #expect(try await phone.hearsNothing())
            #expect(await bench.endpoint.statistics.calls == 0)
        }
    }

    @Test("G1: CANCEL gets its 200 and the INVITE its 487, whose ACK ends the repetition; an answer then is too late")
    func cancel() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            var caller = phone.caller
            phone.send(caller.text("INVITE", 1, branch: "z9hG4bK-one", body: Caller.offer))
            #expect(try await phone.response().status == 100)
            let invite = try await bench.user.calls.stream.first()
            phone.send(caller.text("CANCEL", 1, branch: "z9hG4bK-one"))
            let cancelled = try await phone.response()
            #expect(cancelled.status == 200 && cancelled.head.cseq.method == .cancel)
            let refused = try await phone.response()
            #expect(refused.status == 487 && refused.head.to.tag == cancelled.head.to.tag)
            await bench.advance(.milliseconds(500))
            #expect(try await phone.response() == refused)
            caller.toTag = refused.head.to.tag
            phone.send(caller.text("ACK", 1, branch: "z9hG4bK-one"))
            #expect(try await phone.hearsNothing())
            await bench.advance(.seconds(4))
            #expect(try await phone.hearsNothing())
            #expect(await invite.answer(sdp: try answer) == nil)
        }
    }

    @Test("G1: a re-INVITE is the user's to judge")
    func reinvite() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let (caller, _, events) = try await bench.call(phone)
            phone.send(caller.text("INVITE", 2, body: Caller.offer))
            #expect(try await phone.response().status == 100)
            guard case .offer(let offer?, let reply) = try await events.first() else { throw TimedOut() }
            #expect(try offer == answer)
            reply.reject(488, headers: [HeaderField("Warning", "304 lamplighter \"no\"")])
            let refused = try await phone.response()
            #expect(refused.status == 488 && refused.head["warning"] != nil)
            phone.send(caller.text("ACK", 2, branch: "z9hG4bK-\(caller.callID)-INVITE-2"))
            phone.send(caller.text("INVITE", 3, body: Caller.offer))
            #expect(try await phone.response().status == 100)
            guard case .offer(_, let second) = try await events.first() else { throw TimedOut() }
            second.accept(offer)
            #expect(try await phone.response().status == 200)
        }
    }

    @Test("G1: a stop says BYE to calls that go on and 503 to those not answered")
    func stop() async throws {
        try await Bench.run { bench in
            let (phone, other) = (try await bench.phone(), try await bench.phone())
            let (_, _, events) = try await bench.call(phone)
            other.send(other.caller.text("INVITE", 1))
            #expect(try await other.response().status == 100)
            await bench.endpoint.stop()
            #expect(try await phone.request().method == .bye)
            #expect(try await other.response().status == 503)
            guard case .ended(.stopped) = try await events.first() else { throw TimedOut() }
            #expect(
                await bench.endpoint.request(
                    try phone.caller.request("NOTIFY", 1),
                    over: Flow(
                        transport: .udp, local: bench.address, remote: phone.address)) == nil)
        }
    }

    @Test("G1: more calls than allowed get 503 with Retry-After")
    func tooManyCalls() async throws {
        var limits = SIPLimits()
        limits.maximumCalls = 1
        try await Bench.run(limits) { bench in
            let (phone, other) = (try await bench.phone(), try await bench.phone())
            phone.send(phone.caller.text("INVITE", 1))
            #expect(try await phone.response().status == 100)
            other.send(other.caller.text("INVITE", 1))
            let refused = try await other.response()
            #expect(refused.status == 503 && refused.head["retry-after"] == "10")
            #expect(await bench.endpoint.statistics.shed == 1)
        }
    }
}
