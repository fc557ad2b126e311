// Registrations on a real store: what a phone was told is what the store holds, also after a restart (F1).

import Logging
import Mailboxes
import SIP
import Synchronization
import Testing

@testable import Mailboxes
@testable import Phones

/// A clock in the test's hand.
final class HandClock: Sendable {
    private let time = Mutex(1_800_000_000.0)
    var now: Double { time.withLock { $0 } }
    func advance(by seconds: Double) { time.withLock { $0 += seconds } }
}

@Suite("F1 registrations and the store")
struct RegistrationsTests {
    private let clock = HandClock()

    private func registrations(_ store: any Store) -> Registrations {
        Registrations(
            store: store, limits: RegistrarLimits(), logger: Logger(label: "test"), now: { [clock] in clock.now })
    }

    @Test("What a 200 lists is in the store by then, and is there after a restart, less what ran out meanwhile")
    func restart() async throws {
        let sample = try await SampleStore()
        let account = try await sample.account()
        let before = registrations(sample.store)
        let request = try Sample.register(["<sip:a@192.0.2.7>;expires=60", "<sip:b@192.0.2.8>;q=0.5"])
        let outcome = await before.register(request, of: account, by: Sample.flow()) { $0 }
        #expect(outcome.status == 200)
        #expect(outcome.contacts.count == 2)
        #expect(try await sample.store.bindings().count == 2)

        clock.advance(by: 61)
        let after = registrations(sample.store)
        #expect(try await after.load()[account.id]?.map(\.contact.uri.user) == ["b"])
        #expect(await after.holds(account.id, by: Sample.flow()))
        #expect(await !after.holds(account.id, by: Sample.flow(6001)))
        let list = await after.register(try Sample.register([], cseq: 2), of: account, by: Sample.flow()) { $0 }
        let contact = try #require(list.contacts.first)
        guard case .address(let address) = contact else {
            Issue.record("a star was listed")
            return
        }
        #expect(address.parameters["expires"] == "3539")
        #expect(address.parameters["q"] == "0.5")
        // The order of requests is kept over the restart, too.
        let late = try Sample.register(["<sip:b@192.0.2.8>;expires=0"], cseq: 1)
        #expect(await after.register(late, of: account, by: Sample.flow()) { $0.status } == 500)
        try await sample.remove()
    }

    @Test("When the store cannot keep it, the phone is told so and nothing counts")
    func storeFailure() async throws {
        let sample = try await SampleStore()
        let account = try await sample.account()
        let registrations = registrations(sample.store)
        try await sample.store.close()
        let outcome = await registrations.register(try Sample.register(), of: account, by: Sample.flow()) { $0 }
        #expect(outcome.status == 503)
        #expect(outcome.headers.first?.name == "Retry-After")
        #expect(outcome.change == nil)
        #expect(await !registrations.holds(account.id, by: Sample.flow()))
        try? await sample.remove()
    }

    @Test("Requests of one account are taken one after the other, and too many at once are turned away")
    func oneAfterTheOther() async throws {
        let sample = try await SampleStore()
        let account = try await sample.account()
        let registrations = registrations(sample.store)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                let request = try Sample.register(["<sip:p\(number)@192.0.2.7:\(number + 1)>"], callID: "\(number)")
                group.addTask { await registrations.register(request, of: account, by: Sample.flow()) { $0.status } }
            }
            return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect((statuses[200] ?? 0) >= 10)
        #expect((statuses[200] ?? 0) + (statuses[503] ?? 0) == 100)
        let kept = try await sample.store.bindings().map(\.contact)
        let query = try Sample.register([])
        let listed = await registrations.register(query, of: account, by: Sample.flow()) { $0.contacts.count }
        #expect(kept.count == 10)
        #expect(listed == 10)
        try await sample.remove()
    }

    @Test("A binding that runs out is told, and taken out of the store")
    func runningOut() async throws {
        let sample = try await SampleStore()
        let account = try await sample.account()
        let registrations = registrations(sample.store)
        let request = try Sample.register(["<sip:a@192.0.2.7>;expires=60", "<sip:b@192.0.2.8>"])
        _ = await registrations.register(request, of: account, by: Sample.flow()) { $0 }
        clock.advance(by: 60)
        let (gone, report) = AsyncStream.makeStream(of: [String].self)
        await registrations.start { _, bindings in report.yield(bindings.compactMap(\.contact.uri.user)) }
        #expect(await gone.first { _ in true } == ["a"])
        #expect(try await sample.store.bindings().map(\.contact) == ["<sip:b@192.0.2.8>"])
        await registrations.stop()
        try await sample.remove()
    }

    @Test("B1: an extension is called at its phones, the one heard of last first, by the way they registered")
    func contacts() async throws {
        let sample = try await SampleStore()
        let account = try await sample.account()
        let phones = Phones(
            store: sample.store, settings: PhoneSettings(), logger: Logger(label: "test"),
            now: { [clock] in clock.now })
        #expect(await phones.contacts(of: "100", domain: Sample.domain).isEmpty)
        let first = try Sample.register(["<sip:a@192.0.2.7;ob?Subject=x>;expires=60"])
        _ = await phones.registrations.register(first, of: account, by: Sample.flow()) { $0 }
        let second = try Sample.register(["<sip:b@192.0.2.8>"], callID: "call-2")
        _ = await phones.registrations.register(second, of: account, by: Sample.flow(7000)) { $0 }
        let both = await phones.contacts(of: "100", domain: Sample.domain)
        #expect(both.map(\.uri.description) == ["sip:b@192.0.2.8", "sip:a@192.0.2.7;ob"])
        #expect(both.map(\.flow) == [Sample.flow(7000), Sample.flow()])
        clock.advance(by: 61)
        #expect(await phones.contacts(of: "100", domain: Sample.domain).map(\.uri.user) == ["b"])
        #expect(await phones.contacts(of: "999", domain: Sample.domain).isEmpty)
        #expect(await phones.contacts(of: "100", domain: "other.example").isEmpty)
        try await sample.remove()
    }
}
