// Early media as transcripts: 183 with and without PRACK, and all the ways in which the call goes on (B8, RFC 3262).

import Testing

@testable import SIP

extension SessionTranscript {
    /// An invitation whose caller has been sent our 183.
    static func early(_ headers: [String] = ["Supported: timer, 100rel"]) throws -> SessionTranscript {
        var call = try SessionTranscript(headers)
        let isReliable = headers.contains { $0.contains("100rel") }
        #expect(try call.on(.progress(call.description)) == [isReliable ? "183 INVITE rseq" : "183 INVITE"])
        return call
    }

    /// What the PRACK of the 183 has to name.
    var rack: String {
        get throws { "RAck: \(try #require(session.early?.unacknowledged).number) 1 INVITE" }
    }
}

@Suite("Early media (B8)")
struct EarlyMediaTests {
    @Test("183 with our description, PRACK, 200 with the same description, ACK")
    func wholeCall() throws {
        var call = try SessionTranscript(["Supported: 100rel"])
        let told = call.session.handle(.progress(try call.description), now: .zero)
        guard case .respond(let progress, _)? = told.first else { throw Caller.NotARequest(text: "no response") }
        #expect(progress.status == 183 && progress.head.to.tag == "ours")
        #expect(progress.head["require"] == "100rel" && progress.head["content-type"] == "application/sdp")
        #expect(progress.head.contacts == [.address(.ours)] && progress.head.body == Array(Caller.offer.utf8))
        #expect(try call.receive("PRACK", 2, [call.rack]) == ["200 PRACK"])
        #expect(call.wait(until: .seconds(100)) == [])
        let accepted = call.session.handle(.accept, now: call.now)
        guard case .respond(let success, _)? = accepted.first else { throw Caller.NotARequest(text: "no response") }
        #expect(success.status == 200 && success.head.body == progress.head.body && success.head["rseq"] == nil)
        #expect(accepted.map(\.text) == ["200 INVITE", "accepted"])
        #expect(try call.receive("ACK", 1) == ["acknowledged"])
        #expect(try call.receive("BYE", 3) == ["200 BYE", "ended bye", "closed"])
    }

    @Test("Without PRACK the 183 comes again at intervals that double, and after 64*T1 the call gets 504")
    func lostPRACK() throws {
        var call = try SessionTranscript.early(["Require: 100rel"])
        let repeats = ["0.5", "1.5", "3.5", "7.5", "15.5", "31.5"].map { "\($0) 183 INVITE rseq" }
        let told = call.wait(until: .seconds(40))
        #expect(told == repeats + ["32.0 504 INVITE", "32.0 ended noAck", "32.0 closed"])
    }

    @Test("The 200 waits for the PRACK: no answer goes out while one may be lost (RFC 3262 §3)")
    func acceptBeforePRACK() throws {
        var call = try SessionTranscript.early()
        #expect(call.on(.accept) == [])
        #expect(call.wait(until: .milliseconds(600)) == ["0.5 183 INVITE rseq"])
        #expect(try call.receive("PRACK", 2, [call.rack]) == ["200 PRACK", "200 INVITE", "accepted"])
    }

    @Test("A PRACK that names no 183 of ours gets 481, and so does one that comes twice")
    func wrongPRACK() throws {
        var call = try SessionTranscript.early()
        let right = try call.rack
        let number = try #require(call.session.early?.unacknowledged).number
        for (index, wrong) in ["", "RAck: \(number + 1) 1 INVITE", "RAck: \(number) 2 INVITE", "RAck: \(number) 1 BYE"]
            .enumerated()
        {
            #expect(try call.receive("PRACK", 2 + index, wrong.isEmpty ? [] : [wrong]) == ["481 PRACK"])
        }
        #expect(try call.receive("PRACK", 10, [right]) == ["200 PRACK"])
        #expect(try call.receive("PRACK", 11, [right]) == ["481 PRACK"])
        var plain = try SessionTranscript()
        #expect(try plain.receive("PRACK", 2, ["RAck: 1 1 INVITE"]) == ["481 PRACK"])
    }

    @Test("A caller without 100rel gets a 183 that is said again each minute, and the 200 at once")
    func unreliable() throws {
        var call = try SessionTranscript.early([])
        #expect(call.wait(until: .seconds(130)) == ["60.0 183 INVITE", "120.0 183 INVITE"])
        #expect(call.on(.accept) == ["200 INVITE", "accepted"])
        #expect(try call.receive("ACK", 1) == ["acknowledged"])
        #expect(call.session.deadline == nil)
    }

    @Test("CANCEL and BYE end it as given up, a stop with 503, our hanging up and a rejection by their status")
    func endings() throws {
        var cancelled = try SessionTranscript.early()
        let key = try ServerTransactionKey.of(cancelled.caller.request("INVITE", 1))
        #expect(cancelled.on(.cancelled(key)) == ["487 INVITE", "ended cancelled", "closed"])
        var left = try SessionTranscript.early()
        #expect(try left.receive("BYE", 2) == ["200 BYE", "487 INVITE", "ended cancelled", "closed"])
        var stopped = try SessionTranscript.early()
        #expect(stopped.on(.stop) == ["503 INVITE", "ended stopped", "closed"])
        var hungUp = try SessionTranscript.early()
        #expect(hungUp.on(.hangUp(reason: nil)) == ["480 INVITE", "ended hungUp", "closed"])
        var rejected = try SessionTranscript.early()
        #expect(rejected.on(.reject(486, reason: nil, [])) == ["486 INVITE", "ended hungUp", "closed"])
        var forgotten = try SessionTranscript.early([])
        #expect(
            forgotten.wait(until: .seconds(200)).suffix(3) == [
                "180.0 480 INVITE", "180.0 ended unanswered", "180.0 closed",
            ])
    }

    @Test("Keys by INFO are taken before the answer")
    func keys() throws {
        var call = try SessionTranscript.early()
        #expect(try call.receive("INFO", 2, type: "application/dtmf", body: "1") == ["info application/dtmf"])
    }

    @Test("Once the 183 is acknowledged an UPDATE may bring a new offer, and the 200 says what was agreed then")
    func updateBeforeAnswer() throws {
        var call = try SessionTranscript.early()
        #expect(try call.receive("UPDATE", 2, body: Caller.offer) == ["500 UPDATE retry-after"])
        #expect(try call.receive("PRACK", 3, [call.rack]) == ["200 PRACK"])
        #expect(try call.receive("UPDATE", 4, body: Caller.offer) == ["offer 4"])
        #expect(call.on(.accept) == [])
        var held = try call.description
        held.attributes = [.init("sendonly")]
        let told = call.session.handle(.verdict(.accept(held), sequence: 4), now: .zero)
        #expect(told.map(\.text) == ["200 UPDATE", "200 INVITE", "accepted"])
        guard case .respond(let success, _) = told[1] else { throw Caller.NotARequest(text: "no response") }
        #expect(success.head.body == held.encoded())
    }

    @Test("A PRACK may bring an offer; its 200 brings the answer, and one that nobody judges gets 500 after 10 s")
    func offerInPRACK() throws {
        var call = try SessionTranscript.early()
        #expect(try call.receive("PRACK", 2, [call.rack], body: Caller.offer) == ["offer 2"])
        #expect(try call.on(.verdict(.accept(call.description), sequence: 2)) == ["200 PRACK"])
        var forgotten = try SessionTranscript.early()
        #expect(try forgotten.receive("PRACK", 2, [forgotten.rack], body: Caller.offer) == ["offer 2"])
        #expect(forgotten.wait(until: .seconds(20)) == ["10.0 500 PRACK"])
    }

    @Test("Who demands 100rel is not told of ringing by a response that nobody acknowledges")
    func ringing() throws {
        var call = try SessionTranscript(["Require: 100rel"])
        #expect(call.on(.ring) == [])
        #expect(try call.on(.answer(call.description)) == ["200 INVITE"])
    }
}
