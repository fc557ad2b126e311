// A party that sent a call on before it came to us, and why, in the words of the three headers that tell it.

public struct DivertingParty: Hashable, Sendable {
    /// The address that was called and did not take the call.
    public var uri: SIPURI
    public var reason: DivertingReason
    /// Its address is not to be told to anybody (RFC 5806 privacy, RFC 7044 §10.1.2); the mailbox is found by it all
    /// the same.
    public var isPrivate: Bool

    public init(_ uri: SIPURI, _ reason: DivertingReason, isPrivate: Bool = false) {
        self.uri = uri
        self.reason = reason
        self.isPrivate = isPrivate
    }

    public var number: String? { uri.number }
}

/// Why a call was sent on.
public enum DivertingReason: Hashable, Sendable {
    case noAnswer, busy, unconditional, outOfHours, unavailable, unknown

    /// The status that a `cause` parameter or a Reason header names (RFC 4458 §2.1, RFC 8119, RFC 7544 §6).
    init(cause: Int) {
        self =
            switch cause {
            case 486, 600: .busy
            case 408, 480, 487: .noAnswer
            case 302: .unconditional
            case 404, 503: .unavailable
            default: .unknown
            }
    }

    /// A cause of the telephone network (ITU-T Q.850), as a Reason header may name it instead (RFC 3326 §2).
    init(telephoneCause: Int) {
        self =
            switch telephoneCause {
            case 17: .busy
            case 18, 19: .noAnswer
            case 20, 27: .unavailable
            default: .unknown
            }
    }

    /// The `reason` of a Diversion header (RFC 5806 §4), without its quotes.
    init(diversion reason: String) {
        self =
            switch reason.lowercased() {
            case "user-busy", "do-not-disturb": .busy
            case "no-answer": .noAnswer
            case "unconditional", "deflection", "follow-me": .unconditional
            case "time-of-day": .outOfHours
            case "unavailable", "out-of-service", "away": .unavailable
            default: .unknown
            }
    }
}
