import SIP
import Testing

@testable import Phones

@Suite("F1, F2: phones that come all at once")
struct BacklogTests {
    private static let register = Backlog.Errand(isRegistration: true, hasCredentials: true)
    private static let subscribe = Backlog.Errand(isRegistration: false, hasCredentials: true)
    private static let all = [
        register, subscribe, Backlog.Errand(isRegistration: true, hasCredentials: false),
        Backlog.Errand(isRegistration: false, hasCredentials: false),
    ]

    @Test("no more than the limit are worked on; the next is told when to come again")
    func limit() {
        var backlog = Backlog(limit: 100, random: .system)
        for _ in 0..<100 { #expect(backlog.begin(Self.register, now: 0) == nil) }
        var pauses: Set<Int> = []
        for _ in 0..<200 { pauses.formUnion(backlog.begin(Self.register, now: 0).map { [$0] } ?? []) }
        // Not all at the same time.
        #expect(pauses.count > 2 && pauses.allSatisfy { (1...10).contains($0) })
        backlog.end(Self.register, after: 0.01, now: 0.01)
        #expect(backlog.begin(Self.register, now: 0.01) == nil)
        #expect(backlog.begin(Self.register, now: 0.01) != nil)
    }

    @Test("while phones wait so long that they send again, only a few are worked on", arguments: all)
    func patience(errand: Backlog.Errand) {
        var backlog = Backlog(limit: 1_000, random: .system)
        for _ in 0..<errand.few + 200 { #expect(backlog.begin(errand, now: 0) == nil) }
        backlog.end(errand, after: Backlog.patience * 2, now: 1)
        #expect(backlog.begin(errand, now: 1) != nil)
        for _ in 0..<199 { backlog.end(errand, after: 0.05, now: 1.1) }
        #expect(backlog.begin(errand, now: 1.2) != nil)
        backlog.end(errand, after: 0.05, now: 1.3)
        #expect(backlog.begin(errand, now: 1.3) == nil)
        // It goes well again.
        for _ in 0..<200 { #expect(backlog.begin(errand, now: 2.5) == nil) }
    }

    @Test("a phone that shows credentials comes before one that does not")
    func credentials() {
        var backlog = Backlog(limit: 1_000, random: .system)
        let stranger = Backlog.Errand(isRegistration: true, hasCredentials: false)
        for _ in 0...stranger.few { #expect(backlog.begin(Self.register, now: 0) == nil) }
        backlog.end(Self.register, after: Backlog.patience * 2, now: 1)
        #expect(backlog.begin(stranger, now: 1) != nil)
        #expect(backlog.begin(Self.register, now: 1) == nil)
    }

    @Test("while many wait to be registered, subscriptions stay away for longer; by themselves they do not")
    func registrationsFirst() {
        var backlog = Backlog(limit: 1_000, random: .system)
        for _ in 0...Backlog.manyRegistrations { #expect(backlog.begin(Self.register, now: 0) == nil) }
        #expect(backlog.begin(Self.subscribe, now: 0) == nil)
        backlog.end(Self.register, after: Backlog.registrationPatience * 2, now: 0.2)
        #expect((backlog.begin(Self.subscribe, now: 0.2) ?? 0) >= 5)
        #expect(backlog.begin(Self.register, now: 0.2) == nil)
        backlog.end(Self.register, after: 0.05, now: 0.25)
        backlog.end(Self.register, after: 0.05, now: 0.25)
        for _ in 0..<Backlog.manyRegistrations { #expect(backlog.begin(Self.subscribe, now: 0.3) == nil) }
    }
}
