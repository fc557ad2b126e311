// The tests of RFC 4475 and RFC 5118 through the whole endpoint, by datagram and by stream (G1). After each of them it
// is as alive as before.

import Testing

@testable import SIP

@Suite("G1: torture")
struct TortureTests {
    private static let all = TortureCase.valid + TortureCase.invalid + TortureCase.beyondSyntax

    @Test("RFC 4475, by datagram", arguments: all)
    func datagram(_ torture: TortureCase) async throws {
        try await Bench.run { try await run(torture, torture.byDatagram, phone: $0.phone(), $0) }
    }

    @Test("RFC 4475, by stream", arguments: all.filter(\.goesByStream))
    func stream(_ torture: TortureCase) async throws {
        try await Bench.run { try await run(torture, torture.byStream, phone: $0.connection(), $0) }
    }

    @Test("RFC 5118, by datagram", arguments: TortureCase.internetProtocol6)
    func datagram6(_ torture: TortureCase) async throws {
        try await Bench.run(host: "::1") { try await run(torture, torture.byDatagram, phone: $0.phone(), $0) }
    }

    @Test("RFC 5118, by stream", arguments: TortureCase.internetProtocol6)
    func stream6(_ torture: TortureCase) async throws {
        try await Bench.run(host: "::1") { try await run(torture, torture.byStream, phone: $0.connection(), $0) }
    }

    private func run(_ torture: TortureCase, _ verdict: TortureCase.Verdict, phone: Phone, _ bench: Bench) async throws
    {
        phone.send(torture.bytes(port: phone.address.port))
        switch verdict {
        case .taken(let isRight):
            let request = try await taken(torture, bench)
            #expect(isRight(request), "\(request)")
            #expect(try await phone.final().status == 404)
        case .answered(let status, let isRight):
            let response = try await phone.final()
            #expect(response.status == status && isRight(response), "\(response)")
        case .ignored, .hasNone: break
        case .closes: return try await expectEnd(of: phone, bench)
        }
        #expect(try await phone.hearsNothing())
        if case .taken = verdict { return }
        #expect(await bench.endpoint.statistics.serverTransactions == 0)
    }

    /// Whatever is still missing of its message does not come in time.
    private func expectEnd(of phone: Phone, _ bench: Bench) async throws {
        let other = try await bench.phone()
        #expect(try await other.hearsNothing())
        await bench.advance(.seconds(10))
        try await phone.closed()
        #expect(try await other.hearsNothing())
        #expect(await bench.endpoint.statistics.serverTransactions == 0)
    }

    /// What came to the user, answered with 404.
    private func taken(_ torture: TortureCase, _ bench: Bench) async throws -> SIPRequest {
        if torture.text.hasPrefix("REGISTER") {
            let request = try await bench.user.requests.stream.first()
            request.respond(request.request.response(404))
            return request.request
        }
        let call = try await bench.user.calls.stream.first()
        call.reject(404)
        return call.request
    }
}
