// What is set for one extension's phones.

public struct ExtensionSettings: Hashable, Sendable, Codable {
    /// How its phones are told outside a subscription; nil: as the system does.
    public var unsolicited: UnsolicitedState?
    /// General mailboxes, by number, whose messages its lamp and counts show too, added to its own (F3).
    public var alsoShows: [String] = []

    public init() {}
}

/// How a NOTIFY outside a subscription describes itself (F4).
public enum UnsolicitedState: String, Hashable, Sendable, Codable, CaseIterable {
    /// `Subscription-State: active`: some phones ignore any other unless they are told not to.
    case active
    /// `Subscription-State: terminated`: for phones that would keep a subscription in mind otherwise.
    case terminated
    /// Only phones that subscribe are told.
    case off
}

extension ExtensionSettings {
    func validate() throws(StoreError) {
        try Spelling.bound("also-shows", alsoShows.count, 0...20)
        guard Set(alsoShows).count == alsoShows.count else {
            throw .badSetting("also-shows", reason: "a mailbox is named twice")
        }
    }
}
