// Offers and digits inside an INVITE dialog.

import Testing

@testable import SIP

struct OfferTests {
    @Test("G1: re-INVITE: the user's answer goes out as a 200 that is repeated until its ACK")
    func reinvite() throws {
        var call = try SessionTranscript.established()
        #expect(try call.receive("INVITE", 2, body: Caller.offer) == ["offer 2"])
        #expect(try call.on(.verdict(.accept(call.description), sequence: 2)) == ["200 INVITE"])
        #expect(call.wait(until: .milliseconds(600)) == ["0.5 200 INVITE"])
        #expect(try call.receive("ACK", 2) == ["acknowledged"])
        #expect(call.session.deadline == nil)
    }

    @Test("G1: a re-INVITE without offer asks for ours; its ACK brings the answer")
    func reinviteWithoutOffer() throws {
        var call = try SessionTranscript.established()
        #expect(try call.receive("INVITE", 2) == ["asks offer 2"])
        #expect(try call.on(.verdict(.accept(call.description), sequence: 2)) == ["200 INVITE"])
        #expect(try call.receive("ACK", 2, body: Caller.offer) == ["acknowledged with answer"])
    }

    @Test("G1: UPDATE with an offer is answered once, without ACK; UPDATE without one only refreshes the target")
    func update() throws {
        var call = try SessionTranscript.established()
        #expect(try call.receive("UPDATE", 2, body: Caller.offer) == ["offer 2"])
        #expect(try call.on(.verdict(.accept(call.description), sequence: 2)) == ["200 UPDATE"])
        #expect(call.session.deadline == nil)
        call.caller.address = "192.0.2.99:5080"
        #expect(try call.receive("UPDATE", 3) == ["200 UPDATE"])
        #expect(call.session.dialog.remoteTarget.host == "192.0.2.99")
    }

    @Test("G1: a refused offer leaves the session and its target as they were")
    func refused() throws {
        var call = try SessionTranscript.established()
        call.caller.address = "192.0.2.99:5080"
        #expect(try call.receive("INVITE", 2, body: Caller.offer) == ["offer 2"])
        #expect(call.on(.verdict(.reject(488, []), sequence: 2)) == ["488 INVITE"])
        #expect(call.session.dialog.remoteTarget.host == "192.0.2.1")
        #expect(try call.on(.verdict(.accept(call.description), sequence: 2)) == [])
    }

    @Test("G1: a second offer before the first is answered gets 500 with Retry-After (RFC 3261 §14.2)")
    func overlap() throws {
        var call = try SessionTranscript.established()
        #expect(try call.receive("INVITE", 2, body: Caller.offer) == ["offer 2"])
        #expect(try call.receive("INVITE", 3, body: Caller.offer) == ["500 INVITE retry-after"])
        #expect(try call.receive("UPDATE", 4, body: Caller.offer) == ["500 UPDATE retry-after"])
        #expect(try call.on(.verdict(.accept(call.description), sequence: 2)) == ["200 INVITE"])
    }

    @Test("G1: an offer while ours waits for its answer gets 491")
    func glare() throws {
        var call = try SessionTranscript.answered(body: "")
        #expect(try call.receive("UPDATE", 2, body: Caller.offer) == ["491 UPDATE"])
        #expect(try call.receive("INVITE", 3, body: Caller.offer) == ["491 INVITE"])
        #expect(try call.receive("ACK", 1, body: Caller.offer) == ["acknowledged with answer"])
    }

    @Test("G1: a re-INVITE overtaking the ACK of an answered offer stands for it")
    func overtakingACK() throws {
        var call = try SessionTranscript.answered()
        #expect(try call.receive("INVITE", 2, body: Caller.offer) == ["acknowledged", "offer 2"])
        #expect(try call.receive("ACK", 1) == [])
    }

    @Test("G1: an offer that nobody judges gets 500 after 10 s; one that is cancelled or hung up on, 487")
    func abandoned() throws {
        var forgotten = try SessionTranscript.established()
        _ = try forgotten.receive("INVITE", 2, body: Caller.offer)
        #expect(forgotten.wait(until: .seconds(20)) == ["10.0 500 INVITE"])
        var cancelled = try SessionTranscript.established()
        _ = try cancelled.receive("INVITE", 2, body: Caller.offer)
        let key = try ServerTransactionKey.of(cancelled.caller.request("INVITE", 2))
        #expect(cancelled.on(.cancelled(key)) == ["487 INVITE"])
        var hungUp = try SessionTranscript.established()
        _ = try hungUp.receive("INVITE", 2, body: Caller.offer)
        #expect(try hungUp.receive("BYE", 3) == ["487 INVITE", "200 BYE", "ended bye", "closed"])
    }

    @Test("G1: bodies that are no SDP get 415 with Accept, an unreadable description 400")
    func bodies() throws {
        var call = try SessionTranscript.established()
        #expect(try call.receive("INVITE", 2, type: "text/plain", body: "hello") == ["415 INVITE accept"])
        #expect(try call.receive("INVITE", 3, ["Content-Encoding: gzip"], body: Caller.offer) == ["415 INVITE"])
        #expect(try call.receive("INVITE", 4, body: "nonsense") == ["400 INVITE"])
        #expect(
            try call.receive("INVITE", 5, type: "Application/SDP; charset=utf-8", body: Caller.offer) == ["offer 5"])
    }

    @Test("G2: INFO: digits are delivered, other bodies get 415, packages 469, none 200")
    func info() throws {
        var call = try SessionTranscript.established()
        let relay = "Signal=1\r\nDuration=160"
        #expect(
            try call.receive("INFO", 2, type: "application/dtmf-relay", body: relay) == ["info application/dtmf-relay"])
        #expect(try call.receive("INFO", 3, type: "Application/DTMF", body: "5") == ["info application/dtmf"])
        #expect(try call.receive("INFO", 4, type: "application/media_control+xml", body: "<x/>") == ["415 INFO accept"])
        #expect(try call.receive("INFO", 5) == ["200 INFO"])
        #expect(try call.receive("INFO", 6, ["Info-Package: x"]) == ["469 INFO recv-info"])
    }
}
