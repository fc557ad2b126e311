// The times of RFC 3261 §17.1.1.1 and table 4. All machines take "now" as the time since a fixed moment.

enum TransactionTiming {
    /// An estimate of the round trip.
    static let t1 = Duration.milliseconds(500)
    /// The longest interval between retransmissions.
    static let t2 = Duration.seconds(4)
    /// How long a message stays in the network.
    static let t4 = Duration.seconds(5)
    /// Timers B, F, H, J, L and M.
    static let whole = Duration.seconds(32)
    /// Timer D on unreliable transports.
    static let timerD = Duration.seconds(32)
    /// How long a user may take to answer a request other than INVITE.
    static let unanswered = Duration.seconds(30)
}

/// A message that is sent again and again at growing intervals.
struct Retransmission: Hashable, Sendable {
    private(set) var due: Duration
    private var interval: Duration
    private let longest: Duration?

    /// - Parameter longest: where the doubling ends; nil: nowhere (timer A).
    init(from now: Duration, longest: Duration? = TransactionTiming.t2) {
        interval = TransactionTiming.t1
        due = now + interval
        self.longest = longest
    }

    /// True when it is time to send again; the next time is then set, counted from `now` so that a late wake-up
    /// sends once and not several times.
    mutating func isDue(_ now: Duration) -> Bool {
        guard now >= due else { return false }
        interval *= 2
        if let longest { interval = min(interval, longest) }
        due = now + interval
        return true
    }

    /// Timer E once a provisional response is there (RFC 3261 §17.1.2.2).
    mutating func slowDown() {
        interval = longest ?? interval
    }
}

/// The earlier of two times, if there is one.
func earlier(_ first: Duration?, _ second: Duration?) -> Duration? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
