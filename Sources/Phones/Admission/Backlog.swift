// How many REGISTERs and SUBSCRIBEs are worked on at once: a pure machine. After a power cut all phones come together.
// One that waits too long sends its request again, which is more to do for all of them; it is better told to come back.
// Who is told so first: what has been begun is finished before more is begun, and phones are registered, with which their
// lamps are right, before they subscribe to those lamps.

internal import SIP

struct Backlog: Sendable {
    struct Errand: Sendable {
        var isRegistration: Bool
        /// The request has credentials, which it will most likely be answered for; others are asked for theirs.
        var hasCredentials: Bool

        /// So many of all errands are worked on, whatever time they take, before one more like this is: the disk may let
        /// everybody wait for once.
        var few: Int { hasCredentials ? 500 : 400 }
    }

    /// Seconds; a phone sends again what was not answered within T1 (RFC 3261 §17.1.2.2).
    static let patience = 0.5
    /// Registrations that are worked on, and the seconds that they take, from which on subscriptions wait for them.
    static let manyRegistrations = 250
    static let registrationPatience = 0.25
    /// Seconds for which it is remembered how long errands took.
    private static let memory = 1.0
    /// Seconds to stay away for; spread, so that those who were sent away together do not come back together.
    private static let pauses = 2...6
    private static let pausesForRegistrations = 5...15

    private let limit: Int
    private var count = 0
    private var registrations = 0
    private var longest = 0.0
    private var longestAt = 0.0
    private var random: RandomSource

    init(limit: Int, random: RandomSource) {
        self.limit = limit
        self.random = random
    }

    /// Counts a request in.
    /// - Parameter now: seconds since any time.
    /// - Returns: nil; or, when it is one too many, seconds after which it may come again.
    mutating func begin(_ errand: Errand, now: Double) -> Int? {
        let wait = now - longestAt < Self.memory ? longest : 0
        guard count < limit, count < errand.few || wait <= Self.patience else {
            return .random(in: Self.pauses, using: &random)
        }
        let isOvertaken = registrations >= Self.manyRegistrations && wait > Self.registrationPatience
        guard errand.isRegistration || !isOvertaken else {
            return .random(in: Self.pausesForRegistrations, using: &random)
        }
        count += 1
        if errand.isRegistration { registrations += 1 }
        return nil
    }

    /// - Parameter seconds: how long it took, the time that it waited for others included.
    mutating func end(_ errand: Errand, after seconds: Double, now: Double) {
        count -= 1
        if errand.isRegistration { registrations -= 1 }
        guard seconds > longest || now - longestAt >= Self.memory else { return }
        longest = seconds
        longestAt = now
    }
}
