// What an organisation's administrator chose for all its mailboxes. Kept as one JSON document, like `MailboxSettings`.

public struct OrganisationSettings: Hashable, Sendable, Codable {
    /// The keys of mailboxes that chose none, and of calls before a mailbox is known.
    public var keymap = "default"

    // PINs (D1, D2)
    /// Whether the provider lets this organisation have a default PIN.
    public var mayHaveDefaultPIN = false
    public var initialPIN = InitialPIN.systemGenerated
    public var pinPolicy = PINPolicy()
    /// First log-ins offer to record a name and a greeting (C10).
    public var introducesOwners = true

    // Callers (A6, B1)
    public var hours: OpeningHours?
    public var operatorNumber: String?
    public var transfer = Transfer.refer
    /// Of several diverting parties, whose mailbox it is.
    public var diverted = DivertingParty.first

    // Calling back (C7): numbers that may be called, as beginnings; empty: extensions of the organisation only
    public var callableNumbers: [String] = []

    // Mailbox life (E5), in days
    public var keepsDeleted = 7
    /// Nil: for ever.
    public var expiresNewAfter: Int?
    public var expiresSavedAfter: Int?
    /// How long the removal of a mailbox or an extension can be undone (E3).
    public var keepsRemoved = 30

    /// By which name entries of the directory are found (A9).
    public var directoryBy = DirectoryKey.both

    public init() {}

    public enum InitialPIN: String, Hashable, Sendable, Codable, CaseIterable {
        case systemGenerated = "system-generated", `default`
    }
    public enum Transfer: String, Hashable, Sendable, Codable, CaseIterable { case refer, bridge }
    public enum DivertingParty: String, Hashable, Sendable, Codable, CaseIterable { case first, last }
    public enum DirectoryKey: String, Hashable, Sendable, Codable, CaseIterable { case first, last, both }
}

/// When there is somebody to answer, in the organisation's time zone; outside, callers hear the out-of-hours greeting.
public struct OpeningHours: Hashable, Sendable, Codable {
    /// Minutes of the day, `from` < `to` <= 1440.
    public struct Span: Hashable, Sendable, Codable {
        public var from: Int
        public var to: Int
        public init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }
    }
    /// By weekday, 1 (Sunday) to 7 (Saturday) as in `Calendar`; a day that is not there is closed.
    public var days: [Int: [Span]]
    /// Dates on which nobody is there, "2026-12-25".
    public var closed: Set<String>
    public init(days: [Int: [Span]] = [:], closed: Set<String> = []) {
        self.days = days
        self.closed = closed
    }
}
