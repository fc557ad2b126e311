// Calls that we make through sockets: to a phone on a raw socket, and between two endpoints.

import Testing

@testable import SIP

@Suite("Calls that we make, over the wire (B1)")
struct OutgoingCallTests {
    private var description: SessionDescription {
        get throws { try SessionDescription(parsing: Array(Caller.offer.utf8)) }
    }

    private func invite(_ phone: HostPort, ringLimit: Duration = .seconds(30)) throws -> OutgoingInvite {
        OutgoingInvite(
            target: SIPURI(user: "101", host: phone.host, port: phone.port),
            to: NameAddress(uri: SIPURI(user: "101", host: "example.org")),
            from: NameAddress(displayName: "Ann", uri: SIPURI(user: "100", host: "example.org")),
            offer: try description, ringLimit: ringLimit)
    }

    /// The phone's answer to our INVITE.
    private func answer(_ invite: SIPRequest, _ status: Int, by phone: Phone, tag: String = "theirs") -> [UInt8] {
        var response = invite.response(status, toTag: tag)
        response.head.contacts = [
            .address(NameAddress(uri: SIPURI(user: "101", host: phone.address.host, port: phone.address.port)))
        ]
        if status < 300 {
            response.head.other = [HeaderField("Content-Type", "application/sdp")]
            response.head.body = Array(Caller.offer.utf8)
        }
        return response.encoded()
    }

    @Test("INVITE, 180, 200, ACK, re-INVITE, BYE; a 200 that comes again gets its ACK again", arguments: [false, true])
    func wholeCall(overTCP: Bool) async throws {
        try await Bench.run { bench in
            let phone = overTCP ? try await bench.connection() : try await bench.phone()
            if overTCP { _ = try await phone.hearsNothing() }
            let flow = Flow(transport: overTCP ? .tcp : .udp, local: bench.address, remote: phone.address)
            let call = await bench.endpoint.invite(try invite(phone.address), over: flow)
            let invite = try await phone.request()
            #expect(
                invite.method == .invite && invite.uri.user == "101" && invite.head.body == Array(Caller.offer.utf8))
            #expect(invite.head.from.displayName == "Ann" && invite.head.to.tag == nil && invite.head.vias.count == 1)
            phone.send(answer(invite, 180, by: phone))
            guard case .ringing(180, _) = try await call.progress.first() else { throw TimedOut() }
            let success = answer(invite, 200, by: phone)
            phone.send(success)
            let ack = try await phone.request()
            #expect(ack.method == .ack && ack.head.to.tag == "theirs" && ack.head.vias != invite.head.vias)
            guard case .answered(_?, let dialog) = try await call.progress.first() else { throw TimedOut() }
            phone.send(success)
            #expect(try await phone.request().head.cseq == ack.head.cseq)

            let theirs = Caller(
                callID: invite.head.callID, tag: "theirs", toTag: invite.head.from.tag,
                transport: overTCP ? "TCP" : "UDP", address: phone.address.description)
            phone.send(theirs.text("INVITE", 1, body: Caller.offer))
            #expect(try await phone.response().status == 100)
            guard case .offer(let offer?, let reply) = try await dialog.events.first() else { throw TimedOut() }
            reply.accept(offer)
            #expect(try await phone.response().status == 200)
            phone.send(theirs.text("ACK", 1, branch: "z9hG4bK-ack"))
            guard case .acknowledged(nil) = try await dialog.events.first() else { throw TimedOut() }
            phone.send(theirs.text("BYE", 2))
            #expect(try await phone.response().status == 200)
            guard case .ended(.bye) = try await dialog.events.first() else { throw TimedOut() }
            #expect(await bench.endpoint.statistics.calls == 0)
        }
    }

    @Test("A BYE that has overtaken the 200 of its call waits for it; one of another call is no call's")
    func overtaken() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let flow = Flow(transport: .udp, local: bench.address, remote: phone.address)
            let call = await bench.endpoint.invite(try invite(phone.address), over: flow)
            let invite = try await phone.request()
            phone.send(answer(invite, 180, by: phone))
            guard case .ringing = try await call.progress.first() else { throw TimedOut() }
            let stranger = Caller(
                callID: invite.head.callID, tag: "theirs", toTag: "guessed", address: phone.address.description)
            phone.send(stranger.text("BYE", 1))
            #expect(try await phone.response().status == 481)
            let theirs = Caller(
                callID: invite.head.callID, tag: "theirs", toTag: invite.head.from.tag,
                address: phone.address.description)
            let bye = theirs.text("BYE", 1)
            phone.send(bye)
            phone.send(answer(invite, 200, by: phone))
            #expect(try await phone.request().method == .ack)
            guard case .answered(_?, let dialog) = try await call.progress.first() else { throw TimedOut() }
            phone.send(bye)
            #expect(try await phone.response().status == 200)
            guard case .ended(.bye) = try await dialog.events.first() else { throw TimedOut() }
        }
    }

    @Test("A refusal gets its ACK with the INVITE's branch, again and again, and is told")
    func refused() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let flow = Flow(transport: .udp, local: bench.address, remote: phone.address)
            let call = await bench.endpoint.invite(try invite(phone.address), over: flow)
            let invite = try await phone.request()
            await bench.advance(.milliseconds(500))
            #expect(try await phone.request() == invite)
            for _ in 0..<2 {
                phone.send(answer(invite, 486, by: phone))
                let ack = try await phone.request()
                #expect(ack.method == .ack && ack.head.vias == invite.head.vias && ack.head.to.tag == "theirs")
                #expect(ack.head.cseq.number == invite.head.cseq.number)
            }
            guard case .failed(status: 486) = try await call.progress.first() else { throw TimedOut() }
            await bench.advance(.seconds(33))
            #expect(await bench.endpoint.statistics.clientTransactions == 0)
        }
    }

    @Test("Giving up sends CANCEL; so does ringing for too long")
    func cancel() async throws {
        for byUser in [true, false] {
            try await Bench.run { bench in
                let phone = try await bench.phone()
                let flow = Flow(transport: .udp, local: bench.address, remote: phone.address)
                let call = await bench.endpoint.invite(try invite(phone.address, ringLimit: .seconds(20)), over: flow)
                let invite = try await phone.request()
                phone.send(answer(invite, 180, by: phone))
                guard case .ringing = try await call.progress.first() else { throw TimedOut() }
                if byUser { call.cancel() } else { await bench.advance(.seconds(20)) }
                let cancel = try await phone.request()
                #expect(cancel.method == .cancel && cancel.head.vias == invite.head.vias && cancel.uri == invite.uri)
                phone.answer(cancel, 200)
                phone.send(answer(invite, 487, by: phone))
                #expect(try await phone.request().method == .ack)
                if !byUser {
                    guard case .failed(status: 408) = try await call.progress.first() else { throw TimedOut() }
                }
            }
        }
    }

    @Test("Nobody there, no connection, or too many calls: the call fails")
    func failures() async throws {
        var limits = SIPLimits()
        limits.maximumCalls = 1
        try await Bench.run(limits) { bench in
            let phone = try await bench.phone()
            let gone = Flow(transport: .tcp, local: bench.address, remote: phone.address)
            var overTCP = try invite(phone.address)
            overTCP.target.parameters["transport"] = "tcp"
            let unconnected = await bench.endpoint.invite(overTCP, over: gone)
            guard case .failed(status: 408) = try await unconnected.progress.first() else { throw TimedOut() }
            let flow = Flow(transport: .udp, local: bench.address, remote: phone.address)
            let silent = await bench.endpoint.invite(try invite(phone.address, ringLimit: .seconds(60)), over: flow)
            #expect(try await phone.request().method == .invite)
            let refused = await bench.endpoint.invite(try invite(phone.address), over: flow)
            guard case .failed(status: 503) = try await refused.progress.first() else { throw TimedOut() }
            await bench.advance(.seconds(32))
            guard case .failed(status: 408) = try await silent.progress.first() else { throw TimedOut() }
        }
    }

    @Test(
        "Two endpoints call each other: ringing, early media, answer, and BYE from either side",
        arguments: [true, false])
    func twoEndpoints(callerHangsUp: Bool) async throws {
        try await Bench.run { one in
            try await Bench.run { other in
                let flow = try #require(await one.endpoint.flow(to: other.address))
                #expect(flow.local == one.address && flow.transport == .udp)
                let call = await one.endpoint.invite(try invite(other.address), over: flow)
                let incoming = try await other.user.calls.stream.first()
                #expect(incoming.request.head.to.uri.host == "example.org")
                incoming.ring()
                guard case .ringing(180, nil) = try await call.progress.first() else { throw TimedOut() }
                let theirs = try #require(await incoming.progress(sdp: description))
                guard case .ringing(183, _?) = try await call.progress.first() else { throw TimedOut() }
                theirs.accept()
                guard case .accepted = try await theirs.events.first() else { throw TimedOut() }
                guard case .answered(_?, let ours) = try await call.progress.first() else { throw TimedOut() }
                guard case .acknowledged = try await theirs.events.first() else { throw TimedOut() }
                if callerHangsUp { ours.hangUp() } else { theirs.hangUp() }
                let (leaving, left) = callerHangsUp ? (ours, theirs) : (theirs, ours)
                guard case .ended(.hungUp) = try await leaving.events.first() else { throw TimedOut() }
                guard case .ended(.bye) = try await left.events.first() else { throw TimedOut() }
            }
        }
    }

    @Test("A listener on all addresses names the one that the way to the peer starts from")
    func anyAddress() async throws {
        try await Bench.run(host: "0.0.0.0") { bench in
            let phone = HostPort(host: "127.0.0.1", port: 5_999)
            #expect(
                await bench.endpoint.flow(to: phone)?.local == HostPort(host: "127.0.0.1", port: bench.address.port))
            #expect(await bench.endpoint.flow(to: HostPort(host: "::1", port: 5_999)) == nil)
        }
        #expect(SourceAddress.host(towards: HostPort(host: "::1", port: 9)) == "::1")
        #expect(SourceAddress.host(towards: HostPort(host: "nowhere", port: 9)) == nil)
    }
}
