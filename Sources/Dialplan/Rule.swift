// One rule of the number plan: a pattern, the application it starts, and where it is written.

struct Rule: Sendable {
    var pattern: Pattern
    var application: String
    /// Given in the file; the pattern's capture adds one more.
    var arguments: [String: String]
    var file: String
    var line: Int

    func application(for number: [Character]) -> Application? {
        guard let captured = pattern.match(number) else { return nil }
        var filled = arguments
        if let capture = pattern.capture { filled[capture.name] = captured }
        return Application(name: application, arguments: filled)
    }

    /// The most specific first. Refused: two rules of which neither is more specific for a number that both match,
    /// since one of them could not be reached.
    static func ranked(_ rules: [Rule]) throws(DialplanError) -> [Rule] {
        for (place, rule) in rules.enumerated() {
            for earlier in rules[..<place] where earlier.pattern.literals == rule.pattern.literals {
                guard let number = rule.pattern.common(with: earlier.pattern) else { continue }
                throw DialplanError(
                    file: rule.file, line: rule.line,
                    reason: "'\(rule.pattern.text)' and '\(earlier.pattern.text)' (\(earlier.file):\(earlier.line))"
                        + " both match \(number) and neither is more specific")
            }
        }
        return rules.sorted { $0.pattern.literals > $1.pattern.literals }
    }
}

/// The applications a number can start, and what each has to be told.
enum KnownApplication: String, CaseIterable {
    /// Straight to the greeting of `mailbox`, to leave a message (A3); of several, each gets it (B6).
    case leaveMessage = "leave-message"
    /// The mailbox of the phone that calls (A1).
    case ownMailbox = "own-mailbox"
    /// Asks which mailbox (A2).
    case anyMailbox = "any-mailbox"
    /// The owner's menu of `mailbox`, whoever calls: a shared mailbox under a number of its own (A5).
    case openMailbox = "open-mailbox"
    /// The owner's menu of `mailbox` for its members, its greeting for everybody else (A5).
    case sharedMailbox = "shared-mailbox"
    /// Finds a mailbox by its owner's name (A9).
    case directory

    /// What it has to be told.
    var arguments: [Argument] {
        switch self {
        case .leaveMessage: [.mailboxes]
        case .openMailbox, .sharedMailbox: [.mailbox]
        case .ownMailbox, .anyMailbox, .directory: []
        }
    }
}

/// What an application can be told, and how it is written.
enum Argument: Hashable, CaseIterable {
    case mailbox
    /// One or several.
    case mailboxes
    /// In which the call is held (C13); any application may be told.
    case language

    var name: String {
        switch self {
        case .mailbox, .mailboxes: "mailbox"
        case .language: "language"
        }
    }

    /// How many digits a mailbox number has.
    static let mailboxDigits = 2...10
    private static let mostMailboxes = 20

    /// Why `text` is no value of it; nil when it is one.
    func flaw(in text: String) -> String? {
        switch self {
        case .mailbox: Self.isMailbox(text) ? nil : "'\(text)' is not a mailbox number: 2 to 10 digits"
        case .mailboxes:
            Self.areMailboxes(text)
                ? nil
                : "'\(text)' is not a mailbox number of 2 to 10 digits,"
                    + " nor \(Self.mostMailboxes) different ones at most with & between them"
        case .language: Self.isLanguage(text) ? nil : "'\(text)' is not a language such as en or pt-BR"
        }
    }

    private static func isMailbox(_ text: String) -> Bool {
        mailboxDigits.contains(text.count) && text.allSatisfy(Pattern.isDigit)
    }

    private static func areMailboxes(_ text: String) -> Bool {
        let numbers = text.split(separator: "&", omittingEmptySubsequences: false).map(String.init)
        return (1...mostMailboxes).contains(numbers.count) && Set(numbers).count == numbers.count
            && numbers.allSatisfy(isMailbox)
    }

    private static func isLanguage(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return (1...3).contains(parts.count)
            && parts.allSatisfy { (2...8).contains($0.count) && $0.allSatisfy { $0.isASCII && $0.isLetter } }
    }
}
