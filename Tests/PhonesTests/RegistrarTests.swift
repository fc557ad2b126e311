// The registrar as a transcript: REGISTERs at given times, and what they make of the bindings (F1).

import Mailboxes
import SIP
import Testing

@testable import Mailboxes
@testable import Phones

/// A registrar with one account, and the clock in the test's hand.
private struct Desk {
    var registrar = Registrar(limits: RegistrarLimits())
    let account = Sample.account()
    var now = 1000.0

    mutating func take(_ request: SIPRequest, by flow: Flow = Sample.flow()) -> Registrar.Verdict {
        let verdict = registrar.judge(request, of: account, by: flow, now: now)
        if case .changed(let change) = verdict { registrar.commit(change, of: account.id) }
        return verdict
    }

    /// What a query would list: the contact and the seconds that are left.
    var listed: [String] {
        registrar.bindings(of: account.id, now: now).map { "\($0.contact.uri) \(Int($0.expiresAt - now))" }
    }
}

private func status(_ verdict: Registrar.Verdict) -> Int {
    if case .refused(let status, _) = verdict { status } else { 200 }
}

@Suite("F1 the registrar")
struct RegistrarTests {
    @Test("A contact lives as long as its own parameter, else the Expires header, else an hour")
    func expirySources() throws {
        var desk = Desk()
        _ = desk.take(
            try Sample.register(
                ["<sip:a@192.0.2.7>;expires=120", "<sip:b@192.0.2.7>", "<sip:c@192.0.2.7>;expires=soon"],
                expires: "300"))
        #expect(desk.listed == ["sip:a@192.0.2.7 120", "sip:b@192.0.2.7 300", "sip:c@192.0.2.7 300"])
        desk.now += 100
        #expect(desk.listed.first == "sip:a@192.0.2.7 20")
        _ = desk.take(try Sample.register(["<sip:d@192.0.2.7>"], cseq: 2))
        #expect(desk.listed.last == "sip:d@192.0.2.7 3600")
    }

    @Test("Too short a time is refused with 423 and the minimum, too long a one is cut")
    func expiryLimits() throws {
        var desk = Desk()
        let verdict = desk.take(try Sample.register(expires: "59"))
        #expect(verdict == .refused(status: 423, headers: [HeaderField("Min-Expires", "60")]))
        #expect(desk.listed.isEmpty)
        _ = desk.take(try Sample.register(expires: "99999999999999999999"))
        #expect(desk.listed == ["sip:100@192.0.2.7:6000 7200"])
    }

    @Test(
        "A phone that sends from another port than it listens at is reached where it listens, unless it asks for rport")
    func asymmetric() throws {
        for (asksForPort, port) in [(false, 6_000), (true, 49_500)] as [(Bool, UInt16)] {
            var desk = Desk()
            _ = desk.take(try Sample.register(asksForPort: asksForPort), by: Sample.flow(49_500))
            let binding = try #require(desk.registrar.bindings(of: desk.account.id, now: desk.now).first)
            #expect(binding.flow == Sample.flow(port))
            // It is known by where it sends from all the same, and so it is after a restart.
            #expect(binding.source == (asksForPort ? nil : HostPort(host: "192.0.2.7", port: 49_500)))
            #expect(Binding(try binding.stored(for: desk.account.id)) == binding)
        }
    }

    @Test("A phone behind proxies is reached by the Path that they name (RFC 3327), also after a restart")
    func path() throws {
        var desk = Desk()
        var request = try Sample.register(vias: 2)
        request.head.other += [
            HeaderField("Path", "<sip:p1.example.org;lr>, <sip:p2.example.org;lr;received=sip:192.0.2.7%3A6000>"),
            HeaderField("Path", "<sip:edge.example.org;lr>"),
        ]
        _ = desk.take(request, by: Sample.flow(5060, host: "198.51.100.9"))
        let binding = try #require(desk.registrar.bindings(of: desk.account.id, now: desk.now).first)
        #expect(binding.path.map(\.uri.host) == ["p1.example.org", "p2.example.org", "edge.example.org"])
        let restored = try #require(Binding(try binding.stored(for: desk.account.id)))
        #expect(restored == binding)
        #expect(RegisteredContact(restored).routes == binding.path)
        let display = LampDisplay(mailboxes: [], messageAccount: "sip:5001@example.org")
        let notify = UnsolicitedNotify.request(
            to: LampContact(restored, account: desk.account.id, display: display, habit: .active),
            summary: MessageSummary(account: "sip:5001@example.org", counts: MessageCounts()), state: "active",
            origin: binding.contact, token: "0123456789abcdef0123")
        #expect(notify.routes == binding.path)
        #expect(notify.uri == binding.contact.uri)

        request.head.other = [HeaderField("Path", "<sip:other.example.org;lr>")]
        request.head.cseq.number += 1
        guard case .changed(let change) = desk.take(request, by: binding.flow) else {
            Issue.record("not taken")
            return
        }
        #expect(change.fresh.count == 1, "by another way its lamp may be wrong")
    }

    @Test(
        "A Path that is none, or endless, is a bad request",
        arguments: ["<sip:a", "<tel:123>", Array(repeating: "<sip:a.example.org;lr>", count: 9).joined(separator: ",")])
    func badPath(value: String) throws {
        var desk = Desk()
        var request = try Sample.register(vias: 2)
        request.head.other.append(HeaderField("Path", value))
        #expect(status(desk.take(request)) == 400)
    }

    @Test("A query changes nothing")
    func query() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register())
        #expect(desk.take(try Sample.register([], cseq: 2)) == .listed)
        #expect(desk.listed == ["sip:100@192.0.2.7:6000 3600"])
    }

    @Test("A star with Expires 0 removes everything; with anything else it is a bad request")
    func star() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register(["<sip:a@192.0.2.7>", "<sip:b@192.0.2.8>"]))
        #expect(status(desk.take(try Sample.register(["*"], cseq: 2))) == 400)
        #expect(status(desk.take(try Sample.register(["*"], cseq: 2, expires: "60"))) == 400)
        #expect(status(desk.take(try Sample.register(["*", "<sip:a@192.0.2.7>"], cseq: 2, expires: "0"))) == 400)
        #expect(desk.listed.count == 2)
        #expect(status(desk.take(try Sample.register(["*"], cseq: 1, expires: "0"))) == 500)
        #expect(desk.listed.count == 2)
        guard case .changed(let change) = desk.take(try Sample.register(["*"], cseq: 2, expires: "0")) else {
            Issue.record("not removed")
            return
        }
        #expect(change.removed.count == 2)
        #expect(desk.listed.isEmpty)
    }

    @Test("A REGISTER that was overtaken by a later one is refused and changes nothing at all")
    func order() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register(cseq: 7))
        let late = try Sample.register(["<sip:new@192.0.2.7>", "<sip:100@192.0.2.7:6000>;expires=0"], cseq: 6)
        #expect(status(desk.take(late)) == 500)
        #expect(status(desk.take(try Sample.register(cseq: 7))) == 500)
        #expect(desk.listed == ["sip:100@192.0.2.7:6000 3600"])
        #expect(status(desk.take(try Sample.register(callID: "other", cseq: 1))) == 200)
    }

    @Test("One bad contact among good ones leaves all as it was")
    func allOrNothing() throws {
        var desk = Desk()
        let verdict = desk.take(try Sample.register(["<sip:a@192.0.2.7>", "<sip:b@192.0.2.7>;expires=5"]))
        #expect(status(verdict) == 423)
        #expect(desk.listed.isEmpty)
        let many = (0...10).map { "<sip:a\($0)@192.0.2.7>" }
        #expect(status(desk.take(try Sample.register(many))) == 403)
        #expect(desk.listed.isEmpty)
    }

    @Test("The same contact written otherwise is the same binding, and the old writing is told as gone")
    func equivalence() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register(["<sip:100@phone.example.org;transport=udp>"]))
        guard
            case .changed(let change) = desk.take(
                try Sample.register(["<sip:100@PHONE.example.org;Transport=UDP>"], cseq: 2))
        else {
            Issue.record("not taken")
            return
        }
        #expect(change.bindings.count == 1)
        #expect(change.refreshed.count == 1)
        #expect(change.removed.allSatisfy { $0.contact.uri != change.bindings.first?.contact.uri })
    }

    @Test("A contact is removed by expires=0, also when it is not there")
    func removal() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register(["<sip:a@192.0.2.7>", "<sip:b@192.0.2.8>"]))
        _ = desk.take(try Sample.register(["<sip:a@192.0.2.7>;expires=0"], cseq: 2))
        #expect(desk.listed == ["sip:b@192.0.2.8 3600"])
        #expect(status(desk.take(try Sample.register(["<sip:z@192.0.2.7>"], cseq: 3, expires: "0"))) == 200)
        #expect(desk.listed == ["sip:b@192.0.2.8 3600"])
    }

    @Test("Bindings run out by themselves, and the account comes up when they do")
    func runningOut() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register(["<sip:a@192.0.2.7>;expires=60", "<sip:b@192.0.2.8>;expires=90"]))
        #expect(desk.registrar.nextExpiry == 1060)
        #expect(desk.registrar.popExpired(now: 1059) == nil)
        desk.now = 1060
        #expect(desk.listed == ["sip:b@192.0.2.8 30"])
        #expect(desk.registrar.popExpired(now: 1060) == desk.account.id)
        let change = desk.registrar.expiry(of: desk.account.id, now: 1060)
        #expect(change.removed.map(\.contact.uri.user) == ["a"])
        desk.registrar.commit(change, of: desk.account.id)
        #expect(desk.registrar.nextExpiry == 1090)
    }

    @Test("A phone that restarts and forgets its Call-ID leaves nothing behind")
    func restartedPhone() throws {
        var desk = Desk()
        for start in 1...5 {
            _ = desk.take(try Sample.register(["<sip:100-\(start)@192.0.2.7:6000>"], callID: "start-\(start)"))
        }
        #expect(desk.listed == ["sip:100-5@192.0.2.7:6000 3600"])
    }

    @Test("A phone that names its instance leaves nothing behind even from another port")
    func restartedInstance() throws {
        var desk = Desk()
        let instance = "+sip.instance=\"<urn:uuid:1>\""
        for start in 1...5 {
            let contact = "<sip:100@192.0.2.7:\(6000 + start)>;\(instance)"
            _ = desk.take(
                try Sample.register([contact], callID: "start-\(start)"), by: Sample.flow(UInt16(6000 + start), .tcp))
        }
        #expect(desk.listed == ["sip:100@192.0.2.7:6005 3600"])
        _ = desk.take(
            try Sample.register(["<sip:100@192.0.2.7:7000>;\(instance);reg-id=2"], callID: "second"),
            by: Sample.flow(7000, .tcp))
        #expect(desk.listed.count == 2)
    }

    @Test("Two phones behind one proxy, and two contacts from one socket, stay apart")
    func neighbours() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register(["<sip:a@10.0.0.1>"], callID: "one", vias: 2))
        _ = desk.take(try Sample.register(["<sip:b@10.0.0.1>"], callID: "two", vias: 2))
        #expect(desk.listed.count == 2)
        _ = desk.take(try Sample.register(["<sip:c@10.0.0.1:7001>"], callID: "three"))
        _ = desk.take(try Sample.register(["<sip:d@10.0.0.1:7002>"], callID: "four"))
        #expect(desk.listed.count == 4)
    }

    @Test("The eleventh contact takes the place of the one that was refreshed longest ago")
    func bounded() throws {
        var desk = Desk()
        for number in 0..<10 {
            _ = desk.take(try Sample.register(["<sip:p\(number)@192.0.2.\(number)>"], callID: "p\(number)"))
        }
        _ = desk.take(try Sample.register(["<sip:p0@192.0.2.0>"], callID: "p0", cseq: 2))
        guard case .changed(let change) = desk.take(try Sample.register(["<sip:new@192.0.2.99>"], callID: "new")) else {
            Issue.record("not taken")
            return
        }
        #expect(desk.listed.count == 10)
        #expect(change.removed.map(\.contact.uri.user) == ["p1"])
        #expect(change.fresh.map(\.contact.uri.user) == ["new"])
    }

    @Test("A refresh is told from a restart: same Call-ID and flow, or not")
    func freshness() throws {
        var desk = Desk()
        func fresh(_ verdict: Registrar.Verdict) -> Bool? {
            if case .changed(let change) = verdict { !change.fresh.isEmpty } else { nil }
        }
        #expect(fresh(desk.take(try Sample.register())) == true)
        #expect(fresh(desk.take(try Sample.register(cseq: 2))) == false)
        #expect(fresh(desk.take(try Sample.register(callID: "after-reboot"))) == true)
        #expect(
            fresh(desk.take(try Sample.register(callID: "after-reboot", cseq: 2), by: Sample.flow(6001))) == true)
    }

    @Test("What the store keeps of a binding makes the same binding again")
    func storedForm() throws {
        var desk = Desk()
        _ = desk.take(try Sample.register(["<sip:100@192.0.2.7:6000;line=x>;+sip.instance=\"<urn:uuid:1>\""]))
        let binding = try #require(desk.registrar.bindings(of: desk.account.id, now: desk.now).first)
        let stored = try binding.stored(for: desk.account.id)
        #expect(Binding(stored) == binding)
        var broken = stored
        broken.flow = "{}"
        #expect(Binding(broken) == nil)
    }
}
