// Registrar, gatekeeper and lamps together: an endpoint on loopback, a real store, and phones that are sockets
// (F1, F2, F3, F4, G4).

import Logging
import Mailboxes
import SIP
import SIPTestPhone
import Testing

@testable import Mailboxes
@testable import Phones

extension TestPhone {
    /// Sends a request, and again with credentials when it is challenged, as extension `user`.
    fileprivate func authorised(
        _ request: SIPRequest, user: String = "100", password: String? = nil
    ) async throws -> SIPResponse {
        try await send(request, user: user, password: password ?? "lamp-\(user)")
    }

    fileprivate func request(
        _ method: SIP.Method, to user: String?, as number: String = "100", callID: String, cseq: UInt32 = 1,
        expires: Int? = nil, headers: [HeaderField] = []
    ) -> SIPRequest {
        var request = Sample.request(
            method, user: user, host: "127.0.0.1", from: number, callID: callID, cseq: cseq, headers: headers)
        request.head.vias = []
        let uri = SIPURI(user: number, host: address.host, port: address.port)
        request.head.contacts = [.address(NameAddress(uri: uri))]
        if let expires { request.head.other.append(HeaderField("Expires", String(expires))) }
        return request
    }

    fileprivate func register(as number: String = "100", callID: String = "reg") async throws -> SIPResponse {
        try await authorised(request(.register, to: nil, as: number, callID: callID), user: number)
    }

    fileprivate func subscribe(
        to user: String? = "100", as number: String = "100", callID: String = "sub", expires: Int? = nil
    ) async throws -> SIPResponse {
        let event = HeaderField("Event", "message-summary")
        return try await authorised(
            request(.subscribe, to: user, as: number, callID: callID, expires: expires, headers: [event]), user: number)
    }

    /// The next NOTIFY: its Subscription-State up to the parameters, and its Voice-Message line.
    fileprivate func lamp() async -> String {
        guard let notify = await requests.first(where: { _ in true }) else { return "no more" }
        return notify.lamp
    }
}

@Suite("F2 lamps over the wire", .timeLimit(.minutes(1)))
struct LampsOverTheWireTests {
    @Test("A registered phone is told outside a subscription: at REGISTER, and when a message comes and is heard")
    func unsolicited() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: server.address)
        let response = try await phone.register()
        #expect(response.status == 200)
        #expect(response.head.contacts.count == 1)
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)")
        try await sample.leaveMessage()
        #expect(await phone.lamp() == "active Voice-Message: 1/0 (0/0)")
        let mailbox = try await sample.account().mailbox
        let message = try #require(try await sample.store.messages(in: .new, of: mailbox).first)
        _ = try await sample.store.move(message.id, of: mailbox, to: .saved)
        #expect(await phone.lamp() == "active Voice-Message: 0/1 (0/0)")
        await server.stop()
        try await sample.remove()
    }

    @Test("A subscribed phone is told at once, at changes, at the end, and not twice when it is registered, too")
    func subscribed() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: server.address)
        let accepted = try await phone.subscribe(to: "5001")
        #expect(accepted.status == 200)
        #expect(accepted.head["Expires"] == "3600")
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)")
        _ = try await phone.register()
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)")
        try await sample.leaveMessage()
        #expect(await phone.lamp() == "active Voice-Message: 1/0 (0/0)")
        try await sample.leaveMessage()
        #expect(await phone.lamp() == "active Voice-Message: 2/0 (0/0)")
        var end = phone.request(
            .subscribe, to: "5001", callID: "sub", cseq: 9, expires: 0,
            headers: [HeaderField("Event", "message-summary")])
        end.head.to = accepted.head.to
        guard case .address(let target)? = accepted.head.contacts.first else {
            Issue.record("a 200 without Contact")
            return
        }
        end.uri = target.uri
        #expect(await phone.send(end).status == 200)
        #expect(await phone.lamp() == "terminated Voice-Message: 2/0 (0/0)")
        try await sample.leaveMessage()
        #expect(await phone.lamp() == "active Voice-Message: 3/0 (0/0)")
        await server.stop()
        try await sample.remove()
    }

    @Test("A question for the state gets one NOTIFY and no subscription")
    func fetch() async throws {
        let sample = try await SampleStore()
        try await sample.leaveMessage()
        let server = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: server.address)
        #expect(try await phone.subscribe(expires: 0).status == 200)
        #expect(await phone.lamp() == "terminated Voice-Message: 1/0 (0/0)")
        // What comes after the answer to NOTIFY is handled after it.
        #expect(await phone.send(phone.request(.options, to: nil, callID: "barrier")).status == 200)
        #expect(await server.endpoint.statistics.subscriptions == 0)
        await server.stop()
        try await sample.remove()
    }

    @Test("After a restart on the same store all registered phones are told what is there now")
    func restart() async throws {
        let sample = try await SampleStore()
        let before = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: before.address)
        _ = try await phone.register()
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)")
        await before.stop()
        try await sample.leaveMessage()
        let after = try await PhoneServer(sample.store, port: before.address.port)
        #expect(await phone.lamp() == "active Voice-Message: 1/0 (0/0)")
        await after.stop()
        try await sample.remove()
    }

    @Test("F3 a general mailbox lights the phones that watch it; another's personal mailbox cannot be watched")
    func generalMailbox() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let one = try await TestPhone(server: server.address)
        let other = try await TestPhone(server: server.address)
        #expect(try await one.subscribe(to: "200", as: "100", callID: "a").status == 200)
        #expect(try await other.subscribe(to: "200", as: "101", callID: "b").status == 200)
        let first = try #require(await one.requests.first { _ in true })
        #expect(String(decoding: first.head.body, as: UTF8.self).contains("Message-Account: sip:200@example.org\r\n"))
        #expect(await other.lamp() == "active Voice-Message: 0/0 (0/0)")
        try await sample.leaveMessage(for: "200")
        #expect(await one.lamp() == "active Voice-Message: 1/0 (0/0)")
        #expect(await other.lamp() == "active Voice-Message: 1/0 (0/0)")
        #expect(try await one.subscribe(to: "101", as: "100", callID: "c").status == 403)
        #expect(try await one.subscribe(to: "999", as: "100", callID: "d").status == 404)
        await server.stop()
        try await sample.remove()
    }

    @Test("A phone that does not take the NOTIFY in its subscription any more is told outside of it")
    func lostSubscription() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: server.address)
        _ = try await phone.subscribe()
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)")
        _ = try await phone.register()
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)")
        phone.answer(with: 481)
        try await sample.leaveMessage()
        let inside = try #require(await phone.requests.first { _ in true })
        #expect(inside.head.to.tag != nil)
        let outside = try #require(await phone.requests.first { _ in true })
        #expect(outside.head.to.tag == nil)
        #expect(outside.lamp == "active Voice-Message: 1/0 (0/0)")
        #expect(await server.endpoint.statistics.subscriptions == 0)
        await server.stop()
        try await sample.remove()
    }

    @Test("At the end subscribers are told to subscribe again")
    func shutDown() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: server.address)
        _ = try await phone.subscribe()
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)")
        await server.stop()
        let last = try #require(await phone.requests.first { _ in true })
        #expect(last.head["Subscription-State"] == "terminated;reason=deactivated")
        try await sample.remove()
    }

    @Test("Refusals of a SUBSCRIBE come with what the phone needs to know")
    func refusals() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: server.address)
        let other = phone.request(
            .subscribe, to: "100", callID: "x", headers: [HeaderField("Event", "presence")])
        let refused = await phone.send(other)
        #expect(refused.status == 489)
        #expect(refused.head["Allow-Events"] == "message-summary")
        let brief = try await phone.subscribe(callID: "y", expires: 10)
        #expect(brief.status == 423)
        #expect(brief.head["Min-Expires"] == "60")
        await server.stop()
        try await sample.remove()
    }

    @Test("F4 how a NOTIFY outside a subscription names its state and the mailbox is the administrator's choice")
    func settings() async throws {
        let sample = try await SampleStore()
        let settings = PhoneSettings(messageAccount: .mailbox, unsolicited: .terminated)
        let server = try await PhoneServer(sample.store, settings)
        let phone = try await TestPhone(server: server.address)
        _ = try await phone.register()
        let notify = try #require(await phone.requests.first { _ in true })
        #expect(notify.head["Subscription-State"] == "terminated;reason=noresource")
        #expect(String(decoding: notify.head.body, as: UTF8.self).contains("Message-Account: sip:100@example.org\r\n"))
        let account = try #require(try await sample.store.account(number: "100", domain: Sample.domain))
        _ = try await sample.store.changeSettings(of: account.id) { $0.unsolicited = .active }
        #expect(await phone.lamp() == "active Voice-Message: 0/0 (0/0)", "at once, without a restart")
        await server.stop()

        let silent = try await PhoneServer(sample.store, PhoneSettings(unsolicited: .off))
        let other = try await TestPhone(server: silent.address)
        _ = try await other.register(as: "101")
        #expect(try await other.subscribe(to: "101", as: "101").status == 200)
        let first = try #require(await other.requests.first { _ in true })
        #expect(first.head.to.tag != nil, "the first NOTIFY is that of the subscription")
        await silent.stop()
        try await sample.remove()
    }
}
