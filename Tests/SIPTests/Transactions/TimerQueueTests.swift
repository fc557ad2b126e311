// The timer heap against the plainest model of it: an array that is searched.

import Testing

@testable import SIP

struct TimerQueueTests {
    @Test("G1: deadlines are reached in their order, however they were set, moved and taken back")
    func agreesWithModel() {
        var random = Numbers(state: 7)
        var queue = TimerQueue<Int>()
        var tokens: [Int: TimerQueue<Int>.Token] = [:]
        var model: [Int: Int] = [:]
        for _ in 0..<5_000 {
            let owner = Int(random.next() % 50)
            let deadline = random.next() % 4 == 0 ? nil : Int(random.next() % 1_000)
            var token = tokens[owner]
            queue.set(&token, to: deadline.map { .seconds($0) }, owner: owner)
            tokens[owner] = token
            model[owner] = deadline
            #expect(queue.count == model.count)
            #expect(queue.next == model.values.min().map { .seconds($0) })
            guard random.next() % 8 == 0, let due = model.values.min() else { continue }
            let popped = queue.popDue(.seconds(due))
            #expect(popped.flatMap { model[$0] } == due)
            if let popped {
                model[popped] = nil
                tokens[popped] = nil
            }
        }
    }

    @Test("G1: nothing is popped before its time")
    func waits() {
        var queue = TimerQueue<Int>()
        var token: TimerQueue<Int>.Token?
        queue.set(&token, to: .seconds(2), owner: 1)
        #expect(queue.popDue(.seconds(1)) == nil)
        #expect(queue.popDue(.seconds(2)) == 1)
        #expect(queue.next == nil)
    }
}

/// The same numbers in every run.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
