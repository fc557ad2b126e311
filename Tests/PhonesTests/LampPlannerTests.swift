// The lamp planner as a transcript: events at given times and the actions that come of them (F2, F3, F4).

import Mailboxes
import SIP
import Testing

@testable import Mailboxes
@testable import Phones

private let box = MailboxID(rawValue: 100)
private let one = MessageCounts(new: 1)
private let two = MessageCounts(new: 2)

/// A planner, the clock in the test's hand, and the actions in words.
private struct Desk {
    var planner: LampPlanner
    var now = 1000.0

    init(_ limits: LampLimits = LampLimits()) { planner = LampPlanner(limits: limits) }

    mutating func take(_ event: LampEvent) -> [String] {
        planner.handle(event, now: now).map(words).sorted()
    }

    /// Moves the clock to the next deadline and lets it come.
    mutating func takeNextDeadline() -> [String] {
        guard let next = planner.nextDeadline else { return ["no deadline"] }
        now = next
        return take(.timePassed)
    }

    private func words(_ action: LampAction) -> String {
        switch action {
        case .read(let mailboxes): "read \(mailboxes.map { "\($0.rawValue)" }.joined(separator: "+"))"
        case .notify(let subscription, let counts): "notify #\(subscription.id.number) \(counts.new)/\(counts.saved)"
        case .send(let contact, let sending, let counts):
            "send(\(sending)) \(contact.uri.user ?? "") \(counts.new)/\(counts.saved)"
        case .terminate(let id, let reason): "terminate #\(id.number) \(reason)"
        }
    }
}

private func display(_ mailboxes: MailboxID..., unsolicited: UnsolicitedState? = nil) -> LampDisplay {
    LampDisplay(mailboxes: mailboxes, messageAccount: "sip:5001@example.org", unsolicited: unsolicited)
}

private func contact(
    _ user: String = "a", account: Int64 = 100, mailbox: MailboxID = box, port: UInt16 = 6000,
    habit: UnsolicitedState = .active
) -> LampContact {
    let binding = Binding(
        owner: AddressOfRecord(number: "\(account)", domain: Sample.domain),
        contact: NameAddress(uri: SIPURI(user: user, host: "192.0.2.7", port: port)), callID: "c", cseq: 1,
        expiresAt: 9999, flow: Sample.flow(port))
    return LampContact(
        binding, account: ExtensionID(rawValue: account), display: display(mailbox), habit: habit)
}

private func subscription(
    _ number: UInt64, _ user: String = "a", account: Int64 = 100, mailbox: MailboxID = box, port: UInt16 = 6000,
    isOwn: Bool = true
) -> LampSubscription {
    LampSubscription(
        id: .init(number: number), account: ExtensionID(rawValue: account),
        display: display(mailbox), isOwn: isOwn,
        contact: SIPURI(user: user, host: "192.0.2.7", port: port), flow: Sample.flow(port))
}

@Suite("F2 planning lamps")
struct LampPlannerTests {
    @Test("A registration reads the counts and tells the phone; a change tells it again")
    func registerThenChange() {
        var desk = Desk()
        #expect(desk.take(.registered(contact(), fresh: true)) == ["read 100"])
        #expect(desk.take(.read([box], MessageCounts())) == ["send(1) a 0/0"])
        #expect(desk.take(.answered(contact().id, sending: 1, .delivered)) == [])
        #expect(desk.take(.changed(box)) == ["read 100"])
        #expect(desk.take(.read([box], one)) == ["send(2) a 1/0"])
    }

    @Test("A subscription through a proxy tells its own phone alone, not the others behind that proxy")
    func proxied() {
        var desk = Desk()
        var through = subscription(1, "a")
        through.isProxied = true
        _ = desk.take(.subscribed(through))
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0"])
        _ = desk.take(.registered(contact("a"), fresh: true))
        _ = desk.take(.registered(contact("b"), fresh: true))
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0", "read 100"])
        #expect(desk.take(.read([box], one)) == ["send(1) b 1/0"])
    }

    @Test("A mailbox that nobody watches is not read")
    func nobody() {
        var desk = Desk()
        #expect(desk.take(.changed(box)) == [])
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.unregistered(contact().id))
        #expect(desk.take(.read([box], one)) == [])
        #expect(desk.take(.changed(box)) == [])
    }

    @Test("Changes during a read cause exactly one more read, and only counts read later are the last word")
    func coalescedReads() {
        var desk = Desk()
        _ = desk.take(.subscribed(subscription(1)))
        #expect(desk.take(.changed(box)) == [])
        #expect(desk.take(.changed(box)) == [])
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0", "read 100"])
        #expect(desk.take(.read([box], two)) == ["notify #1 2/0"])
        #expect(desk.take(.read([box], one)) == [])
    }

    @Test("One NOTIFY at a time to a phone: changes meanwhile are read anew when it has answered")
    func oneOutstanding() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.read([box], MessageCounts()))
        for count in 1...5 {
            #expect(desk.take(.changed(box)) == ["read 100"])
            #expect(desk.take(.read([box], MessageCounts(new: count))) == [])
        }
        #expect(desk.take(.answered(contact().id, sending: 1, .delivered)) == ["read 100"])
        #expect(desk.take(.read([box], MessageCounts(new: 5))) == ["send(2) a 5/0"])
        #expect(desk.take(.answered(contact().id, sending: 2, .delivered)) == [])
    }

    @Test("F3 one mailbox lights all its phones, each in its own way")
    func manyPhones() {
        var desk = Desk()
        _ = desk.take(.registered(contact("a"), fresh: true))
        _ = desk.take(.registered(contact("b", port: 6001), fresh: true))
        _ = desk.take(.subscribed(subscription(1, "c", account: 101, port: 6002, isOwn: false)))
        #expect(desk.take(.read([box], MessageCounts())) == ["read 100", "send(1) a 0/0"])
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0", "send(2) b 1/0"])
    }

    @Test("A phone that has subscribed is told by its subscription alone")
    func subscribedPhone() {
        var desk = Desk()
        _ = desk.take(.subscribed(subscription(1)))
        _ = desk.take(.read([box], MessageCounts()))
        _ = desk.take(.registered(contact(), fresh: true))
        #expect(desk.take(.read([box], MessageCounts())) == ["notify #1 0/0"])
        _ = desk.take(.changed(box))
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0"])
        // Ended and told: it has the right counts, later changes come outside a subscription.
        #expect(desk.take(.ended(.init(number: 1), told: true)) == [])
        _ = desk.take(.changed(box))
        #expect(desk.take(.read([box], two)) == ["send(1) a 2/0"])
    }

    @Test("A phone that forgot its subscription by a restart gets its lamp outside of it at once")
    func forgottenSubscription() {
        var desk = Desk()
        _ = desk.take(.subscribed(subscription(1)))
        _ = desk.take(.read([box], one))
        _ = desk.take(.registered(contact(), fresh: true))
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0"])
        #expect(desk.take(.ended(.init(number: 1), told: false)) == ["read 100"])
        #expect(desk.take(.read([box], one)) == ["send(1) a 1/0"])
    }

    @Test("A second subscription from the same contact to the same mailbox replaces the first")
    func replacedSubscription() {
        var desk = Desk()
        _ = desk.take(.subscribed(subscription(1)))
        _ = desk.take(.read([box], one))
        #expect(desk.take(.subscribed(subscription(3))) == ["read 100", "terminate #1 rejected"])
        #expect(desk.take(.read([box], one)) == ["notify #3 1/0"])
        let general = subscription(4, mailbox: MailboxID(rawValue: 200), isOwn: false)
        #expect(desk.take(.subscribed(general)) == ["read 200"])
    }

    @Test("The eleventh subscription of an account takes the place of the oldest")
    func boundedSubscriptions() {
        var desk = Desk()
        for number in 1...10 { _ = desk.take(.subscribed(subscription(UInt64(number), "u\(number)"))) }
        _ = desk.take(.read([box], one))
        _ = desk.take(.read([box], one))
        #expect(desk.take(.subscribed(subscription(11, "u11"))) == ["read 100", "terminate #1 rejected"])
    }

    @Test("A NOTIFY that gets no answer is tried again after 4, 8, 16, 32 and 64 s, with the counts of then")
    func retries() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.read([box], one))
        for (index, wait) in [4.0, 8, 16, 32, 64].enumerated() {
            let sending = UInt64(index + 1)
            #expect(desk.take(.answered(contact().id, sending: sending, .failed)) == [])
            #expect(desk.planner.nextDeadline == desk.now + wait)
            #expect(desk.take(.changed(box)) == [], "a phone that waits for its retry is not told in between")
            #expect(desk.takeNextDeadline() == ["read 100"])
            #expect(desk.take(.read([box], MessageCounts(new: index))) == ["send(\(sending + 1)) a \(index)/0"])
        }
        #expect(desk.take(.answered(contact().id, sending: 6, .failed)) == [])
        #expect(desk.planner.nextDeadline == nil)
        // One try for each later change, without retries, until the phone answers or registers.
        _ = desk.take(.changed(box))
        #expect(desk.take(.read([box], two)) == ["send(7) a 2/0"])
        #expect(desk.take(.answered(contact().id, sending: 7, .failed)) == [])
        #expect(desk.planner.nextDeadline == nil)
        #expect(desk.take(.registered(contact(), fresh: false)) == ["read 100"])
        #expect(desk.take(.read([box], two)) == ["send(8) a 2/0"])
        _ = desk.take(.answered(contact().id, sending: 8, .failed))
        #expect(desk.planner.nextDeadline == desk.now + 4)
    }

    @Test("A phone that refuses such NOTIFYs is not asked again and again")
    func refusal() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.read([box], one))
        _ = desk.take(.answered(contact().id, sending: 1, .refused))
        #expect(desk.planner.nextDeadline == nil)
    }

    @Test("A restarted phone is told at once, though an old NOTIFY to it still waits for an answer")
    func rebootDuringNotify() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.read([box], one))
        #expect(desk.take(.registered(contact(), fresh: true)) == ["read 100"])
        #expect(desk.take(.read([box], one)) == ["send(2) a 1/0"])
        #expect(desk.take(.answered(contact().id, sending: 1, .failed)) == [], "the old one no longer counts")
        #expect(desk.planner.nextDeadline == nil)
    }

    @Test("Refreshed registrations are told again, but not more than once in 30 s")
    func debouncedRefresh() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.read([box], one))
        _ = desk.take(.answered(contact().id, sending: 1, .delivered))
        desk.now += 10
        #expect(desk.take(.registered(contact(), fresh: false)) == [])
        #expect(desk.take(.registered(contact(), fresh: false)) == [])
        #expect(desk.takeNextDeadline() == ["read 100"])
        #expect(desk.now == 1030)
        #expect(desk.take(.read([box], one)) == ["send(2) a 1/0"])
        _ = desk.take(.answered(contact().id, sending: 2, .delivered))
        desk.now += 3600
        #expect(desk.take(.registered(contact(), fresh: false)) == ["read 100"])
    }

    @Test("After a start all registered phones are told, at the set pace")
    func restart() {
        var limits = LampLimits()
        limits.resendRate = 200
        var desk = Desk(limits)
        for number in 1...50 {
            let mailbox = MailboxID(rawValue: Int64(number))
            #expect(desk.take(.restored(contact("u\(number)", account: Int64(number), mailbox: mailbox))) == [])
        }
        var reads: [[String]] = []
        while desk.planner.nextDeadline != nil { reads.append(desk.takeNextDeadline()) }
        #expect(reads.map(\.count) == [20, 20, 10])
        #expect(Set(reads.joined()).count == 50)
        #expect(abs(desk.now - 1000.2) < 0.001)
    }

    @Test("F2 subscriptions of the last run are told at the set pace, one that is refreshed meanwhile at once")
    func resumed() {
        var limits = LampLimits()
        limits.resendRate = 10
        var desk = Desk(limits)
        for number: UInt64 in 1...3 {
            let mailbox = MailboxID(rawValue: Int64(number))
            let lamp = subscription(number, "u\(number)", account: Int64(number), mailbox: mailbox)
            #expect(desk.take(.resumed(lamp)) == [])
        }
        let origin = LampOrigin(contact: nil, flow: Sample.flow(), isProxied: false)
        #expect(desk.take(.refreshed(.init(number: 2), origin)) == ["read 2"])
        #expect(desk.take(.read([MailboxID(rawValue: 2)], one)) == ["notify #2 1/0"])
        #expect(desk.take(.refreshed(.init(number: 2), origin)) == [], "by the endpoint itself")
        let later = [desk.takeNextDeadline(), desk.takeNextDeadline(), desk.takeNextDeadline()]
        #expect(Set(later.joined()).isSuperset(of: ["read 1", "read 3"]) && !later.joined().contains("read 2"))
        #expect(abs(desk.now - 1000.1) < 0.15)
    }

    @Test("F2 a subscription whose connection is gone waits for its phone, which is told outside of it until then")
    func awaited() {
        var desk = Desk()
        var lost = subscription(1)
        lost.isAwaited = true
        _ = desk.take(.resumed(lost))
        #expect(desk.takeNextDeadline() == ["no deadline"])
        #expect(desk.take(.changed(box)) == ["read 100"])
        #expect(desk.take(.read([box], one)) == [])
        #expect(desk.take(.registered(contact(), fresh: true)) == ["read 100"])
        #expect(desk.take(.read([box], one)) == ["send(1) a 1/0"])
        _ = desk.take(.answered(contact().id, sending: 1, .delivered))
        let origin = LampOrigin(contact: contact().uri, flow: Sample.flow(6009), isProxied: false)
        #expect(desk.take(.refreshed(.init(number: 1), origin)) == ["read 100"])
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0"])
        #expect(desk.take(.changed(box)) == ["read 100"])
        #expect(desk.take(.read([box], two)) == ["notify #1 2/0"], "now by the subscription alone")
    }

    @Test("F2 a trunk is told for an account while none of its phones is known here")
    func trunk() {
        var desk = Desk()
        let pbx = trunkContact()
        _ = desk.take(.restored(pbx))
        #expect(desk.takeNextDeadline() == ["read 100"])
        #expect(desk.take(.read([box], one)) == ["send(1) 100 1/0"])
        _ = desk.take(.answered(pbx.id, sending: 1, .delivered))
        _ = desk.take(.registered(contact(), fresh: true))
        #expect(desk.take(.read([box], one)) == ["send(2) a 1/0"])
        _ = desk.take(.answered(contact().id, sending: 2, .delivered))
        _ = desk.take(.changed(box))
        #expect(desk.take(.read([box], two)) == ["send(3) a 2/0"])
        _ = desk.take(.answered(contact().id, sending: 3, .delivered))
        _ = desk.take(.unregistered(contact().id))
        #expect(desk.takeNextDeadline() == ["read 100"])
        #expect(desk.take(.read([box], two)) == ["send(4) 100 2/0"], "what it missed meanwhile")
        _ = desk.take(.answered(pbx.id, sending: 4, .delivered))
        _ = desk.take(.subscribed(subscription(1)))
        #expect(desk.take(.read([box], two)) == ["notify #1 2/0"])
        _ = desk.take(.ended(.init(number: 1), told: true))
        #expect(desk.takeNextDeadline() == ["read 100"])
        #expect(desk.take(.read([box], two)) == ["send(5) 100 2/0"])
    }

    @Test("F2 a trunk that does not know the phone now is told at each change, and asked again every ten minutes")
    func trunkRefuses() {
        var desk = Desk()
        let pbx = trunkContact()
        _ = desk.take(.restored(pbx))
        _ = desk.takeNextDeadline()
        _ = desk.take(.read([box], one))
        #expect(desk.take(.answered(pbx.id, sending: 1, .refused)) == [])
        #expect(desk.take(.changed(box)) == ["read 100"])
        #expect(desk.take(.read([box], two)) == ["send(2) 100 2/0"])
        let before = desk.now
        _ = desk.take(.answered(pbx.id, sending: 2, .refused))
        #expect(desk.takeNextDeadline() == ["read 100"])
        #expect(desk.now == before + 600)
        _ = desk.take(.read([box], two))
        _ = desk.take(.answered(pbx.id, sending: 3, .delivered))
        #expect(desk.takeNextDeadline() == ["no deadline"])
    }

    private func trunkContact() -> LampContact {
        LampContact(
            LampTrunk(domain: Sample.domain, address: HostPort(host: "192.0.2.20", port: 5060)), of: Sample.account(),
            display: display(box), habit: .active)
    }

    @Test("A registration that came after the start wins over the one from before it")
    func restoredLate() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.restored(contact(mailbox: MailboxID(rawValue: 7))))
        #expect(desk.take(.read([box], one)) == ["send(1) a 1/0"])
    }

    @Test("An account with another mailbox shows that one from now on, by both ways")
    func resettled() {
        var desk = Desk()
        let (account, other) = (ExtensionID(rawValue: 100), MailboxID(rawValue: 200))
        _ = desk.take(.registered(contact("a"), fresh: true))
        _ = desk.take(.read([box], one))
        _ = desk.take(.answered(contact("a").id, sending: 1, .delivered))
        _ = desk.take(.subscribed(subscription(1, "b", port: 6001)))
        _ = desk.take(.read([box], one))
        #expect(desk.take(.resettled(account, display(other))) == [])
        #expect(desk.takeNextDeadline() == ["read 200"])
        #expect(desk.take(.read([other], two)).contains { $0.hasSuffix("2/0") })
        #expect(desk.take(.read([other], two)).contains { $0.hasSuffix("2/0") })
        #expect(desk.take(.changed(box)) == [])
    }

    @Test("F3 a phone that shows several mailboxes is told their sum when any of them changes, by both ways")
    func aggregated() {
        var desk = Desk()
        let (account, group) = (ExtensionID(rawValue: 100), MailboxID(rawValue: 600))
        _ = desk.take(.registered(contact("a"), fresh: true))
        _ = desk.take(.subscribed(subscription(1, "b", port: 6001)))
        _ = desk.take(.subscribed(subscription(2, "c", mailbox: group, port: 6001, isOwn: false)))
        _ = desk.take(.read([box], one))
        _ = desk.take(.read([group], one))
        _ = desk.take(.answered(contact("a").id, sending: 1, .delivered))
        #expect(desk.take(.resettled(account, display(box, group))) == [])
        #expect(desk.takeNextDeadline() == ["read 100+600"])
        _ = desk.take(.read([box, group], two))
        _ = desk.take(.read([box, group], two))
        _ = desk.take(.answered(contact("a").id, sending: 2, .delivered))
        #expect(desk.take(.changed(box)) == ["read 100+600"])
        #expect(desk.take(.read([box, group], one)) == ["notify #1 1/0", "send(3) a 1/0"])
        _ = desk.take(.answered(contact("a").id, sending: 3, .delivered))
        #expect(desk.take(.changed(group)) == ["read 100+600", "read 600"], "who watches the group alone sees only it")
        #expect(desk.take(.read([group], two)) == ["notify #2 2/0"])
        #expect(desk.take(.read([box, group], two)) == ["notify #1 2/0", "send(4) a 2/0"])
    }

    @Test("F4 an account's own way of telling goes before that of the make; one that wants none is not told")
    func ways() {
        var desk = Desk()
        let account = ExtensionID(rawValue: 100)
        #expect(contact(habit: .terminated).unsolicited == .terminated)
        #expect(desk.take(.registered(contact(habit: .off), fresh: true)) == ["read 100"])
        #expect(desk.take(.read([box], one)) == [])
        _ = desk.take(.resettled(account, display(box, unsolicited: .active)))
        #expect(desk.takeNextDeadline() == ["read 100"])
        #expect(desk.take(.read([box], one)) == ["send(1) a 1/0"])
        _ = desk.take(.answered(contact().id, sending: 1, .delivered))
        _ = desk.take(.resettled(account, display(box, unsolicited: .off)))
        _ = desk.takeNextDeadline()
        #expect(desk.take(.read([box], two)) == [])
    }

    @Test("An extension that was removed has no lamps: its subscriptions end for good")
    func removed() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.subscribed(subscription(1, "b", port: 6001)))
        _ = desk.take(.read([box], one))
        #expect(desk.take(.removed(ExtensionID(rawValue: 100))) == ["terminate #1 noresource"])
        #expect(desk.take(.changed(box)) == [])
        #expect(desk.planner.contacts.isEmpty && desk.planner.watchers.isEmpty)
    }

    @Test("While the store does not answer the lamps wait, and get the counts when it does")
    func storeFailure() {
        var desk = Desk()
        _ = desk.take(.subscribed(subscription(1)))
        for wait in [1.0, 2, 4, 8, 16, 30, 30] {
            #expect(desk.take(.readFailed([box])) == [])
            #expect(desk.take(.changed(box)) == [])
            #expect(desk.planner.nextDeadline == desk.now + wait)
            #expect(desk.takeNextDeadline() == ["read 100"])
        }
        #expect(desk.take(.read([box], one)) == ["notify #1 1/0"])
        #expect(desk.planner.nextDeadline == nil)
    }

    @Test("Nothing is left behind when everybody has gone")
    func nothingLeft() {
        var desk = Desk()
        _ = desk.take(.registered(contact(), fresh: true))
        _ = desk.take(.subscribed(subscription(1, "b", port: 6001)))
        _ = desk.take(.read([box], one))
        _ = desk.take(.read([box], one))
        _ = desk.take(.unregistered(contact().id))
        _ = desk.take(.ended(.init(number: 1), told: true))
        #expect(desk.planner.contacts.isEmpty && desk.planner.subscriptions.isEmpty && desk.planner.watchers.isEmpty)
        #expect(desk.planner.readings.isEmpty && desk.planner.contactsOfAccount.isEmpty)
        #expect(desk.planner.subscriptionsOfAccount.isEmpty && desk.planner.nextDeadline == nil)
    }
}
