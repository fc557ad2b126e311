// What a SUBSCRIBE has to be, whose mailbox it means, and what a NOTIFY looks like (F2, F4).

import Mailboxes
import SIP
import Testing

@testable import Mailboxes
@testable import Phones

private let rules = SubscribeRules(limits: LampLimits(), pilotNumbers: ["5001", "*97"])

private func verdict(_ headers: [(String, String)]) -> SubscribeRules.Verdict {
    rules.judge(Sample.request(.subscribe, headers: headers.map { HeaderField($0.0, $0.1) }))
}

@Suite("F2 subscribing to a lamp")
struct SubscribeRulesTests {
    @Test(
        "Only message-summary can be subscribed to; 489 says so",
        arguments: ["presence", "dialog", "message-summary.winfo", "message-summaryx", "", nil])
    func otherPackage(event: String?) {
        #expect(
            verdict(event.map { [("Event", $0)] } ?? [])
                == .refused(status: 489, headers: [HeaderField("Allow-Events", "message-summary")]))
    }

    @Test("The event may have parameters", arguments: ["message-summary", "Message-Summary ; id=7"])
    func rightPackage(event: String) {
        #expect(verdict([("Event", event)]) == .granted(expires: 3600))
    }

    @Test(
        "Accept has to include the summary or not be there",
        arguments: [
            ("application/simple-message-summary", true),
            ("text/plain, application/simple-message-summary;q=0.5", true),
            ("application/*", true), ("*/*", true), ("application/pidf+xml", false), ("", false),
        ])
    func accept(value: String, isGranted: Bool) {
        let result = verdict([("Event", "message-summary"), ("Accept", value)])
        #expect(
            result
                == (isGranted
                    ? .granted(expires: 3600)
                    : .refused(status: 406, headers: [HeaderField("Accept", "application/simple-message-summary")])))
    }

    @Test("Forty types to accept are read to the last")
    func longAccept() {
        let lines = (0..<40).map { ("Accept", "application/x\($0)+xml") } + [("Accept", MessageSummary.contentType)]
        #expect(verdict([("Event", "message-summary")] + lines) == .granted(expires: 3600))
    }

    @Test("Expiry: 0 is a fetch, too short is 423, too long is cut, nonsense is 400")
    func expiry() {
        func expires(_ text: String) -> SubscribeRules.Verdict {
            verdict([("Event", "message-summary"), ("Expires", text)])
        }
        #expect(expires("0") == .granted(expires: 0))
        #expect(expires("59") == .refused(status: 423, headers: [HeaderField("Min-Expires", "60")]))
        #expect(expires("60") == .granted(expires: 60))
        #expect(expires("86400") == .granted(expires: 3600))
        #expect(expires("later") == .refused(status: 400))
    }

    @Test(
        "F4 own number, no user, the pilot number, with or without user parameters: the own mailbox",
        arguments: ["100", nil, "", "5001", "*97", "100;phone-context=national"])
    func ownMailbox(user: String?) {
        #expect(rules.resource(of: SIPURI(user: user, host: "127.0.0.1"), for: Sample.account()) == .own)
    }

    @Test("Another number is another mailbox")
    func otherMailbox() {
        #expect(
            rules.resource(of: SIPURI(user: "200", host: Sample.domain), for: Sample.account())
                == .mailbox(number: "200"))
    }
}

@Suite("F2 what a lamp is told")
struct NotifyTests {
    @Test("The body has strict line ends, true urgent counts, and says no when only old messages are there")
    func body() {
        let some = MessageSummary(
            account: "sip:5001@example.org", counts: MessageCounts(new: 2, newUrgent: 1, saved: 8, savedUrgent: 2))
        #expect(
            String(decoding: some.body, as: UTF8.self)
                == "Messages-Waiting: yes\r\nMessage-Account: sip:5001@example.org\r\nVoice-Message: 2/8 (1/2)\r\n")
        let old = MessageSummary(account: "sip:5001@example.org", counts: MessageCounts(saved: 2))
        #expect(String(decoding: old.body, as: UTF8.self).hasPrefix("Messages-Waiting: no\r\n"))
    }

    @Test("A NOTIFY outside a subscription goes to the contact and names the account")
    func unsolicited() throws {
        let binding = Binding(
            owner: AddressOfRecord(number: "100", domain: Sample.domain),
            contact: try NameAddress(parsing: "<sip:100@10.0.0.5:5062;line=7>"), callID: "c", cseq: 1, expiresAt: 9999,
            flow: Sample.flow())
        let display = LampDisplay(mailboxes: [MailboxID(rawValue: 1)], messageAccount: "sip:5001@example.org")
        let contact = LampContact(binding, account: ExtensionID(rawValue: 1), display: display, habit: .active)
        let request = UnsolicitedNotify.request(
            to: contact,
            summary: MessageSummary(account: contact.display.messageAccount, counts: MessageCounts(new: 1)),
            state: "active", origin: NameAddress(uri: SIPURI(user: "100", host: "192.0.2.1")),
            token: "0123456789abcdefghij")
        #expect(request.uri.description == "sip:100@10.0.0.5:5062;line=7")
        #expect(request.head.from.uri.description == "sip:100@example.org")
        #expect(request.head.from.tag != nil && request.head.to.tag == nil)
        #expect(request.head["Event"] == "message-summary")
        #expect(request.head["Subscription-State"] == "active")
        #expect(request.head["Content-Type"] == "application/simple-message-summary")
        #expect(request.head.contacts.count == 1)
    }

    @Test("F4 a make of phone is known by how its User-Agent begins, the first that fits")
    func habits() {
        var settings = PhoneSettings(unsolicited: .active)
        settings.habits = [
            PhoneHabit(agent: "snom M", unsolicited: .off), PhoneHabit(agent: "Snom", unsolicited: .terminated),
        ]
        #expect(settings.unsolicited(for: "SNOM/10.1") == .terminated)
        #expect(settings.unsolicited(for: "snom M900") == .off)
        #expect(settings.unsolicited(for: "Yealink SIP-T46U (like snom)") == .active)
        #expect(settings.unsolicited(for: nil) == .active)
    }

    @Test(
        "What an answer to such a NOTIFY means",
        arguments: [
            (200, NotifyAnswer.delivered), (nil, .failed), (481, .failed), (480, .failed), (503, .failed),
            (405, .refused), (489, .refused), (603, .refused),
        ] as [(Int?, NotifyAnswer)])
    func answers(status: Int?, answer: NotifyAnswer) {
        #expect(NotifyAnswer(status: status) == answer)
    }
}
