// Histories as RFC 7044 and the older RFC 4244 write them: who diverted, in which order, and why (A6).
import SeededNumbers
import Testing

@testable import SIP

@Suite("A6: History-Info (RFC 7044, RFC 4244)")
struct HistoryInfoTests {
    @Test("the tree of RFC 7131: bob diverted to carol, and carol to voicemail; contacts are not diversions")
    func marked() throws {
        let call = try #require(
            diversions(
                to: "sip:5001@192.0.2.6",
                "History-Info: <sip:101@example.com>;index=1,"
                    + " <sip:x9@192.0.2.4?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1",
                "History-Info: <sip:102@example.com;cause=302>;index=1.2;mp=1",
                "History-Info: <sip:y3@192.0.2.7?Reason=SIP%3Bcause%3D408>;index=1.2.1;rc=1.2",
                "History-Info: <sip:5001@example.com;cause=408>;index=1.3;mp=1.2,"
                    + "<sip:5001@192.0.2.6>;index=1.3.1;np=1.3"))
        #expect(call.isDiverted)
        #expect(told(call.parties) == ["102 noAnswer", "101 unconditional"])
        #expect(call.hints.isEmpty)
    }

    @Test("without a cause in the URI the Reason of the address that was tried tells why")
    func reasonOfTheContact() throws {
        let call = try #require(
            diversions(
                "History-Info: <sip:101@example.com>;index=1,"
                    + "<sip:x@192.0.2.4?Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%2C%20sorry%22>;index=1.1;rc=1,"
                    + "<sip:5001@example.org>;index=1.2;mp=1"))
        #expect(told(call.parties) == ["101 busy"])
    }

    @Test("mp that names a contact means the party behind it")
    func contact() throws {
        let call = try #require(
            diversions(
                "History-Info: <sip:101@example.com>;index=1,<sip:x9@192.0.2.4>;index=1.1;rc=1,"
                    + "<sip:5001@example.org;cause=486>;index=1.1.1;mp=1.1"))
        #expect(told(call.parties) == ["101 busy"])
    }

    @Test("a party of another branch did not divert this call")
    func otherBranch() throws {
        let call = try #require(
            diversions(
                "History-Info: <sip:101@a.b>;index=1,<sip:102@a.b;cause=302>;index=1.1;mp=1,"
                    + "<sip:103@a.b;cause=486>;index=1.1.1;mp=1.1,<sip:5001@a.b;cause=408>;index=1.2;mp=1"))
        #expect(told(call.parties) == ["101 noAnswer"])
    }

    @Test("RFC 4244: reasons in the addresses, no marks; raw quotes and blanks are read too")
    func unmarked() throws {
        let call = try #require(
            diversions(
                "History-Info: <sip:101@a.b?Reason=SIP;cause=302;text=\"Moved, twice\">;index=1,"
                    + " \"B\" <sip:102@a.b?Privacy=none&Reason=Q.850%3Bcause%3D17>; index=1.1, <sip:5001@a.b>;index=1.2"
            ))
        #expect(told(call.parties) == ["102 busy", "101 unconditional"])
    }

    @Test("a SIP reason counts before one of the telephone network")
    func severalReasons() throws {
        let call = try #require(
            diversions(
                "History-Info: <sip:101@a.b?Reason=Q.850%3Bcause%3D17&Reason=SIP%3Bcause%3D408>;index=1,"
                    + "<sip:5001@a.b>;index=1.1"))
        #expect(told(call.parties) == ["101 noAnswer"])
    }

    @Test("a history that ends with the party that diverted")
    func withoutUs() throws {
        let call = try #require(
            diversions(to: "sip:5001@a.b;cause=486", "History-Info: <sip:101@pbx.example>;index=1"))
        #expect(told(call.parties) == ["101 busy"])
        let reason = try #require(diversions("History-Info: <sip:101@a.b?Reason=SIP%3Bcause%3D480>;index=1"))
        #expect(told(reason.parties) == ["101 noAnswer"])
    }

    @Test("a change of address without a reason is a hint, and no change is nothing")
    func hints() throws {
        let translated = try #require(
            diversions("History-Info: <sip:+3120555101@a.b>;index=1,<sip:5001@a.b>;index=1.1"))
        #expect(!translated.isDiverted)
        #expect(told(translated.hints) == ["+3120555101 unknown"])
        let forwarded = try #require(diversions("History-Info: <sip:5001@a.b>;index=1,<sip:5001@10.0.0.1>;index=1.1"))
        #expect(!forwarded.isDiverted && forwarded.hints.isEmpty && forwarded.parties.isEmpty)
        let contact = try #require(diversions("History-Info: <sip:77@a.b>;index=1,<sip:5001@c.d>;index=1.1;rc=1"))
        #expect(!contact.isDiverted && contact.hints.isEmpty)
    }

    @Test(
        "Privacy: history, in an entry or of the whole call, withholds the number",
        arguments: ["Privacy: history", "Privacy: id;history", "Privacy: header", "Privacy: session"])
    func privacy(header: String) throws {
        let rest = ",<sip:5001@a.b;cause=486>;index=1.1;mp=1"
        let whole = try #require(diversions("History-Info: <sip:101@a.b>;index=1" + rest, header))
        #expect(whole.parties.map(\.isPrivate) == [true])
        let entry = try #require(diversions("History-Info: <sip:101@a.b?Privacy=history>;index=1" + rest))
        #expect(entry.parties.map(\.isPrivate) == [true])
        #expect(told(entry.parties) == ["101 busy"])
        let none = try #require(diversions("History-Info: <sip:101@a.b?Privacy=none>;index=1" + rest, "Privacy: id"))
        #expect(none.parties.map(\.isPrivate) == [false])
    }

    @Test("history counts before Diversion, and Diversion where the history names nobody")
    func precedence() throws {
        let diversion = "Diversion: <sip:102@a.b>;reason=user-busy"
        let both = try #require(
            diversions("History-Info: <sip:101@a.b>;index=1,<sip:5001@a.b;cause=408>;index=1.1;mp=1", diversion))
        #expect(told(both.parties) == ["101 noAnswer"])
        let empty = try #require(diversions("History-Info: <sip:5001@a.b>;index=1", diversion))
        #expect(told(empty.parties) == ["102 busy"])
    }

    @Test(
        "trees that lead nowhere or in circles end, and a mark alone makes the call diverted",
        arguments: ["mp=1.1", "mp=7", "mp=", "mp=1.1;mp=1.1", "mp"])
    func brokenTrees(mark: String) throws {
        let call = try #require(
            diversions("History-Info: <sip:5001@a.b>;index=1;rc=1.1,<sip:5001@a.b>;index=1.1;\(mark)"))
        #expect(call.isDiverted == (mark != "mp" && mark != "mp="), "a mark without a place is none")
        #expect(call.parties.isEmpty)
    }

    @Test("damaged histories and diversions are read without harm")
    func damaged() throws {
        var generator = SplitMix64(seed: 11)
        let line = Array(
            ("\"A, B\" <sip:101@a.b?Reason=SIP%3Bcause%3D486&Privacy=history>;index=1,<sip:5001@a.b;cause=408>;"
                + "index=1.1;mp=1;reason=\"no-answer\"").utf8)
        for _ in 0..<2_000 {
            let text = String(decoding: generator.damage(line), as: UTF8.self)
            var request = try #require(Wire.request(Wire.invite()))
            request.head.other = [HeaderField("History-Info", text), HeaderField("Diversion", text)]
            request.uri.parameters["target"] = text
            let call = Diversions(of: request)
            #expect(call.parties.count <= 64 && call.hints.count <= 65)
        }
    }
}
