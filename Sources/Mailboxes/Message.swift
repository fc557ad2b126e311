// What is in a mailbox: messages in folders, and recorded greetings and names.

/// The codec of stored audio; raw values are the RTP encoding names, 8,000 bytes a second each.
public enum StoredEncoding: String, Hashable, Sendable, Codable, CaseIterable {
    case pcmu = "PCMU"
    case pcma = "PCMA"
    case g722 = "G722"
}

public enum Folder: String, Hashable, Sendable, Codable, CaseIterable {
    case new, saved, deleted
    /// The owner's own (C4).
    case work, family, friends
    case folder5 = "folder-5", folder6 = "folder-6", folder7 = "folder-7", folder8 = "folder-8", folder9 = "folder-9"

    /// Where messages can be put, by the digit that names them: 0 new, 1 saved, 2 to 9 the owner's own.
    public static let byDigit: [Folder] = [
        .new, .saved, .work, .family, .friends, .folder5, .folder6, .folder7, .folder8, .folder9,
    ]
}

public struct Message: Hashable, Sendable {
    public var id: RecordingID
    public var mailbox: MailboxID
    public var folder: Folder
    public var urgent: Bool
    public var callerNumber: String?
    public var callerName: String?
    /// The mailbox that it was sent from, for a reply (C6).
    public var sender: MailboxID? = nil
    /// Seconds since 1970, when the beep was heard.
    public var receivedAt: Double
    public var encoding: StoredEncoding
    /// Audio bytes; 8,000 are a second.
    public var byteCount: Int
}

/// Recordings that belong to the mailbox itself and are played to callers (B1, C8).
public enum GreetingKind: String, Hashable, Sendable, Codable, CaseIterable {
    case unavailable, name, busy, temporary
    case outOfHours = "out-of-hours"
    case slot1 = "slot-1", slot2 = "slot-2", slot3 = "slot-3", slot4 = "slot-4", slot5 = "slot-5", slot6 = "slot-6"
    case slot7 = "slot-7", slot8 = "slot-8", slot9 = "slot-9"

    /// The nine numbered greetings, of which one may stand in for the unavailable one.
    public static func slot(_ number: Int) -> GreetingKind? {
        (1...9).contains(number) ? GreetingKind(rawValue: "slot-\(number)") : nil
    }

    /// 1 to 9; nil for those that are no numbered greeting.
    public var slot: Int? { (1...9).first { Self.slot($0) == self } }
}

public struct Greeting: Hashable, Sendable {
    public var id: RecordingID
    public var mailbox: MailboxID
    public var kind: GreetingKind
    public var encoding: StoredEncoding
    public var byteCount: Int
}

/// What the lamp and the menu say. `new` and `saved` include the urgent ones (RFC 3842 §5.2).
public struct MessageCounts: Hashable, Sendable {
    public var new = 0
    public var newUrgent = 0
    public var saved = 0
    public var savedUrgent = 0
    public init(new: Int = 0, newUrgent: Int = 0, saved: Int = 0, savedUrgent: Int = 0) {
        self.new = new
        self.newUrgent = newUrgent
        self.saved = saved
        self.savedUrgent = savedUrgent
    }

    /// Several mailboxes on one lamp (F3).
    public static func += (sum: inout MessageCounts, more: MessageCounts) {
        sum.new += more.new
        sum.newUrgent += more.newUrgent
        sum.saved += more.saved
        sum.savedUrgent += more.savedUrgent
    }
}

/// Where an owner's call broke off (C12).
public struct Bookmark: Hashable, Sendable, Codable {
    public var message: RecordingID
    public var folder: Folder
    /// Bytes into the message.
    public var position: Int
    /// Seconds since 1970.
    public var at: Double
    public init(message: RecordingID, folder: Folder, position: Int, at: Double) {
        self.message = message
        self.folder = folder
        self.position = position
        self.at = at
    }
}
