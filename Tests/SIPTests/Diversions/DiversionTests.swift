// What an INVITE says about its having been diverted (A6), header by header, as PBXs and the RFCs write it.
import Testing

@testable import SIP

/// Who diverted and why, short enough to compare.
func told(_ parties: [DivertingParty]) -> [String] { parties.map { "\($0.number ?? "-") \($0.reason)" } }

func diversions(to uri: String = "sip:5001@example.org", _ headers: String...) -> Diversions? {
    let bytes = Wire.message(
        "INVITE \(uri) SIP/2.0", replacing: ["To: <sip:5001@example.org>"], adding: headers)
    return Wire.request(bytes).map(Diversions.init)
}

@Suite("A6: Diversion headers (RFC 5806)")
struct DiversionTests {
    @Test("a call that nobody diverted says so")
    func plain() throws {
        let call = try #require(diversions())
        #expect(!call.isDiverted)
        #expect(call.target == nil && call.parties.isEmpty && call.hints.isEmpty)
    }

    @Test("several headers and comma lists, the last diverting party first")
    func order() throws {
        let call = try #require(
            diversions(
                "Diversion: \"Front, Desk\" <sip:103@pbx.example;user=phone>;reason=no-answer;counter=1",
                "Diversion: <sip:102@pbx.example>;reason=user-busy , <tel:+31205551101>;reason=\"unconditional\""))
        #expect(call.isDiverted)
        #expect(told(call.parties) == ["103 noAnswer", "102 busy", "+31205551101 unconditional"])
        #expect(call.reason == .noAnswer)
    }

    @Test(
        "every reason, quoted or not",
        arguments: [
            ("user-busy", DivertingReason.busy), ("no-answer", .noAnswer), ("unconditional", .unconditional),
            ("deflection", .unconditional), ("follow-me", .unconditional), ("time-of-day", .outOfHours),
            ("do-not-disturb", .busy), ("unavailable", .unavailable), ("out-of-service", .unavailable),
            ("away", .unavailable), ("unknown", .unknown), ("send_to_vm", .unknown), ("No-Answer", .noAnswer),
        ])
    func reasons(text: String, reason: DivertingReason) throws {
        for written in [text, "\"\(text)\""] {
            let call = try #require(diversions("Diversion: <sip:101@pbx.example>; reason = \(written)"))
            #expect(call.parties.map(\.reason) == [reason])
        }
    }

    @Test(
        "privacy: full and uri withhold the number, and it is known all the same",
        arguments: [("full", true), ("\"uri\"", true), ("name", false), ("off", false)])
    func privacy(value: String, isPrivate: Bool) throws {
        let call = try #require(diversions("Diversion: <sip:101@pbx.example>;privacy=\(value);screen=yes"))
        #expect(call.parties.map(\.isPrivate) == [isPrivate])
        #expect(call.parties.map(\.number) == ["101"])
    }

    @Test("parameters of the number and a missing bracket do no harm")
    func sloppy() throws {
        let call = try #require(
            diversions("Diversion: sip:101@pbx.example;reason=user-busy", "Diversion: <sip:102;phone-context=x@a.b>"))
        #expect(told(call.parties) == ["101 busy", "102 unknown"])
    }

    @Test(
        "a header that cannot be read makes nobody a diverting party, but the call stays diverted",
        arguments: ["<sip:101", "nonsense", "<sip:>", "\"<sip:101@a.b>", ";;;", "<sip:%zz@a.b>;reason=user-busy"])
    func unreadable(value: String) throws {
        let call = try #require(diversions("Diversion: \(value)"))
        #expect(call.isDiverted)
        #expect(call.parties.isEmpty)
    }

    @Test("an unreadable value does not hide the ones beside it")
    func damagedNeighbour() throws {
        let call = try #require(diversions("Diversion: <sip:bad@@x y>, <sip:101@pbx.example>;reason=no-answer"))
        #expect(told(call.parties) == ["101 noAnswer"])
    }

    @Test("no more than 64 are read")
    func bounded() throws {
        let list = (1...100).map { "<sip:\($0)@a.b>" }.joined(separator: ",")
        let call = try #require(diversions("Diversion: \(list)", "Diversion: \(list)"))
        #expect(call.parties.count == 64)
        #expect(call.parties.first?.number == "1")
    }
}

@Suite("A6: voicemail URIs (RFC 4458)")
struct VoicemailURITests {
    @Test(
        "the target names the mailbox and the cause why",
        arguments: [
            ("target=sip:+15555551002%40example.com%3Buser=phone;cause=486", "+15555551002", DivertingReason.busy),
            ("target=sip:101%40pbx.example;cause=408", "101", .noAnswer),
            ("target=sip%3a101%40pbx.example;cause=302", "101", .unconditional),
            ("cause=600;target=tel:+15555551002%3Bext=7", "+15555551002", .busy),
            ("target=101", "101", .unknown), ("target=sip:101;cause=503", "101", .unavailable),
            ("target=101%40pbx.example%3A5070;cause=480", "101", .noAnswer),
            ("target=sip:101%40a.b;cause=99999999999999999999", "101", .unknown),
        ])
    func target(parameters: String, number: String, reason: DivertingReason) throws {
        let call = try #require(diversions(to: "sip:5001@example.org;\(parameters)"))
        #expect(call.isDiverted)
        #expect(call.target?.number == number)
        #expect(call.target?.reason == reason)
    }

    @Test(
        "causes", arguments: [(404, DivertingReason.unavailable), (487, .noAnswer), (486, .busy), (200, .unknown)])
    func causes(cause: Int, reason: DivertingReason) throws {
        let call = try #require(diversions(to: "sip:101@example.org;cause=\(cause)"))
        #expect(call.isDiverted && call.target == nil)
        #expect(call.reason == reason)
    }

    @Test("380 is a number that was translated, not a diversion (RFC 8119)")
    func translated() throws {
        #expect(try #require(diversions(to: "sip:101@example.org;cause=380")).isDiverted == false)
    }

    @Test("a target that cannot be read leaves the call diverted", arguments: ["target", "target=sip:", "target=%20"])
    func unreadable(parameter: String) throws {
        let call = try #require(diversions(to: "sip:5001@example.org;\(parameter)"))
        #expect(call.isDiverted)
        #expect(call.target == nil)
    }

    @Test("a target without a cause takes the reason that the headers give")
    func reasonFromHeaders() throws {
        let call = try #require(
            diversions(to: "sip:5001@example.org;target=101", "Diversion: <sip:101@a.b>;reason=time-of-day"))
        #expect(call.target?.reason == .outOfHours)
    }

    @Test("To is a hint where it differs from the Request-URI")
    func toHeader() throws {
        let bytes = Wire.message("INVITE sip:5001@example.org SIP/2.0", replacing: ["To: <sip:101@example.org>"])
        let call = try #require(Wire.request(bytes).map(Diversions.init))
        #expect(!call.isDiverted)
        #expect(told(call.hints) == ["101 unknown"])
    }
}
