// A flood of what strangers send, a small one (`make bench` has a large one with media): a call goes on between its
// waves, and nothing of it is left behind.

import SeededNumbers
import Testing

@testable import SIP

@Suite("G1: floods")
struct FloodTests {
    @Test("Bytes, broken messages and requests by the thousand: the call in between is served, and nothing is kept")
    func junk() async throws {
        try await Bench.run { bench in
            let (phone, stranger) = (try await bench.phone(), try await bench.phone())
            let (caller, _, _) = try await bench.call(phone)
            var generator = SplitMix64(seed: 7)
            let valid = Array(stranger.caller.text("OPTIONS", 1).utf8)
            for wave in 1...40 {
                for _ in 1...50 {
                    stranger.send((0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) })
                    stranger.send(generator.damage(valid))
                }
                phone.send(caller.text("UPDATE", 1 + wave))
                #expect(try await phone.response().status == 200)
            }
            var statistics = await bench.endpoint.statistics
            #expect(statistics.calls == 1 && statistics.malformed > 1_000 && statistics.shed == 0)
            #expect(statistics.serverTransactions <= 41)
            await bench.advance(.seconds(32))
            statistics = await bench.endpoint.statistics
            #expect(statistics.serverTransactions == 0)
            phone.send(caller.text("BYE", 100))
            #expect(try await phone.response().status == 200)
        }
    }

    @Test("Past its calls and subscriptions it says 503 with the time to wait, and takes new ones when there is room")
    func recovery() async throws {
        var limits = SIPLimits()
        limits.maximumCalls = 2
        limits.maximumSubscriptions = 0
        limits.retryAfter = 17
        try await Bench.run(limits) { bench in
            let phones = [try await bench.phone(), try await bench.phone()]
            var callers: [Caller] = []
            for phone in phones { callers.append(try await bench.call(phone).caller) }
            let late = try await bench.phone()
            for method in ["INVITE", "SUBSCRIBE"] {
                late.send(late.caller.text(method, 1, ["Event: message-summary"]))
                let refused = try await late.response()
                #expect(refused.status == 503 && refused.head["retry-after"] == "17")
            }
            phones[0].send(callers[0].text("BYE", 2))
            #expect(try await phones[0].response().status == 200)
            late.send(late.caller.text("INVITE", 2, body: Caller.offer))
            try await bench.user.calls.stream.first().reject(486)
            #expect(try await late.final().status == 486)
        }
    }
}
