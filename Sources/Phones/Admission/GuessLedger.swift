// Who may try a SIP password again, and when: a pure machine. Wrong ones in a row lock the account, whether there is
// one or not, and the address that they come from, for growing times. A phone that has proved itself from an address
// is counted by itself there: neither whoever guesses its password elsewhere nor a stray neighbour behind the same NAT
// locks it out. What is remembered is bounded; a restart forgets what has not locked anybody yet.

internal import Mailboxes

struct GuessLedger: Sendable {
    /// Credentials that were shown.
    struct Attempt: Hashable, Sendable {
        /// `100@example.org`, as claimed.
        var account: String
        /// A numeric address.
        var address: String
        /// The address stands for many, as a trunk's does: it is never locked.
        var isPeer = false
    }

    enum Subject: Hashable, Sendable, CustomStringConvertible {
        case account(String)
        /// An address, of IPv6 the network that a host may choose its addresses in.
        case source(String)
        case phone(Attempt)

        var description: String {
            switch self {
            case .account(let account): "account \(account)"
            case .source(let address): "source \(address)"
            case .phone(let phone): "account \(phone.account) from \(phone.address)"
            }
        }
    }

    struct Lock: Hashable, Sendable {
        var subject: Subject
        var seconds: Int
        var lockout: Lockout
    }

    private struct Count {
        var lockout = Lockout()
        /// The store knows of the lock, so that an administrator can end it there.
        var isKept = false
    }

    /// Of each kind; beyond that the oldest are forgotten.
    private let capacity: Int
    private let rule: Lockout.Rule
    private var counts: [Subject: Count] = [:]
    /// When a phone has proved itself last, in seconds since 1970.
    private var proven: [Attempt: Double] = [:]

    /// - Parameter threshold: so many wrong passwords lock.
    init(threshold: Int, capacity: Int = 20_000) {
        self.capacity = max(4, capacity)
        rule = Lockout.Rule(threshold: threshold, forgivenAfter: 86_400)
    }

    /// How much is remembered.
    var count: Int { counts.count + proven.count }

    /// Whose locks this attempt meets, and whether the store knows of them.
    func locks(on attempt: Attempt, now: Double) -> [(subject: Subject, isKept: Bool)] {
        subjects(of: attempt).compactMap { subject in
            guard let count = counts[subject], count.lockout.secondsLeft(at: now, rule) != nil else { return nil }
            return (subject, count.isKept)
        }
    }

    /// - Returns: whom this locks, and for how long.
    mutating func countWrong(_ attempt: Attempt, now: Double) -> [Lock] {
        subjects(of: attempt).compactMap { subject in
            var count = counts[subject] ?? Count()
            count.lockout.countWrong(at: now, rule)
            count.isKept = false
            set(count, of: subject)
            return count.lockout.secondsLeft(at: now, rule).map {
                Lock(subject: subject, seconds: $0, lockout: count.lockout)
            }
        }
    }

    /// The store knows of the lock now.
    mutating func kept(_ subject: Subject) { counts[subject]?.isKept = true }

    /// A lock that the store has from an earlier run.
    mutating func restore(_ lockout: Lockout, of subject: Subject) {
        set(Count(lockout: lockout, isKept: true), of: subject)
    }

    /// An administrator has ended the lock.
    mutating func forget(_ subject: Subject) { counts[subject] = nil }

    private mutating func set(_ count: Count, of subject: Subject) {
        if counts[subject] == nil, counts.count >= capacity { counts.forgetOldest { $0.lockout.lastWrong } }
        counts[subject] = count
    }

    /// The password was right, or the phone is registered from there.
    mutating func proved(_ attempt: Attempt, now: Double) {
        counts[.phone(attempt)] = nil
        // One that comes from elsewhere for the first time ends what was counted against its account.
        if proven[attempt] == nil { counts[.account(attempt.account)] = nil }
        if proven[attempt] == nil, proven.count >= capacity { proven.forgetOldest { $0 } }
        proven[attempt] = now
    }

    private func subjects(of attempt: Attempt) -> [Subject] {
        if proven[attempt] != nil { return [.phone(attempt)] }
        let account = Subject.account(attempt.account)
        return attempt.isPeer ? [account] : [account, .source(AddressRange.household(of: attempt.address))]
    }
}

extension Dictionary {
    /// A quarter of it.
    fileprivate mutating func forgetOldest(_ time: (Value) -> Double) {
        for entry in self.sorted(by: { time($0.value) < time($1.value) }).prefix(Swift.max(1, count / 4)) {
            self[entry.key] = nil
        }
    }
}
