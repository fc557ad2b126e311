// What an owner or an administrator chose for a mailbox. Kept as one JSON document, so that a choice is one line here;
// what is not chosen has the value that a new mailbox has.

public struct MailboxSettings: Hashable, Sendable, Codable {
    // Whose it is and how it speaks (C3, C11, C13); nil: the organisation's
    public var language: String?
    public var timeZone: String?
    public var keymap: String?

    // What callers find (B1–B8)
    /// A mailbox that is not enabled takes no calls and no messages; its owner still gets in.
    public var isEnabled = true
    /// Greets and takes no messages (B6).
    public var isAnnouncementOnly = false
    /// The greeting is heard before the call is answered (B8).
    public var greetsEarly = false
    /// Whether a caller is asked what to do with a recording (B3).
    public var offersReview = true
    public var allowsUrgent = true
    /// Leaves out "please leave a message after the tone".
    public var skipsInstructions = false
    /// What keys do while a greeting plays, before what the key map says; keys are "0"–"9", "*" and "#" (B1).
    public var callerKeys: [String: CallerKeyTarget] = [:]
    /// Whom `0` reaches; nil: the organisation's operator.
    public var operatorNumber: String?
    /// Other mailboxes of the organisation, by number, that get every message too (B6).
    public var copies: [String] = []
    /// The numbered greeting that stands in for the unavailable one: 1 to 9 (C8).
    public var chosenGreeting: Int?
    /// When the temporary greeting ends, in seconds since 1970; nil: when it is deleted (B1).
    public var temporaryGreetingEnds: Double?
    /// Seconds; nil: the system's.
    public var minimumMessage: Int?
    public var maximumMessage: Int?

    // How its owner listens (C1–C4)
    public var envelope = EnvelopeMode.onDemand
    public var order = MessageOrder.oldestFirst
    /// Seconds that one press goes back or ahead; nil: the system's.
    public var skip: Int?
    /// How fast and how loud messages are at first: percent of their own speed, and decibels; nil: as they are.
    public var speed: Int?
    public var volume: Int?
    /// New messages begin to play after the log-in.
    public var playsNewAtOnce = false
    /// Goes on to the next message after a delete or a save.
    public var goesOnAfterDelete = false
    /// Name and greeting are still to be offered (C10).
    public var needsIntroduction = false

    // What its owner may do (C6, C7, D4)
    public var mayCallBack = false
    public var mayBroadcast = false
    /// No PIN is asked of the mailbox's own phone when digest or a live registration vouches for it (D4).
    public var isPINFreeFromOwnPhone = false

    // Who hears of it (A9, E2, E6)
    public var isHiddenFromDirectory = false
    public var emails: [String] = []
    /// Percent of the quota at which its owner is warned (E6).
    public var warnsAt = 90
    public var tellsWhenFull = true

    public init() {}
}

public enum EnvelopeMode: String, Hashable, Sendable, Codable, CaseIterable {
    case automatic, onDemand = "on-demand", off
}

public enum MessageOrder: String, Hashable, Sendable, Codable, CaseIterable {
    case oldestFirst = "oldest-first", newestFirst = "newest-first"
}

/// What a key does for a caller (B1). Written "skip", "log-in", "operator", "none", "number:5551234", "mailbox:102".
public enum CallerKeyTarget: Hashable, Sendable {
    case skip, logIn, operatorNumber, nothing
    case number(String)
    case mailbox(String)
}

extension CallerKeyTarget: LosslessStringConvertible, Codable {
    public init?(_ text: String) {
        switch text {
        case "skip": self = .skip
        case "log-in": self = .logIn
        case "operator": self = .operatorNumber
        case "none": self = .nothing
        default:
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, Spelling.isDialled(parts[1]) else { return nil }
            switch parts[0] {
            case "number": self = .number(parts[1])
            case "mailbox": self = .mailbox(parts[1])
            default: return nil
            }
        }
    }

    public var description: String {
        switch self {
        case .skip: "skip"
        case .logIn: "log-in"
        case .operatorNumber: "operator"
        case .nothing: "none"
        case .number(let number): "number:\(number)"
        case .mailbox(let number): "mailbox:\(number)"
        }
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let target = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is nothing that a key can do"))
        }
        self = target
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
