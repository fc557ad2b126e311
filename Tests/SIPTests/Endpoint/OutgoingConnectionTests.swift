// Connections that the endpoint opens: when it does, to whom, how many, and what becomes of what waits for them.

import Testing

@testable import SIP

@Suite("Connections that we open (G1)")
struct OutgoingConnectionTests {
    private static let nowhere = HostPort(host: "127.0.0.1", port: 1)

    /// A NOTIFY outside of dialogs to `target`.
    private func notify(_ target: String, body: String = "") throws -> SIPRequest {
        var request = try Caller().request("NOTIFY", 1, body: body)
        request.uri = try SIPURI(parsing: target)
        return request
    }

    private func flow(_ bench: Bench, _ remote: HostPort, _ transport: SIP.Transport = .tcp) -> Flow {
        Flow(transport: transport, local: bench.address, remote: remote)
    }

    /// Sends it and gives the response's status.
    private func status(_ bench: Bench, _ request: SIPRequest, over flow: Flow) async -> Int? {
        await bench.endpoint.request(request, over: flow)?.status
    }

    @Test("F2: a phone whose connection is gone is connected to at its Contact; the next request takes the same way")
    func goneConnection() async throws {
        try await Bench.run { bench in
            let listener = try await PhoneListener()
            let phone = try await bench.connection()
            phone.send(phone.caller.text("REGISTER", 1))
            let flow = try await bench.user.requests.stream.first().flow
            phone.close()
            while await bench.endpoint.statistics.openConnections > 0 {}
            let request = try notify("sip:100@127.0.0.1:\(listener.address.port)")
            async let first = status(bench, request, over: flow)
            let opened = try await listener.connection()
            let received = try await opened.request()
            let via = try #require(received.head.vias.first)
            #expect(via.transport == "TCP" && via.port == bench.address.port && via.parameters.contains("alias"))
            opened.answer(received, 200)
            #expect(await first == 200)
            async let second = status(bench, request, over: flow)
            opened.answer(try await opened.request(), 202)
            #expect(await second == 202)
            #expect(await bench.endpoint.statistics.connectionsOpened == 1)
            await bench.advance(.seconds(4_001))
            try await opened.closed()
            #expect(try await bench.allConnectionsEnd())
        }
    }

    @Test(
        "F2: where nobody takes the connection, a Contact that does not ask for TCP gets a datagram; one that does, none"
    )
    func refused() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let target = "sip:100@127.0.0.1:\(phone.address.port)"
            async let answered = status(bench, try notify(target), over: flow(bench, Self.nowhere))
            let received = try await phone.request()
            #expect(received.head.vias.first?.transport == "UDP")
            phone.answer(received, 200)
            #expect(try await answered == 200)
            #expect(
                await status(bench, try notify(target + ";transport=tcp"), over: flow(bench, Self.nowhere)) == nil)
        }
    }

    @Test("F2: nothing is opened to another host than the phone's, nor to the port that it connected from")
    func strangers() async throws {
        try await Bench.run { bench in
            let listener = try await PhoneListener()
            let elsewhere = try notify("sip:100@127.0.0.2:\(listener.address.port)")
            #expect(await status(bench, elsewhere, over: flow(bench, listener.address)) == nil)
            #expect(await bench.endpoint.statistics.connectionsOpened == 0)
        }
    }

    @Test("A connection that is not made within 5 s is given up, and so is what waits for it")
    func timeOut() async throws {
        try await Bench.run { bench in
            let deaf = try await PhoneListener(accepts: false)
            let filler = try await Phone(connectedTo: deaf.address)
            let request = try notify("sip:100@127.0.0.1:\(deaf.address.port);transport=tcp")
            async let status = status(bench, request, over: flow(bench, deaf.address))
            while await bench.endpoint.statistics.openConnections == 0 {}
            await bench.advance(.seconds(5))
            #expect(await status == nil)
            let statistics = await bench.endpoint.statistics
            #expect(statistics.openConnections == 0 && statistics.connectionsDropped == 1)
            filler.close()
        }
    }

    @Test("What waits for a connection is bounded, and so is the number of connections that we open")
    func bounds() async throws {
        var limits = SIPLimits()
        limits.maximumOpenedConnections = 1
        limits.maximumUnsentBytes = 2_000
        try await Bench.run(limits) { bench in
            let deaf = try await PhoneListener(accepts: false)
            let filler = try await Phone(connectedTo: deaf.address)
            let small = try notify("sip:100@127.0.0.1:\(deaf.address.port);transport=tcp")
            var large = small
            large.head.body = [UInt8](repeating: 0x20, count: 1_900)
            async let waiting = status(bench, small, over: flow(bench, deaf.address))
            while await bench.endpoint.statistics.openConnections == 0 {}
            #expect(await status(bench, large, over: flow(bench, deaf.address)) == nil)
            let listener = try await PhoneListener()
            let other = try notify("sip:100@127.0.0.1:\(listener.address.port);transport=tcp")
            #expect(await status(bench, other, over: flow(bench, listener.address)) == nil)
            await bench.advance(.seconds(5))
            #expect(await waiting == nil)
            // Then there is room for another.
            async let answered = status(bench, other, over: flow(bench, listener.address))
            let opened = try await listener.connection()
            opened.answer(try await opened.request(), 200)
            #expect(await answered == 200)
            filler.close()
        }
    }

    @Test("G1: a request above 1,300 bytes goes by TCP, and by UDP when that is refused (RFC 3261 §18.1.1)")
    func large() async throws {
        try await Bench.run { bench in
            let listener = try await PhoneListener()
            let body = "v=0\r\n" + String(repeating: "a=x\r\n", count: 300)
            let request = try notify("sip:100@127.0.0.1:\(listener.address.port)", body: body)
            async let byTCP = status(bench, request, over: flow(bench, listener.address, .udp))
            let opened = try await listener.connection()
            let received = try await opened.request()
            #expect(received.head.vias.first?.transport == "TCP" && received.head.body == Array(body.utf8))
            opened.answer(received, 200)
            #expect(await byTCP == 200)
            listener.close()

            let phone = try await bench.phone()
            let again = try notify("sip:100@127.0.0.1:\(phone.address.port)", body: body)
            async let byUDP = status(bench, again, over: flow(bench, phone.address, .udp))
            let datagram = try await phone.request()
            #expect(datagram.head.vias.count == 1 && datagram.head.vias.first?.transport == "UDP")
            phone.answer(datagram, 200)
            #expect(await byUDP == 200)
        }
    }

    @Test("G1: a large INVITE that TCP refuses is one call by UDP: 180, CANCEL, 487")
    func largeInvite() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            var offer = try SessionDescription(parsing: Array(Caller.offer.utf8))
            offer.media[0].attributes += (0..<140).map { .init("x", "\($0)") }
            let call = await bench.endpoint.invite(
                OutgoingInvite(
                    target: SIPURI(user: "101", host: phone.address.host, port: phone.address.port),
                    to: NameAddress(uri: SIPURI(user: "101", host: "example.org")),
                    from: NameAddress(uri: SIPURI(user: "100", host: "example.org")), offer: offer,
                    ringLimit: .seconds(30)), over: flow(bench, phone.address, .udp))
            let invite = try await phone.request()
            phone.answer(invite, 180)
            guard case .ringing(180, nil) = try await call.progress.first() else { throw TimedOut() }
            call.cancel()
            let cancel = try await phone.request()
            #expect(cancel.method == .cancel && cancel.head.vias == invite.head.vias)
            phone.answer(cancel, 200)
            phone.answer(invite, 487)
            #expect(try await phone.request().head.vias == invite.head.vias)
            await bench.advance(.seconds(32))
            #expect(await bench.endpoint.statistics.clientTransactions == 0)
        }
    }

    @Test("G1: a peer that says alias takes our requests over its connection, for its own address alone (RFC 5923)")
    func alias() async throws {
        try await Bench.run { bench in
            for (host, isTaken) in [("127.0.0.1", true), ("127.0.0.2", false)] {
                let peer = try await bench.connection()
                var caller = peer.caller
                caller.address = "\(host):5999"
                caller.viaParameters = ";rport;alias"
                peer.send(caller.text("OPTIONS", 1))
                #expect(try await peer.response().status == 200)
                let request = try notify("sip:100@\(host):5999;transport=tcp")
                async let status = status(bench, request, over: flow(bench, HostPort(host: host, port: 5_999)))
                if isTaken { peer.answer(try await peer.request(), 200) }
                #expect(await status == (isTaken ? 200 : nil))
                peer.close()
                while await bench.endpoint.statistics.openConnections > 0 {}
            }
            #expect(await bench.endpoint.statistics.connectionsOpened == 0)
        }
    }

    @Test("G1: the answer to a call whose connection is gone goes to where its Via says it listens (RFC 3261 §18.2.2)")
    func lostResponse() async throws {
        try await Bench.run { bench in
            let listener = try await PhoneListener()
            let phone = try await bench.connection()
            var caller = phone.caller
            caller.address = listener.address.description
            phone.send(caller.text("INVITE", 1, body: Caller.offer))
            let invite = try await bench.user.calls.stream.first()
            phone.close()
            while await bench.endpoint.statistics.openConnections > 0 {}
            let dialog = try #require(
                await invite.answer(sdp: try SessionDescription(parsing: Array(Caller.offer.utf8))))
            let opened = try await listener.connection()
            let success = try await opened.final()
            #expect(success.status == 200)
            caller.toTag = success.head.to.tag
            opened.send(caller.text("ACK", 1, branch: "z9hG4bK-ack"))
            guard case .acknowledged(nil) = try await dialog.events.first() else { throw TimedOut() }
            dialog.hangUp()
            let bye = try await opened.request()
            #expect(bye.method == .bye)
            opened.answer(bye, 200)
        }
    }
}
