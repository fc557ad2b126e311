// What is said in one language, as a flow author asks for it: every function answers with the names of the
// clips to play, in order. How they are put together is data (`prompts/<language>/language.yaml`).

public import Foundation

public struct Phrases: Sendable {
    /// The language's folder in `prompts/`: "en".
    public let language: String

    /// A fixed prompt.
    public func prompt(_ id: PromptID) -> [String] { [id.rawValue] }

    /// "You have one urgent message, two new messages and three saved messages." `new` includes the urgent
    /// ones, as in RFC 3842 §5.2; they are spoken apart. "You have no messages." when there are none.
    public func counts(new: Int, urgent: Int, saved: Int) -> [String] { [] }

    /// A cardinal number; below zero counts as zero.
    public func number(_ value: Int) -> [String] { [] }

    /// Each digit or letter by itself, as for an extension or a telephone number; nil or nothing speakable is
    /// "unknown caller".
    public func digits(_ text: String?) -> [String] { [] }

    /// "First message" … "tenth message", "message eleven" …
    public func message(_ position: Int) -> [String] { [] }

    /// "Today", "yesterday", the weekday for the six days before, else month and day, with the year if it is another.
    public func date(_ date: Date, now: Date, timeZone: TimeZone) -> [String] { [] }

    /// "Three oh seven p m", "noon".
    public func time(_ date: Date, timeZone: TimeZone) -> [String] { [] }

    /// "One minute and twenty seconds".
    public func duration(seconds: Int) -> [String] { [] }

    /// Of the envelope: "Received today at three oh seven p m."
    public func received(_ date: Date, now: Date, timeZone: TimeZone) -> [String] { [] }

    /// Of the envelope: "From" and the number, or "from an unknown number".
    public func from(caller: String?) -> [String] { [] }

    /// Of the envelope: "Length" and the duration.
    public func length(seconds: Int) -> [String] { [] }

    /// The whole envelope of a message (C3): when, from whom, how long.
    public func envelope(
        received: Date, caller: String?, seconds: Int, now: Date, timeZone: TimeZone
    ) -> [String] { [] }

    /// One choice of a menu: "To hear your new messages, press one." `key` is 0 to 9, `*` or `#`.
    public func choice(_ action: PromptID, key: Character) -> [String] { [] }

    /// Choices one after the other, with a short silence after each.
    public func menu(_ choices: [(action: PromptID, key: Character)]) -> [String] { [] }

    /// The stock greeting's first sentence (B1): "The person at extension one zero one is not available."
    /// `.prompt(.leaveMessageAfterTone)` follows.
    public func notAvailable(extension number: String) -> [String] { [] }
}
