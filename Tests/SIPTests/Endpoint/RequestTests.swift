// Requests that the endpoint answers itself, hands to its user or sends for it.

import Testing

@testable import SIP

struct RequestTests {
    @Test(
        "G1: OPTIONS gets 200 with what we can do, and the Via says where it came from (RFC 3581)",
        arguments: [false, true])
    func options(overTCP: Bool) async throws {
        try await Bench.run { bench in
            let phone = overTCP ? try await bench.connection() : try await bench.phone()
            var caller = phone.caller
            caller.address = "192.168.7.7:5999"
            phone.send(caller.text("OPTIONS", 1))
            let response = try await phone.response()
            #expect(response.status == 200 && response.head.to.tag != nil)
            #expect(response.head.tokens(of: "allow").contains("subscribe"))
            #expect(response.head["accept"] == "application/sdp" && response.head["server"] == "Lamplighter")
            let via = try #require(response.head.vias.first)
            #expect(via.parameters["received"] == "127.0.0.1" && via.parameters["rport"] == String(phone.address.port))
        }
    }

    @Test("G1: without rport the response goes to the port of the Via (RFC 3261 §18.2.2)")
    func viaPort() async throws {
        try await Bench.run { bench in
            let (sender, listener) = (try await bench.phone(), try await bench.phone())
            var caller = listener.caller
            caller.viaParameters = ""
            sender.send(caller.text("OPTIONS", 1))
            let via = try #require(try await listener.response().head.vias.first)
            #expect(!via.parameters.contains("rport") && !via.parameters.contains("received"))
        }
    }

    @Test("G1: listening on all addresses, Via and Contact name the one that the message came to")
    func anyAddress() async throws {
        try await Bench.run(host: "0.0.0.0") { bench in
            let here = HostPort(host: "127.0.0.1", port: bench.address.port)
            for phone in [try await Phone(to: here), try await Phone(connectedTo: here)] {
                phone.send(phone.caller.text("REGISTER", 1))
                let request = try await bench.user.requests.stream.first()
                #expect(request.flow.local == here)
                #expect(bench.endpoint.contact(user: "100", for: request.flow).uri.host == "127.0.0.1")
                request.respond(request.request.response(200))
                #expect(try await phone.response().status == 200)
            }
        }
    }

    @Test("G1: listening on all addresses, a datagram is answered from the address that it was sent to")
    func answeringAddress() async throws {
        try await Bench.run(host: "0.0.0.0") { bench in
            for host in ["127.0.0.2", "127.0.0.3"] {
                let phone = try await Phone(to: HostPort(host: host, port: bench.address.port), from: "127.0.0.1")
                for number in 1...2 {
                    phone.send(phone.caller.text("OPTIONS", number))
                    #expect(try await phone.response().status == 200)
                }
                let (_, dialog, _) = try await bench.call(phone)
                dialog.hangUp()
                let bye = try await phone.request()
                #expect(bye.head.vias.first?.host == host)
                phone.answer(bye, 200)
            }
        }
    }

    @Test("G1: IPv6")
    func internetProtocol6() async throws {
        try await Bench.run(host: "::1") { bench in
            for phone in [try await bench.phone(), try await bench.connection()] {
                phone.send(phone.caller.text("OPTIONS", 1))
                #expect(try await phone.response().status == 200)
                let (_, dialog, _) = try await bench.call(phone)
                dialog.hangUp()
                let bye = try await phone.request()
                #expect(bye.method == .bye && bye.head.vias.first?.host == "::1")
                phone.answer(bye, 200)
            }
        }
    }

    @Test(
        "G1: what has no place gets the status that says so",
        arguments: [
            ("BYE", nil, [], 481), ("INFO", nil, [], 481), ("UPDATE", nil, [], 481), ("CANCEL", nil, [], 481),
            ("BYE", "nobody", [], 481), ("INVITE", "nobody", [], 481), ("NOTIFY", "nobody", [], 481),
            ("NOTIFY", nil, [], 481), ("MESSAGE", nil, [], 405), ("PRACK", nil, [], 481), ("REFER", nil, [], 405),
            ("DANCE", nil, [], 501), ("INVITE", nil, ["Require: precondition"], 420),
            ("OPTIONS", nil, ["Require: x"], 420),
        ] as [(String, String?, [String], Int)])
    func refusals(method: String, toTag: String?, headers: [String], status: Int) async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            var caller = phone.caller
            caller.toTag = toTag
            phone.send(caller.text(method, 1, headers))
            let response = try await phone.response()
            #expect(response.status == status && response.head.to.tag != nil)
            #expect((response.head["allow"] != nil) == (status == 405 || status == 501))
            if status == 420 { #expect(response.head["unsupported"] == headers.first.map { String($0.dropFirst(9)) }) }
            #expect(await bench.endpoint.statistics.serverTransactions == 0)
        }
    }

    @Test("G1: the same INVITE by another path gets 482 (RFC 3261 §8.2.2.2); a body that is no SDP 415")
    func merged() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            phone.send(phone.caller.text("INVITE", 1, branch: "z9hG4bK-one"))
            #expect(try await phone.response().status == 100)
            phone.send(phone.caller.text("INVITE", 1, branch: "z9hG4bK-two"))
            #expect(try await phone.response().status == 482)
            phone.send(phone.caller.text("INVITE", 2, type: "text/plain", body: "x"))
            let refused = try await phone.response()
            #expect(refused.status == 415 && refused.head["accept"] == "application/sdp")
        }
    }

    @Test("G1: an ACK is never answered, nor is garbage; both are counted")
    func silence() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            phone.send(phone.caller.text("ACK", 1))
            phone.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            phone.send([UInt8](repeating: 0xFF, count: 60_000))
            for keepAlive in ["\r\n\r\n", "\r\n\r\n\r\n\r\n", "\0\0\0\0\0\0\0\0", "   \r\n  "] { phone.send(keepAlive) }
            phone.send(
                "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
                    + "To: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 NOTIFY\r\n\r\n"
            )
            #expect(try await phone.hearsNothing())
            let statistics = await bench.endpoint.statistics
            #expect(statistics.malformed == 2 && statistics.strays == 2)
        }
    }

    @Test("F1: REGISTER is the user's; its answer is repeated; without one there is a 500 after 30 s")
    func register() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let register = phone.caller.text("REGISTER", 1)
            phone.send(register)
            let request = try await bench.user.requests.stream.first()
            #expect(request.flow == Flow(transport: .udp, local: bench.address, remote: phone.address))
            request.respond(
                request.request.response(423, adding: [HeaderField("Min-Expires", "60")]))
            request.respond(request.request.response(200))
            let response = try await phone.response()
            #expect(response.status == 423 && response.head.to.tag != nil)
            phone.send(register)
            #expect(try await phone.response() == response)
            phone.send(phone.caller.text("REGISTER", 2))
            _ = try await bench.user.requests.stream.first()
            await bench.advance(.seconds(30))
            #expect(try await phone.response().status == 500)
            await bench.advance(.seconds(32))
            #expect(await bench.endpoint.statistics.serverTransactions == 0)
        }
    }

    @Test(
        "G4: who has not proved who he is gets one answer and nothing is kept; asking again, the same (RFC 3261 §8.2.7)",
        arguments: [401, 403])
    func unproven(status: Int) async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            var tags: Set<String?> = []
            for _ in 1...2 {
                phone.send(phone.caller.text("INVITE", 1, branch: "z9hG4bK-again", body: Caller.offer))
                try await bench.user.calls.stream.first().reject(status)
                let refusal = try await phone.final()
                #expect(refusal.status == status)
                tags.insert(refusal.head.to.tag)
                phone.send(phone.caller.text("REGISTER", 2))
                let request = try await bench.user.requests.stream.first()
                request.respond(request.request.response(status))
                #expect(try await phone.final().status == status)
                await bench.advance(.seconds(4))
                #expect(try await phone.hearsNothing())
            }
            #expect(tags.count == 1 && tags.first != .some(nil))
            let statistics = await bench.endpoint.statistics
            #expect(statistics.serverTransactions == 0 && statistics.calls == 0 && statistics.retransmissions == 0)
        }
    }

    @Test("G1: while there are too many transactions, calls that are going on still end, and are acknowledged")
    func roomForDialogs() async throws {
        var limits = SIPLimits()
        limits.maximumTransactions = 3
        try await Bench.run(limits) { bench in
            let phone = try await bench.phone()
            let (caller, _, _) = try await bench.call(phone)
            let stranger = try await bench.phone()
            for number in 1...3 { stranger.send(stranger.caller.text("REGISTER", number)) }
            #expect(try await stranger.response().status == 503)
            phone.send(caller.text("BYE", 2))
            #expect(try await phone.response().status == 200)
            let statistics = await bench.endpoint.statistics
            #expect(statistics.calls == 0 && statistics.shed == 1)
        }
    }

    @Test("G1: more transactions than allowed get 503 with Retry-After; dialogs of before end, and later there is room")
    func tooManyTransactions() async throws {
        var limits = SIPLimits()
        limits.maximumTransactions = 2
        try await Bench.run(limits) { bench in
            let phone = try await bench.phone()
            for number in 1...2 {
                phone.send(phone.caller.text("REGISTER", number))
                let request = try await bench.user.requests.stream.first()
                request.respond(request.request.response(200))
                #expect(try await phone.response().status == 200)
            }
            for method in ["REGISTER", "INVITE", "SUBSCRIBE"] {
                phone.send(phone.caller.text(method, 3))
                let refused = try await phone.response()
                #expect(refused.status == 503 && refused.head["retry-after"] == "10")
            }
            let statistics = await bench.endpoint.statistics
            #expect(statistics.shed == 3 && statistics.serverTransactions == 2)
            await bench.advance(.seconds(32))
            phone.send(phone.caller.text("REGISTER", 4))
            _ = try await bench.user.requests.stream.first()
        }
    }

    @Test("G1: while draining, new work and OPTIONS get 503 with Retry-After and dialogs go on")
    func drain() async throws {
        try await Bench.run { bench in
            let (phone, other) = (try await bench.phone(), try await bench.phone())
            let (caller, _, _) = try await bench.call(phone)
            bench.endpoint.drain(retryAfter: 17)
            _ = await bench.endpoint.statistics  // behind the drain on the event loop
            for method in ["INVITE", "SUBSCRIBE", "REGISTER", "OPTIONS"] {
                other.send(other.caller.text(method, 1, ["Event: message-summary"]))
                let refused = try await other.response()
                #expect(refused.status == 503 && refused.head["retry-after"] == "17")
            }
            phone.send(caller.text("BYE", 2))
            #expect(try await phone.response().status == 200)
        }
    }

    @Test("F2: a request of ours goes over its flow and brings back the final response, or nil")
    func clientRequest() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            let flow = Flow(transport: .udp, local: bench.address, remote: phone.address)
            var notify = try phone.caller.request("NOTIFY", 1)
            notify.head.vias = []
            async let answered = bench.endpoint.request(notify, over: flow)
            let request = try await phone.request()
            #expect(request.head.vias.first?.branch?.hasPrefix("z9hG4bK") == true)
            phone.answer(request, 100)
            phone.answer(request, 202)
            #expect(await answered?.status == 202)
            async let unanswered = bench.endpoint.request(notify, over: flow)
            _ = try await phone.request()
            await bench.advance(.seconds(32))
            #expect(await unanswered == nil)
            let gone = Flow(transport: .tcp, local: bench.address, remote: phone.address)
            #expect(await bench.endpoint.request(notify, over: gone) == nil)
        }
    }
}
