// Session timers (RFC 4028): a call that nobody refreshes is over. What was asked for and agreed, and when what is due.

/// What we want of session timers.
struct SessionTiming: Sendable, Hashable {
    /// Seconds that we ask for; nil: we ask for none, but a peer that does gets it.
    var interval: Int?
    /// The shortest that we take, in seconds.
    var minimum = 90
}

/// A Session-Expires header (RFC 4028 §4).
struct SessionInterval: Hashable {
    enum Refresher: String { case uac, uas }
    let seconds: Int
    let refresher: Refresher?

    /// Nil when there is none, or none that can be read.
    init?(_ head: MessageHead) {
        let parts = (head["session-expires"] ?? "").lowercased().split(separator: ";").map { part in
            part.filter { $0 != " " && $0 != "\t" }
        }
        guard let first = parts.first, let seconds = Self.seconds(first) else { return nil }
        self.seconds = seconds
        let refresher = parts.dropFirst().first { $0.hasPrefix("refresher=") }
        self.refresher = refresher.flatMap { Refresher(rawValue: String($0.dropFirst("refresher=".count))) }
    }

    /// Of a Min-SE header (RFC 4028 §5).
    static func minimum(_ head: MessageHead) -> Int? {
        head["min-se"].flatMap { seconds($0.prefix { $0 != ";" && $0 != " " }) }
    }

    private static func seconds(_ text: some StringProtocol) -> Int? {
        ASCII.decimal(text.utf8, maximum: UInt64(UInt32.max)).map { Int($0) }
    }
}

struct SessionTimer: Sendable {
    let interval: Int
    /// Whether the refreshing is ours.
    let isOurs: Bool
    /// When we refresh next: at half of the interval (RFC 4028 §7.2).
    var refreshAt: Duration?
    /// When the call ends if it is not refreshed: a little earlier than agreed (RFC 4028 §10).
    let end: Duration

    init(interval: Int, isOurs: Bool, now: Duration) {
        self.interval = interval
        self.isOurs = isOurs
        refreshAt = isOurs ? now + .seconds(interval) / 2 : nil
        end = now + .seconds(interval) - min(.seconds(32), .seconds(interval) / 3)
    }

    var deadline: Duration? { earlier(refreshAt, end) }
}

extension SIPRequest {
    var supportsTimer: Bool { head.tokens(of: "supported").contains("timer") }

    /// 422 where the asked interval is too short, and the peer can ask again (RFC 4028 §9).
    func refusalOfInterval(minimum: Int) -> SIPResponse? {
        guard supportsTimer, let asked = SessionInterval(head), asked.seconds < minimum else { return nil }
        return response(422, adding: [HeaderField("Min-SE", String(minimum))])
    }
}
