// The number plan (A7): what a dialled number starts, as data from `dialplan/`. Pure: a plan is read once, checked
// as a whole, and then only asked. An organisation's own rules (A5) are asked before the rules for everybody.

/// A checked number plan. A file that is wrong anywhere makes none, so that the one before can go on.
///
/// Which rule wins does not depend on the order of the file: rules of the caller's organisation come before the common
/// ones, and among these the rule with the most literal digits wins. Two rules of one list with equally many literal
/// digits never match the same number; such a file is refused.
public struct Dialplan: Sendable {
    var common: [Rule]
    /// By SIP domain, lower case.
    var organisations: [String: [Rule]]

    /// Reads one file's text. `file` only names it in errors.
    public init(yaml: String, file: String) throws(DialplanError) {
        try self.init(sources: [Source(file: file, yaml: yaml)])
    }

    init(sources: [Source]) throws(DialplanError) {
        var builder = DialplanReader()
        for source in sources { try builder.read(source) }
        guard !builder.common.isEmpty || !builder.organisations.isEmpty else {
            throw DialplanError(file: sources.first?.file ?? "", line: 1, reason: "there is no rule in it")
        }
        common = try Rule.ranked(builder.common)
        organisations = [:]
        for (domain, rules) in builder.organisations { organisations[domain] = try Rule.ranked(rules) }
    }

    /// What `dialled`, the user part of a Request-URI, starts for callers of `domain`; nil when no rule matches.
    ///
    /// Visual separators (`-`, `.`, `(`, `)` and blanks, RFC 3966 §5.1.1) and parameters after `;` do not count.
    public func application(for dialled: String, domain: String) -> Application? {
        guard let number = Dialplan.plainNumber(dialled) else { return nil }
        for rules in [organisations[domain.lowercased()] ?? [], common] {
            for rule in rules {
                if let application = rule.application(for: number) { return application }
            }
        }
        return nil
    }

    /// The longest number that a rule can match.
    static let longestNumber = 32

    static func plainNumber(_ dialled: String) -> [Character]? {
        var number: [Character] = []
        for character in dialled.prefix(while: { $0 != ";" }) where !"-.() ".contains(character) {
            guard Pattern.isDialable(character) || (character == "+" && number.isEmpty) else { return nil }
            number.append(character)
            if number.count > longestNumber { return nil }
        }
        return number.isEmpty ? nil : number
    }
}

/// What a call is handed to, with what it has to know.
public struct Application: Sendable, Hashable {
    public var name: String
    /// `mailbox`: a number, or several with `&` between them; `language`: a folder of `prompts/`.
    public var arguments: [String: String]

    public init(name: String, arguments: [String: String] = [:]) {
        self.name = name
        self.arguments = arguments
    }
}

/// Where a number plan is wrong, and why.
public struct DialplanError: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; 1 also when the file as a whole is meant.
    public var line: Int
    public var reason: String

    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    public var description: String { "\(file):\(line): \(reason)" }
}
