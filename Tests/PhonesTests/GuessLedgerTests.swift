// Guessing SIP passwords (G4): what locks, for how long, and whom it leaves alone.

import Testing

@testable import Phones

extension GuessLedger {
    fileprivate func isLocked(_ attempt: Attempt, now: Double) -> Bool { !locks(on: attempt, now: now).isEmpty }
}

@Suite("G4 guesses")
struct GuessLedgerTests {
    private func attempt(_ account: String = "100", _ address: String = "203.0.113.7", isPeer: Bool = false)
        -> GuessLedger.Attempt
    {
        .init(account: account + "@example.org", address: address, isPeer: isPeer)
    }

    @Test("Wrong ones in a row lock the account for everybody who has not proved himself, for twice as long each time")
    func account() {
        var ledger = GuessLedger(threshold: 3)
        #expect(ledger.countWrong(attempt("100", "203.0.113.1"), now: 0).isEmpty)
        #expect(ledger.countWrong(attempt("100", "203.0.113.2"), now: 1).isEmpty)
        let locks = ledger.countWrong(attempt("100", "203.0.113.3"), now: 2)
        #expect(locks.map(\.subject) == [.account("100@example.org")] && locks.map(\.seconds) == [60])
        #expect(ledger.isLocked(attempt("100", "203.0.113.4"), now: 61))
        #expect(!ledger.isLocked(attempt("101", "203.0.113.4"), now: 61))
        #expect(!ledger.isLocked(attempt("100", "203.0.113.4"), now: 62))
        #expect(ledger.countWrong(attempt("100", "203.0.113.4"), now: 62).map(\.seconds) == [120])
        for step in 0..<10 { _ = ledger.countWrong(attempt("100", "203.0.113.5\(step)"), now: 200) }
        #expect(ledger.isLocked(attempt("100"), now: 3_799) && !ledger.isLocked(attempt("100"), now: 3_800))
    }

    @Test("An address that tries many accounts is locked, an IPv6 network as one address, and a trunk's never")
    func source() {
        var ledger = GuessLedger(threshold: 3)
        for number in 1...3 { _ = ledger.countWrong(attempt("10\(number)", "2001:db8:0:1::\(number)"), now: 0) }
        #expect(ledger.isLocked(attempt("104", "2001:db8:0:1:ffff::9"), now: 59))
        #expect(!ledger.isLocked(attempt("104", "2001:db8:0:2::1"), now: 59))
        for number in 1...30 { _ = ledger.countWrong(attempt("20\(number)", isPeer: true), now: 0) }
        #expect(!ledger.isLocked(attempt("300", isPeer: true), now: 0))
    }

    @Test("A phone that has proved itself from its address is locked out by nobody but itself")
    func proven() {
        var ledger = GuessLedger(threshold: 3)
        ledger.proved(attempt("100"), now: 0)
        for _ in 1...9 { _ = ledger.countWrong(attempt("100", "198.51.100.9"), now: 1) }
        for number in 1...9 { _ = ledger.countWrong(attempt("20\(number)"), now: 1) }
        #expect(ledger.isLocked(attempt("100", "198.51.100.9"), now: 2) && ledger.isLocked(attempt("101"), now: 2))
        #expect(!ledger.isLocked(attempt("100"), now: 2))
        // Its neighbour guesses from the same address, and is stopped too.
        for _ in 1...3 { _ = ledger.countWrong(attempt("100"), now: 3) }
        #expect(ledger.isLocked(attempt("100"), now: 4))
        // Its own success does not help who guesses elsewhere.
        ledger.proved(attempt("100"), now: 100)
        #expect(!ledger.isLocked(attempt("100"), now: 100) && ledger.isLocked(attempt("100", "198.51.100.9"), now: 100))
    }

    @Test("A right password from elsewhere ends what was counted against the account; a day of quiet ends all")
    func forgiving() {
        var ledger = GuessLedger(threshold: 3)
        for _ in 1...2 { _ = ledger.countWrong(attempt("100", "198.51.100.9"), now: 0) }
        ledger.proved(attempt("100"), now: 1)
        #expect(ledger.countWrong(attempt("100", "198.51.100.8"), now: 2).isEmpty)
        #expect(ledger.countWrong(attempt("200", "198.51.100.9"), now: 86_401).isEmpty)
        #expect(ledger.countWrong(attempt("200", "198.51.100.9"), now: 86_402).isEmpty)
    }

    @Test("However many accounts and addresses are made up, what is remembered has a bound")
    func bounded() {
        var ledger = GuessLedger(threshold: 3, capacity: 100)
        for number in 0..<1_000 {
            _ = ledger.countWrong(attempt("\(number)", "203.0.\(number / 250).\(number % 250)"), now: Double(number))
            ledger.proved(attempt("\(number)"), now: Double(number))
        }
        #expect(ledger.count <= 200 && ledger.count >= 150)
    }
}
