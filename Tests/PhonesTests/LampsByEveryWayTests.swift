// Lamps by the very way that a phone came: TCP, TLS, a port behind NAT; over restarts; to a trunk; and when the store
// fails (F2, F3, G1).

import Mailboxes
import SIP
import SIPTestPhone
import Testing

@testable import Mailboxes
@testable import Phones

@Suite("F2 lamps by every way", .timeLimit(.minutes(3)))
struct LampsByEveryWayTests {
    private static let dark = "active Voice-Message: 0/0 (0/0)"
    private static let lit = "active Voice-Message: 1/0 (0/0)"

    /// A REGISTER as 100.
    private func register(_ phone: TestPhone, contact: SIPURI? = nil, callID: String = "reg") async throws -> Int {
        var request = Sample.request(.register, user: nil, callID: callID)
        request.head.contacts = [.address(contact.map { NameAddress(uri: $0) } ?? phone.contact("100"))]
        return try await phone.send(request, user: "100", password: "lamp-100").status
    }

    private func watch(_ number: String = "100", to mailbox: String? = nil, contact: SIPURI? = nil) -> LampWatch {
        LampWatch(number, password: "lamp-\(number)", to: mailbox, contact: contact)
    }

    @Test(
        "G1 by TCP and TLS a registered phone and a subscribed one are told over their own connections",
        arguments: [false, true])
    func connections(secure: Bool) async throws {
        let (sample, certificate) = (try await SampleStore(), try Certificate())
        let server = try await PhoneServer(sample.store, certificate: certificate)
        let way: TestPhone.Way = secure ? .tls(authority: certificate.file) : .tcp
        let door = secure ? try #require(server.secureAddress) : server.address
        // Two phones with one address: their connections tell them apart.
        let (registered, subscribed) = (
            try await TestPhone(server: door, by: way), try await TestPhone(server: door, by: way)
        )
        // What it says of itself is of no use here: a phone behind NAT.
        let inside = SIPURI(
            user: "100", host: "10.0.0.9", port: 5060, parameters: [.init("transport", secure ? "tls" : "tcp")])
        #expect(try await register(registered, contact: inside) == 200)
        #expect(await registered.next()?.lamp == Self.dark)
        var lamp = watch("101", contact: inside)
        #expect(try await lamp.subscribe(by: subscribed) == 200)
        let first = try #require(await subscribed.next())
        #expect(lamp.owns(first) && first.lamp == Self.dark)
        #expect(first.head.vias.first?.transport == (secure ? "TLS" : "TCP"))
        try await sample.leaveMessage()
        #expect(await registered.next()?.lamp == Self.lit)
        try await sample.leaveMessage(for: "101")
        #expect(await subscribed.next()?.lamp == Self.lit)
        await server.stop()
        try await sample.remove()
        try certificate.remove()
    }

    @Test("F1 behind NAT, by UDP, a phone is told at the port that it sends from, registered or subscribed")
    func portBehindNAT() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let (registered, subscribed) = (
            try await TestPhone(server: server.address), try await TestPhone(server: server.address)
        )
        let inside = SIPURI(user: "100", host: "10.0.0.9", port: 5060)
        #expect(try await register(registered, contact: inside) == 200)
        let outside = try #require(await registered.next())
        #expect(outside.lamp == Self.dark && outside.uri == inside && outside.head.to.tag == nil)
        var lamp = watch("101", contact: SIPURI(user: "101", host: "10.0.0.9", port: 5070))
        #expect(try await lamp.subscribe(by: subscribed) == 200)
        let first = try #require(await subscribed.next())
        #expect(first.uri.host == "10.0.0.9" && lamp.owns(first))
        try await sample.leaveMessage()
        #expect(await registered.next()?.lamp == Self.lit)
        try await sample.leaveMessage(for: "101")
        #expect(await subscribed.next()?.lamp == Self.lit)
        await server.stop()
        try await sample.remove()
    }

    @Test("F3 several mailboxes on one lamp: their sum, at any change, by subscription and outside of it")
    func aggregated() async throws {
        let sample = try await SampleStore()
        let account = try await sample.account()
        _ = try await sample.store.changeSettings(of: account.id) { $0.alsoShows = ["200"] }
        let server = try await PhoneServer(sample.store)
        let (registered, subscribed, other) = (
            try await TestPhone(server: server.address), try await TestPhone(server: server.address),
            try await TestPhone(server: server.address)
        )
        #expect(try await register(registered) == 200)
        var own = watch()
        var general = watch("101", to: "200")
        #expect(try await own.subscribe(by: subscribed) == 200)
        #expect(try await general.subscribe(by: other) == 200)
        for phone in [registered, subscribed, other] { #expect(await phone.next()?.lamp == Self.dark) }
        try await sample.leaveMessage(for: "200")
        for phone in [registered, subscribed, other] { #expect(await phone.next()?.lamp == Self.lit) }
        try await sample.leaveMessage()
        for phone in [registered, subscribed] { #expect(await phone.next()?.lamp == "active Voice-Message: 2/0 (0/0)") }
        await server.stop()
        try await sample.remove()
    }

    @Test("F3 one mailbox to many phones: a message tells all of them, each by its own way")
    func manyPhones() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        var phones: [TestPhone] = []
        for number in 0..<8 {
            let phone = try await TestPhone(server: server.address, by: number.isMultiple(of: 2) ? .udp : .tcp)
            if number < 4 {
                #expect(try await register(phone, callID: "reg-\(number)") == 200)
            } else {
                var lamp = watch("101", to: "200")
                #expect(try await lamp.subscribe(by: phone) == 200)
            }
            #expect(await phone.next()?.lamp == Self.dark)
            phones.append(phone)
        }
        try await sample.leaveMessage()
        try await sample.leaveMessage(for: "200")
        for phone in phones { #expect(await phone.next()?.lamp == Self.lit) }
        await server.stop()
        try await sample.remove()
    }

    @Test("F2 a phone that does not answer is asked again with growing pauses, and told what is there then")
    func backOff() async throws {
        let sample = try await SampleStore()
        var settings = PhoneSettings()
        settings.lamps.retryInterval = 0.1
        let server = try await PhoneServer(sample.store, settings)
        let phone = try await TestPhone(server: server.address)
        phone.answer(with: 503)
        #expect(try await register(phone) == 200)
        #expect(await phone.next()?.lamp == Self.dark)
        try await sample.leaveMessage()
        while let lamp = await phone.next()?.lamp, lamp != Self.lit { #expect(lamp == Self.dark) }
        phone.answer(with: 200)
        #expect(await phone.next()?.lamp == Self.lit, "again, as the last one was refused")
        try await sample.leaveMessage()
        #expect(await phone.next()?.lamp == "active Voice-Message: 2/0 (0/0)")
        await server.stop()
        try await sample.remove()
    }

    // MARK: Restarts

    /// What a crash leaves of a server: nothing is forgotten.
    private func crash(_ server: PhoneServer, _ phone: TestPhone) async {
        // Without the phones room the endpoint ends its dialogs by itself: that is what must not count.
        await server.endpoint.stop()
        _ = await phone.next()
    }

    @Test("F2 a subscription goes on after the server has gone without a word: told, refreshed and ended in its dialog")
    func restart() async throws {
        let sample = try await SampleStore()
        let before = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: before.address)
        var lamp = watch(to: "5001")
        #expect(try await lamp.subscribe(by: phone) == 200)
        let first = try #require(await phone.next())
        await crash(before, phone)
        #expect(try await sample.store.subscriptions().count == 1)
        try await sample.leaveMessage()
        let after = try await PhoneServer(sample.store, port: before.address.port)
        let second = try #require(await phone.next())
        #expect(lamp.owns(second) && second.lamp == Self.lit)
        #expect(second.head.cseq.number > first.head.cseq.number + 1_000)
        #expect(try await lamp.subscribe(by: phone) == 200)
        #expect(await phone.next()?.lamp == Self.lit)
        #expect(try await lamp.subscribe(by: phone, expires: 0) == 200)
        #expect(await phone.next()?.lamp == "terminated Voice-Message: 1/0 (0/0)")
        await after.stop()
        #expect(try await sample.store.subscriptions().isEmpty)
        try await sample.remove()
    }

    @Test("F2 a subscription by TCP waits for its phone after a restart, and is told over the new connection")
    func restartByTCP() async throws {
        let sample = try await SampleStore()
        let before = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: before.address, by: .tcp)
        var lamp = watch()
        #expect(try await lamp.subscribe(by: phone) == 200)
        #expect(await phone.next()?.lamp == Self.dark)
        await crash(before, phone)
        let after = try await PhoneServer(sample.store, port: before.address.port)
        try await sample.leaveMessage()
        let again = try await TestPhone(server: after.address, by: .tcp)
        #expect(try await lamp.subscribe(by: again) == 200)
        let notify = try #require(await again.next())
        #expect(lamp.owns(notify) && notify.lamp == Self.lit)
        try await sample.leaveMessage()
        #expect(await again.next()?.lamp == "active Voice-Message: 2/0 (0/0)")
        await after.stop()
        try await sample.remove()
    }

    @Test("F2 a clean stop ends subscriptions for good: deactivated, nothing is restored, the old dialog gets 481")
    func cleanStop() async throws {
        let sample = try await SampleStore()
        let before = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: before.address)
        var lamp = watch()
        #expect(try await lamp.subscribe(by: phone) == 200)
        #expect(await phone.next()?.lamp == Self.dark)
        await before.stop()
        #expect(await phone.next()?.head["Subscription-State"] == "terminated;reason=deactivated")
        #expect(try await sample.store.subscriptions().isEmpty)
        let after = try await PhoneServer(sample.store, port: before.address.port)
        #expect(try await lamp.subscribe(by: phone) == 481)
        await after.stop()
        try await sample.remove()
    }

    @Test("F2 what is over is not kept: 481 to a NOTIFY, an extension that was removed")
    func notKept() async throws {
        let sample = try await SampleStore()
        let server = try await PhoneServer(sample.store)
        let phone = try await TestPhone(server: server.address)
        var lamp = watch()
        #expect(try await lamp.subscribe(by: phone) == 200)
        #expect(await phone.next()?.lamp == Self.dark)
        #expect(try await sample.store.subscriptions().map(\.mailbox) == [nil])
        var general = watch(to: "200")
        let other = try await TestPhone(server: server.address)
        #expect(try await general.subscribe(by: other) == 200)
        #expect(await other.next()?.lamp == Self.dark)
        phone.answer(with: 481)
        try await sample.leaveMessage()
        _ = await phone.next()
        try await eventually { try await sample.store.subscriptions().count == 1 }
        #expect(try await sample.store.subscriptions().map(\.mailbox) != [nil])
        try await sample.store.removeExtension(try await sample.account().id)
        try await eventually { await server.endpoint.statistics.subscriptions == 0 }
        #expect(try await sample.store.subscriptions().isEmpty)
        await server.stop()
        try await sample.remove()
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<3_000 where try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try await condition())
    }

    // MARK: Trunk and trouble

    @Test("F2 lamps of phones that are registered elsewhere are told to their trunk, also those of new extensions")
    func trunk() async throws {
        let sample = try await SampleStore()
        let pbx = try await TestPhone(server: HostPort(host: "127.0.0.1", port: 9))
        var settings = PhoneSettings()
        settings.lampTrunks = [
            LampTrunk(domain: Sample.domain, address: pbx.address),
            LampTrunk(domain: "nowhere.example", address: pbx.address),
        ]
        let server = try await PhoneServer(sample.store, settings)
        let first = [try #require(await pbx.next()), try #require(await pbx.next())]
        #expect(Set(first.map(\.uri.user)) == ["100", "101"])
        #expect(first.allSatisfy { $0.method == .notify && $0.lamp == Self.dark && $0.uri.port == pbx.address.port })
        #expect(first.allSatisfy { $0.head.to.uri.host == Sample.domain && $0.head["Event"] == "message-summary" })
        try await sample.leaveMessage(for: "101")
        let lit = try #require(await pbx.next())
        #expect(lit.uri.user == "101" && lit.lamp == Self.lit)
        _ = try await sample.store.addExtension(
            NewExtension(domain: Sample.domain, number: "102", password: "lamp-102", pin: "4815"))
        #expect(await pbx.next()?.uri.user == "102")
        await server.stop()
        try await sample.remove()
    }

    @Test("F2 when the store fails while a phone registers, its lamp is told as soon as the store can be asked again")
    func storeFails() async throws {
        let sample = try await SampleStore()
        let store = TroubledStore(sample.store, failures: 3)
        let server = try await PhoneServer(
            store, PhoneSettings(messageAccount: .mailbox), sleep: { try? await Task.sleep(for: .seconds($0 / 20)) })
        let phone = try await TestPhone(server: server.address)
        #expect(try await register(phone) == 200)
        let notify = try #require(await phone.next())
        #expect(notify.lamp == Self.dark && store.failuresLeft <= 0)
        try await sample.leaveMessage()
        #expect(await phone.next()?.lamp == Self.lit)
        await server.stop()
        try await sample.remove()
    }
}
