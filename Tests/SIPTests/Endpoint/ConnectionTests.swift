// TCP: framing, keep-alives, and connections that take without giving.

import Logging
import Testing

@testable import SIP

struct ConnectionTests {
    @Test("G1: a message in pieces and two in one piece are framed; CRLF CRLF is answered with CRLF")
    func framing() async throws {
        try await Bench.run { bench in
            let phone = try await bench.connection()
            let text = phone.caller.text("OPTIONS", 1)
            phone.send(String(text.prefix(40)))
            phone.send(String(text.dropFirst(40)) + phone.caller.text("OPTIONS", 2))
            #expect(try await phone.response().head.cseq.number == 1)
            #expect(try await phone.response().head.cseq.number == 2)
            phone.send("\r\n\r\n")
            #expect(try await phone.message() == [0x0D, 0x0A])
        }
    }

    @Test("G1: connections that say nothing, or never end their message, are closed after 10 s; others stay")
    func halfOpen() async throws {
        try await Bench.run { bench in
            let (silent, slow, good) = (
                try await bench.connection(), try await bench.connection(), try await bench.connection()
            )
            for phone in [slow, good] {
                phone.send(phone.caller.text("OPTIONS", 1))
                #expect(try await phone.response().status == 200)
            }
            let long = slow.caller.text("OPTIONS", 3)
            // The answer to the second OPTIONS says that the beginning of the third has been read as well.
            slow.send(slow.caller.text("OPTIONS", 2) + long.prefix(20))
            #expect(try await slow.response().head.cseq.number == 2)
            await bench.advance(.seconds(5))
            slow.send(String(long.dropFirst(20).prefix(20)))
            await bench.advance(.seconds(5))
            try await silent.closed()
            try await slow.closed()
            #expect(try await good.hearsNothing())
            #expect(await bench.endpoint.statistics.connectionsDropped == 2)
            await bench.advance(.seconds(4_001))
            try await good.closed()
            #expect(try await bench.allConnectionsEnd())
        }
    }

    @Test("G1: a flood of connections from one address is refused beyond its share")
    func flood() async throws {
        var limits = SIPLimits()
        limits.maximumConnectionsPerAddress = 3
        try await Bench.run(limits) { bench in
            var phones: [Phone] = []
            for _ in 0..<3 {
                let phone = try await bench.connection()
                phone.send(phone.caller.text("OPTIONS", 1))
                #expect(try await phone.response().status == 200)
                phones.append(phone)
            }
            try await bench.connection().closed()
            #expect(await bench.endpoint.statistics.connectionsRefused == 1)
            #expect(try await phones.first?.hearsNothing() == true)
        }
    }

    @Test("G1: a flood of connections from anywhere is refused beyond what is allowed in all; datagrams go on")
    func floodInAll() async throws {
        var limits = SIPLimits()
        limits.maximumConnections = 2
        try await Bench.run(limits) { bench in
            let first = try await bench.connection()
            first.send(first.caller.text("OPTIONS", 1))
            #expect(try await first.response().status == 200)
            let second = try await bench.connection()
            second.send(second.caller.text("OPTIONS", 1))
            #expect(try await second.response().status == 200)
            try await bench.connection().closed()
            #expect(await bench.endpoint.statistics.connectionsRefused == 1)
            #expect(try await bench.phone().hearsNothing())
            #expect(try await first.hearsNothing())
        }
    }

    enum Garbage: String, CaseIterable {
        case anotherProtocol = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        case withoutLength = "OPTIONS sip:x@y SIP/2.0\r\nCall-ID: 1\r\n\r\n"
        case tooLong = "OPTIONS sip:x@y SIP/2.0\r\nContent-Length: 70000\r\n\r\n"
        case endless = "OPTIONS sip:x@y SIP/2.0\r\nX: "
    }

    @Test(
        "G1: what is not SIP, is too large or has no Content-Length closes the connection", arguments: Garbage.allCases)
    func garbage(_ garbage: Garbage) async throws {
        let text = garbage.rawValue + (garbage == .endless ? String(repeating: "x", count: 70_000) : "")
        try await Bench.run { bench in
            let phone = try await bench.connection()
            phone.send(text)
            try await phone.closed()
            let statistics = await bench.endpoint.statistics
            #expect(statistics.malformed == 1 && statistics.connectionsDropped == 1)
        }
    }

    @Test("G1: a peer that asks and never reads the answers is closed, and only he")
    func slowReader() async throws {
        try await Bench.run { bench in
            let greedy = try await Phone(connectedTo: bench.address, receiveBuffer: 4_096)
            let good = try await bench.connection()
            greedy.stopReading()
            let burst = (1...200).map { greedy.caller.text("OPTIONS", $0, branch: "z9hG4bK\($0)") }.joined()
            while await bench.endpoint.statistics.connectionsDropped == 0 {
                greedy.send(burst)
                #expect(try await good.hearsNothing())
            }
            #expect(try await good.hearsNothing())
            #expect(await bench.endpoint.statistics.openConnections == 1)
        }
    }

    @Test("F2: a request over a connection fails as soon as the connection is gone")
    func lostConnection() async throws {
        try await Bench.run { bench in
            let phone = try await bench.connection()
            phone.send(phone.caller.text("REGISTER", 1))
            let flow = try await bench.user.requests.stream.first().flow
            #expect(flow.transport == .tcp && flow.remote == phone.address)
            async let response = bench.endpoint.request(try phone.caller.request("NOTIFY", 1), over: flow)
            _ = try await phone.request()
            phone.close()
            #expect(try await response == nil)
        }
    }

    @Test("G1: an address in use is refused with its name, and nothing keeps listening")
    func addressInUse() async throws {
        try await Bench.run { bench in
            await #expect(throws: SIPEndpointError.self) {
                let configuration = SIPEndpointConfiguration(listen: [
                    HostPort(host: "127.0.0.1", port: 0), bench.address,
                ])
                _ = try await SIPEndpoint(configuration: configuration, logger: Logger(label: "test")).start(bench.user)
            }
            await #expect(throws: SIPEndpointError.alreadyStarted) {
                _ = try await bench.endpoint.start(bench.user)
            }
        }
    }
}
