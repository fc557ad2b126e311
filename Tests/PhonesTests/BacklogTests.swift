import SIP
import Testing

@testable import Phones

@Suite("F1, F2: phones that come all at once")
struct BacklogTests {
    @Test("no more than the limit are worked on; the next is told when to come again")
    func limit() {
        var backlog = Backlog(limit: 100, random: .system)
        for _ in 0..<100 { #expect(backlog.begin() == nil) }
        var pauses: Set<Int> = []
        for _ in 0..<200 { pauses.formUnion(backlog.begin().map { [$0] } ?? []) }
        // Not all at the same time.
        #expect(pauses.count > 2 && pauses.allSatisfy { (1...10).contains($0) })
        backlog.end(after: 0.01)
        #expect(backlog.begin() == nil)
        #expect(backlog.begin() != nil)
    }

    @Test("while phones wait so long that they send again, only a few are worked on")
    func patience() {
        var backlog = Backlog(limit: 1_000, random: .system)
        for _ in 0..<Backlog.few + 200 { #expect(backlog.begin() == nil) }
        backlog.end(after: Backlog.patience * 2)
        #expect(backlog.begin() != nil)
        for _ in 0..<200 { backlog.end(after: Backlog.patience * 2) }
        #expect(backlog.begin() == nil)
        #expect(backlog.begin() != nil)
        // It goes well again.
        backlog.end(after: 0.05)
        for _ in 0..<200 { #expect(backlog.begin() == nil) }
    }
}
