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
    /// Straight to the greeting of `mailbox`, to leave a message (A3).
    case leaveMessage = "leave-message"
    /// The mailbox of the phone that calls (A1).
    case ownMailbox = "own-mailbox"
    /// Asks which mailbox (A2).
    case anyMailbox = "any-mailbox"
    /// The owner's menu of `mailbox`, whoever calls: a shared mailbox under a number of its own (A5).
    case openMailbox = "open-mailbox"

    var arguments: [String] {
        switch self {
        case .leaveMessage, .openMailbox: [KnownApplication.mailbox]
        case .ownMailbox, .anyMailbox: []
        }
    }

    static let mailbox = "mailbox"
    /// How many digits a mailbox number has.
    static let mailboxDigits = 2...10
}
