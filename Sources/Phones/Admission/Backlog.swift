// How many REGISTERs and SUBSCRIBEs are worked on at once: a pure machine. After a power cut all phones come together.
// One that waits too long sends its request again, which is more to do for all of them; it is better told to come back.

internal import SIP

struct Backlog: Sendable {
    /// Seconds; a phone sends again what was not answered within T1 (RFC 3261 §17.1.2.2).
    static let patience = 0.5
    /// So many are worked on whatever time they take: the disk may let all of them wait for once.
    static let few = 500
    /// Seconds; spread, so that those who were sent away together do not come back together.
    private static let pauses = 2...6

    private let limit: Int
    private var count = 0
    private var isSlow = false
    private var random: RandomSource

    init(limit: Int, random: RandomSource) {
        self.limit = limit
        self.random = random
    }

    /// Counts a request in.
    /// - Returns: nil; or, when it is one too many, seconds after which it may come again.
    mutating func begin() -> Int? {
        guard count < limit, count < Self.few || !isSlow else { return .random(in: Self.pauses, using: &random) }
        count += 1
        return nil
    }

    /// - Parameter seconds: how long it took, the time that it waited for others included.
    mutating func end(after seconds: Double) {
        count -= 1
        isSlow = seconds > Self.patience
    }
}
