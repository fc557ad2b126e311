// Who may try a PIN or a password again, and when (D3). A pure machine: wrong tries in, the seconds to wait out.
// Mailboxes, sources and accounts have one each; they differ in their rules only.

public struct Lockout: Sendable, Hashable {
    public struct Rule: Sendable {
        /// So many wrong tries lock; each further one locks for twice as long.
        var threshold: Int
        var firstSeconds = 60.0
        var longestSeconds = 3_600.0
        /// Quiet for so many seconds and everything is forgiven.
        var forgivenAfter = Double.infinity

        /// - Parameters:
        ///   - threshold: so many wrong tries lock; each further one locks for twice as long.
        ///   - forgivenAfter: seconds of quiet after which everything is forgiven.
        public init(threshold: Int, forgivenAfter: Double = .infinity) {
            self.threshold = threshold
            self.forgivenAfter = forgivenAfter
        }

        /// In a row, whoever tried.
        static let mailbox = Rule(threshold: 5)
        /// Over all mailboxes; a right PIN in between changes nothing, or a thief with a mailbox of his own
        /// could guess on for ever.
        static let source = Rule(threshold: 10, forgivenAfter: 86_400)
    }

    var wrong = 0
    /// Seconds since 1970, as all times here.
    public internal(set) var lastWrong = 0.0
    var lockedUntil = 0.0

    /// Nothing has been tried.
    public init() {}

    init(wrong: Int, lastWrong: Double, lockedUntil: Double) {
        self.wrong = wrong
        self.lastWrong = lastWrong
        self.lockedUntil = lockedUntil
    }

    /// Whole seconds, rounded up; nil when not locked. Never longer than the longest lock, whatever happened to
    /// the clock meanwhile.
    public func secondsLeft(at now: Double, _ rule: Rule) -> Int? {
        guard lockedUntil > now else { return nil }
        return Int(min(lockedUntil - now, rule.longestSeconds).rounded(.up))
    }

    public mutating func countWrong(at now: Double, _ rule: Rule) {
        if now - lastWrong > rule.forgivenAfter { wrong = 0 }
        wrong = min(wrong + 1, 1_000_000)
        lastWrong = now
        guard wrong >= rule.threshold else { return }
        var lock = rule.firstSeconds
        for _ in rule.threshold..<wrong where lock < rule.longestSeconds { lock *= 2 }
        lockedUntil = now + min(lock, rule.longestSeconds)
    }
}
