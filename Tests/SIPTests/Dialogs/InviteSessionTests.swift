// INVITE dialogs as transcripts: an event at a time on the left, what the session wants done on the right.

import Testing

@testable import SIP

/// A session under test, its caller and its clock.
struct SessionTranscript {
    var session: InviteSession
    var caller = Caller()
    var now = Duration.zero

    init(
        body: String = Caller.offer, _ headers: [String] = [], timing: SessionTiming = SessionTiming()
    ) throws {
        let invite = try caller.request("INVITE", 1, headers, body: body)
        let dialog = try #require(DialogState(answering: invite, localTag: "ours", contact: .ours))
        session = InviteSession(
            invite: invite, transaction: try .of(invite), dialog: dialog, answerBy: .seconds(180), timing: timing)
        caller.toTag = "ours"
    }

    /// Answered at 0 s, not acknowledged yet.
    static func answered(body: String = Caller.offer) throws -> SessionTranscript {
        var transcript = try SessionTranscript(body: body)
        #expect(try transcript.on(.answer(transcript.description)) == ["200 INVITE"])
        return transcript
    }

    static func established() throws -> SessionTranscript {
        var transcript = try answered()
        #expect(try transcript.receive("ACK", 1) == ["acknowledged"])
        return transcript
    }

    var description: SessionDescription {
        get throws { try SessionDescription(parsing: Array(Caller.offer.utf8)) }
    }

    mutating func on(_ event: InviteSession.Event) -> [String] {
        session.handle(event, now: now).map(\.text)
    }

    mutating func receive(
        _ method: String, _ cseq: Int, _ headers: [String] = [], type: String? = nil, body: String = ""
    ) throws -> [String] {
        let request = try caller.request(method, cseq, headers, type: type, body: body)
        return on(method == "ACK" ? .acknowledged(request) : .request(request, try .of(request)))
    }

    /// Runs the session on its own deadlines until `end`.
    mutating func wait(until end: Duration) -> [String] {
        var told: [String] = []
        while let due = session.deadline, due <= end {
            now = due
            told += on(.time).map {
                "\(due.components.seconds).\(due.components.attoseconds / 100_000_000_000_000_000) \($0)"
            }
        }
        now = end
        return told
    }
}

extension InviteSession.Action {
    var text: String {
        switch self {
        case .respond(let response, _):
            let extra = ["retry-after", "accept", "recv-info", "rseq", "min-se"].filter { response.head[$0] != nil }
            let timer = response.head["session-expires"].map { ["timer \($0)"] } ?? []
            let required = timer.isEmpty ? [] : response.head["require"].map { ["require \($0)"] } ?? []
            return ([String(response.status), response.head.cseq.method.rawValue] + extra + timer + required)
                .joined(separator: " ")
        case .accepted: return "accepted"
        case .refresh(let request):
            return "send \(request.method) \(request.head.cseq.number) \(request.head["session-expires"] ?? "-")"
        case .acknowledge(let request): return "send ACK \(request.head.cseq.number)"
        case .refer(let request): return "send \(request.method) \(request.head.cseq.number)"
        case .referred(.transferred): return "transferred"
        case .referred(.failed(let status)): return "not transferred \(status)"
        case .bye(let request): return "send \(request.method) \(request.head.cseq.number)"
        case .acknowledged(let description): return description == nil ? "acknowledged" : "acknowledged with answer"
        case .offer(let description, let sequence):
            return description == nil ? "asks offer \(sequence)" : "offer \(sequence)"
        case .info(let type, _, _): return "info \(type)"
        case .ended(let reason): return "ended \(reason)"
        case .closed: return "closed"
        }
    }
}

struct InviteSessionTests {
    @Test("G1: ring, answer, ACK, BYE")
    func wholeCall() throws {
        var call = try SessionTranscript()
        #expect(call.on(.ring) == ["180 INVITE"])
        #expect(try call.on(.answer(call.description)) == ["200 INVITE"])
        #expect(try call.receive("ACK", 1) == ["acknowledged"])
        #expect(call.session.deadline == nil)
        #expect(try call.receive("BYE", 2) == ["200 BYE", "ended bye", "closed"])
        #expect(try call.receive("BYE", 3) == [])
    }

    @Test("G1: the 200 names our Contact, our tag and what we allow, and copies the Record-Route")
    func success() throws {
        var call = try SessionTranscript(["Record-Route: <sip:10.0.0.1;lr>"])
        guard case .respond(let response, _)? = try call.session.handle(.answer(call.description), now: .zero).first
        else { throw Caller.NotARequest(text: "no response") }
        #expect(response.head.to.tag == "ours")
        #expect(response.head.contacts == [.address(.ours)])
        #expect(response.head.recordRoutes.map(\.uri.host) == ["10.0.0.1"])
        #expect(response.head.tokens(of: "allow").contains("update"))
        #expect(response.head["content-type"] == "application/sdp")
        #expect(response.head.body == Array(Caller.offer.utf8))
    }

    @Test("G1: a 200 without ACK is repeated at T1 doubling to T2; after 64*T1 the call ends with BYE")
    func lostACK() throws {
        var call = try SessionTranscript.answered()
        let told = call.wait(until: .seconds(40))
        let repeats = ["0.5", "1.5", "3.5", "7.5", "11.5", "15.5", "19.5", "23.5", "27.5", "31.5"]
        #expect(told == repeats.map { "\($0) 200 INVITE" } + ["32.0 ended noAck", "32.0 send BYE 1"])
        #expect(call.on(.byeFinished) == ["closed"])
    }

    @Test("G1: an ACK counts once, and only with the CSeq number of its INVITE")
    func acknowledgement() throws {
        var call = try SessionTranscript.answered()
        #expect(try call.receive("ACK", 2) == [])
        #expect(try call.receive("ACK", 1) == ["acknowledged"])
        #expect(try call.receive("ACK", 1) == [])
        #expect(call.wait(until: .seconds(40)) == [])
    }

    @Test("G1: late offer: the ACK brings the answer; without or with an unreadable one there is none")
    func lateOffer() throws {
        var call = try SessionTranscript.answered(body: "")
        #expect(try call.receive("ACK", 1, body: Caller.offer) == ["acknowledged with answer"])
        for body in ["", "nonsense"] {
            var other = try SessionTranscript.answered(body: "")
            #expect(try other.receive("ACK", 1, body: body) == ["acknowledged"])
        }
    }

    @Test("G1: CANCEL before the answer: 487; after it: nothing")
    func cancel() throws {
        var call = try SessionTranscript()
        let key = try ServerTransactionKey.of(call.caller.request("INVITE", 1))
        #expect(call.on(.cancelled(key)) == ["487 INVITE", "closed"])
        #expect(try call.on(.answer(call.description)) == [])
        var answered = try SessionTranscript.answered()
        #expect(answered.on(.cancelled(key)) == [])
    }

    @Test("G1: BYE in the early dialog: 200, and 487 for the INVITE")
    func earlyBye() throws {
        var call = try SessionTranscript()
        #expect(call.on(.ring) == ["180 INVITE"])
        #expect(try call.receive("BYE", 2) == ["200 BYE", "487 INVITE", "closed"])
    }

    @Test("G1: in the early dialog a second INVITE, an offer and INFO are too early, an UPDATE without offer is not")
    func earlyRequests() throws {
        var call = try SessionTranscript()
        #expect(try call.receive("INVITE", 2, body: Caller.offer) == ["500 INVITE retry-after"])
        #expect(try call.receive("UPDATE", 3, body: Caller.offer) == ["500 UPDATE retry-after"])
        #expect(try call.receive("UPDATE", 4) == ["200 UPDATE"])
        #expect(try call.receive("INFO", 5, type: "application/dtmf", body: "1") == ["500 INFO retry-after"])
        #expect(try call.on(.answer(call.description)) == ["200 INVITE"])
    }

    @Test("G1: a rejection is final; a status that is none becomes 500; nobody answering becomes 480")
    func rejection() throws {
        var call = try SessionTranscript()
        #expect(call.on(.reject(404, reason: nil, [])) == ["404 INVITE", "closed"])
        #expect(call.on(.ring) == [])
        var odd = try SessionTranscript()
        #expect(odd.on(.reject(200, reason: nil, [])) == ["500 INVITE", "closed"])
        var forgotten = try SessionTranscript()
        #expect(forgotten.wait(until: .seconds(200)) == ["180.0 480 INVITE", "180.0 closed"])
    }

    @Test("G1: hanging up after the ACK sends BYE at once; a crossing BYE is answered")
    func hangUp() throws {
        var call = try SessionTranscript.established()
        #expect(call.on(.hangUp(reason: nil)) == ["ended hungUp", "send BYE 1"])
        #expect(try call.receive("INFO", 2) == ["481 INFO"])
        #expect(try call.receive("BYE", 3) == ["200 BYE"])
        #expect(call.on(.byeFinished) == ["closed"])
    }

    @Test("G1: hanging up before the ACK waits for it, at most until the 200 is given up (RFC 3261 §15)")
    func hangUpBeforeACK() throws {
        var call = try SessionTranscript.answered()
        #expect(call.on(.hangUp(reason: nil)) == ["ended hungUp"])
        #expect(call.wait(until: .milliseconds(500)) == ["0.5 200 INVITE"])
        #expect(try call.receive("ACK", 1) == ["send BYE 1"])
        var lost = try SessionTranscript.answered()
        _ = lost.on(.hangUp(reason: nil))
        #expect(lost.wait(until: .seconds(40)).last == "32.0 send BYE 1")
        var crossing = try SessionTranscript.answered()
        _ = crossing.on(.hangUp(reason: nil))
        #expect(try crossing.receive("BYE", 2) == ["200 BYE", "closed"])
    }

    @Test("G1: a 200 that cannot be sent ends the call; a stop ends it with BYE, an invitation with 503")
    func failures() throws {
        var unsent = try SessionTranscript.answered()
        #expect(unsent.on(.transportFailed) == ["ended transportFailed", "closed"])
        var stopped = try SessionTranscript.established()
        #expect(stopped.on(.stop) == ["send BYE 1", "ended stopped", "closed"])
        var invited = try SessionTranscript()
        #expect(invited.on(.stop) == ["503 INVITE", "closed"])
    }

    @Test("G1: a CSeq number that is not above the last gets 500 and is not run")
    func outOfOrder() throws {
        var call = try SessionTranscript.established()
        #expect(try call.receive("OPTIONS", 7) == ["200 OPTIONS"])
        #expect(try call.receive("BYE", 6) == ["500 BYE"])
        #expect(try call.receive("INVITE", 7, body: Caller.offer) == ["500 INVITE"])
        #expect(try call.receive("BYE", 8) == ["200 BYE", "ended bye", "closed"])
    }
}
