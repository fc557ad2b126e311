// REFER as transcripts: what the peer's answer, its NOTIFYs and its silence come to (B1, RFC 3515).

import Testing

@testable import SIP

extension SessionTranscript {
    static let target = NameAddress(uri: SIPURI(user: "0", host: "192.0.2.9"))

    /// A call whose caller has been asked to call somebody else.
    static func referring() throws -> SessionTranscript {
        var call = try established()
        #expect(call.on(.refer(to: target)) == ["send REFER 1"])
        return call
    }

    mutating func notify(_ cseq: Int, _ line: String, state: String = "active;expires=60", event: String = "refer")
        throws -> [String]
    {
        try receive(
            "NOTIFY", cseq, ["Event: \(event)", "Subscription-State: \(state)"], type: "message/sipfrag;version=2.0",
            body: line)
    }
}

@Suite("Transfer by REFER (B1, C7)")
struct ReferralTests {
    @Test("REFER names the target and who sends the caller there; the final NOTIFY says that it has worked")
    func transferred() throws {
        var call = try SessionTranscript.established()
        guard case .refer(let refer)? = call.session.handle(.refer(to: SessionTranscript.target), now: .zero).first
        else { throw Caller.NotARequest(text: "no REFER") }
        #expect(refer.method == .refer && refer.head["refer-to"] == "<sip:0@192.0.2.9>")
        #expect(refer.head["referred-by"] == "<sip:5000@example.org>" && refer.head.to.tag == "caller")
        #expect(call.on(.referAnswered(202)) == [])
        #expect(try call.notify(2, "SIP/2.0 100 Trying") == ["200 NOTIFY"])
        #expect(try call.notify(3, "SIP/2.0 180 Ringing\r\n", event: "refer;id=1") == ["200 NOTIFY"])
        #expect(try call.notify(4, "SIP/2.0 200 OK\r\n", state: "terminated") == ["200 NOTIFY", "transferred"])
        #expect(call.on(.hangUp(reason: nil)) == ["ended hungUp", "send BYE 2"])
    }

    @Test("A target that does not take the call: its status comes back and the dialog goes on", arguments: [486, 603])
    func failed(status: Int) throws {
        var call = try SessionTranscript.referring()
        #expect(call.on(.referAnswered(202)) == [])
        let told = try call.notify(2, "SIP/2.0 \(status) No", state: "terminated;reason=noresource")
        #expect(told == ["200 NOTIFY", "not transferred \(status)"])
        #expect(call.wait(until: .seconds(200)) == [])
        #expect(try call.receive("INFO", 3, type: "application/dtmf", body: "1") == ["info application/dtmf"])
        #expect(call.on(.refer(to: SessionTranscript.target)) == ["send REFER 2"])
        #expect(call.on(.referAnswered(202)) == [])
        #expect(try call.notify(4, "SIP/2.0 200 OK", event: "refer;id=2") == ["200 NOTIFY", "transferred"])
    }

    @Test("A peer that refuses REFER, or says nothing to it, has not transferred")
    func rejected() throws {
        for (answer, told) in [(405, 405), (501, 501), (603, 603), (nil, 408)] as [(Int?, Int)] {
            var call = try SessionTranscript.referring()
            #expect(call.on(.referAnswered(answer)) == ["not transferred \(told)"])
            #expect(try call.receive("BYE", 2) == ["200 BYE", "ended bye", "closed"])
        }
    }

    @Test("A NOTIFY may overtake the 202")
    func overtaking() throws {
        var call = try SessionTranscript.referring()
        #expect(try call.notify(2, "SIP/2.0 200 OK", state: "terminated") == ["200 NOTIFY", "transferred"])
        #expect(call.on(.referAnswered(202)) == [])
        #expect(call.session.deadline == nil)
    }

    @Test("A peer that accepts and then tells nothing counts as transferred: after 10 s, after its last word 90 s")
    func silence() throws {
        var call = try SessionTranscript.referring()
        _ = call.on(.referAnswered(202))
        #expect(call.wait(until: .seconds(30)) == ["10.0 transferred"])
        var ringing = try SessionTranscript.referring()
        _ = ringing.on(.referAnswered(202))
        #expect(try ringing.notify(2, "SIP/2.0 180 Ringing") == ["200 NOTIFY"])
        #expect(ringing.wait(until: .seconds(100)) == ["90.0 transferred"])
        var over = try SessionTranscript.referring()
        #expect(
            try over.notify(2, "SIP/2.0 100 Trying", state: "terminated;reason=timeout") == [
                "200 NOTIFY", "transferred",
            ])
        var rejected = try SessionTranscript.referring()
        #expect(
            try rejected.notify(2, "", state: "terminated;reason=rejected") == ["200 NOTIFY", "not transferred 603"])
    }

    @Test("A peer that hangs up after it has accepted went where it was sent; before that it just hung up")
    func hangUp() throws {
        var call = try SessionTranscript.referring()
        _ = call.on(.referAnswered(202))
        #expect(try call.receive("BYE", 2) == ["200 BYE", "transferred", "ended bye", "closed"])
        var early = try SessionTranscript.referring()
        #expect(try early.receive("BYE", 2) == ["200 BYE", "ended bye", "closed"])
    }

    @Test("REFER waits for the ACK of our 200")
    func beforeACK() throws {
        var call = try SessionTranscript.answered()
        #expect(call.on(.refer(to: SessionTranscript.target)) == [])
        #expect(try call.notify(2, "SIP/2.0 200 OK") == ["481 NOTIFY"])
        #expect(try call.receive("ACK", 1) == ["acknowledged", "send REFER 1"])
    }

    @Test("NOTIFYs of other events get 489, of no REFER of ours 481, and what says nothing is only answered")
    func strays() throws {
        var call = try SessionTranscript.established()
        #expect(try call.notify(2, "SIP/2.0 200 OK") == ["481 NOTIFY"])
        _ = call.on(.refer(to: SessionTranscript.target))
        #expect(try call.notify(3, "SIP/2.0 200 OK", event: "presence") == ["489 NOTIFY"])
        #expect(try call.notify(4, "SIP/2.0 200 OK", event: "refer;id=7") == ["481 NOTIFY"])
        #expect(try call.notify(5, "nonsense") == ["200 NOTIFY"])
        #expect(try call.notify(6, "") == ["200 NOTIFY"])
        #expect(try call.notify(7, "SIP/2.0 200 OK") == ["200 NOTIFY", "transferred"])
        #expect(try call.notify(8, "SIP/2.0 200 OK") == ["481 NOTIFY"])
    }
}
