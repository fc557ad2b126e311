// People and where their messages went: directory entries, recipients confirmed by name, what was delivered and
// what was not, and why (A9, C3, C5, C6).

/// Why a message could not be delivered to one of its recipients (C5).
public enum DeliveryFailure: Hashable, Sendable, CaseIterable {
    case mailboxFull
    /// An announcement-only mailbox, or one that is switched off.
    case takesNoMessages
    case noSuchMailbox
    case systemProblem
}

extension Phrases {
    /// "Extension one zero one": stands for a name that nobody recorded. Nothing speakable is "an unknown caller".
    public func `extension`(_ number: String) -> [String] {
        let clips = spelled(number)
        return clips.isEmpty ? say(.unknownCaller) : say(.extension, ["extension": .clips(clips)])
    }

    /// "… at extension one zero one": a recipient to be confirmed, a directory entry read out (A9, C5).
    public func person(extension number: String) -> NameFrame {
        frame(.person, ["extension": .clips(spelled(number))])
    }

    /// "For … at extension one zero one, press one." Without an extension to be said, "For …, press one."; that
    /// with `self.extension("101")` as the name is the entry of someone who recorded none. `key` as in
    /// `choice(_:key:)`; for any other nothing is said.
    public func forPerson(extension number: String? = nil, key: Character) -> NameFrame {
        guard let key = keyName(key) else { return NameFrame(before: [], after: []) }
        let clips = spelled(number)
        guard !clips.isEmpty else { return frame(.forName, ["key": .word(key)]) }
        return frame(.forPerson, ["extension": .clips(clips), "key": .word(key)])
    }

    /// "From …": the envelope's caller by name in place of the number (C3).
    public var fromName: NameFrame { frame(.from, value: "caller") }

    /// "… is not available.": the stock greeting after the recorded name (B1).
    public var nameNotAvailable: NameFrame { frame(.nameNotAvailable) }

    /// "… is on the phone.": the same for somebody who is busy (B1).
    public var nameOnThePhone: NameFrame { frame(.nameOnThePhone) }

    /// "Message forwarded to …" (C5).
    public var forwarded: NameFrame { frame(.forwarded) }

    /// "Message sent to …" (C6).
    public var sent: NameFrame { frame(.sent) }

    /// "Not delivered to …, because the mailbox is full." (C5)
    public func notDelivered(because failure: DeliveryFailure) -> NameFrame {
        switch failure {
        case .mailboxFull: frame(.notDeliveredFull)
        case .takesNoMessages: frame(.notDeliveredClosed)
        case .noSuchMailbox: frame(.notDeliveredUnknown)
        case .systemProblem: frame(.notDeliveredProblem)
        }
    }

    /// "The message has been forwarded to three mailboxes." (C5)
    public func forwarded(to count: Int) -> [String] { say(.forwardedToMailboxes, counting: count) }

    /// "The message has been sent to three mailboxes." (C6)
    public func sent(to count: Int) -> [String] { say(.sentToMailboxes, counting: count) }

    /// "To three mailboxes": after `.messageSent`, or before the sending is confirmed (C5, C6).
    public func recipients(_ count: Int) -> [String] { say(.recipients, counting: count) }

    /// "Three names found" in the directory (A9).
    public func namesFound(_ count: Int) -> [String] { say(.namesFound, counting: count) }

    /// "List three" (C6).
    public func list(_ number: Int) -> [String] { say(.listNumber, counting: number) }

    /// "Three members" of a list (C6).
    public func members(_ count: Int) -> [String] { say(.members, counting: count) }

    /// "To call five five five one two three four, press one." (C7)
    public func toCall(_ number: String, key: Character) -> [String] {
        guard let key = keyName(key) else { return [] }
        return say(.toCall, ["number": .clips(digits(number)), "key": .word(key)])
    }
}
