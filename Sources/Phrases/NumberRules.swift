// How a language says numbers: rules in the manner of Unicode's rule-based number formats (UTS #35, RBNF).
// A rule holds from its base up to the next rule's base. Its text is clip names and these marks:
//   *        the number itself, in a clip's name: "number-*"
//   <   >    the quotient and the remainder by the rule's divisor, said by the same set; "<name" by another set
//   =name    the whole number, said by another set
//   [ … ]    left out when the remainder is zero
// The divisor is the base, or what follows it: "2010/100".

struct NumberRules: Sendable {
    struct Rule: Sendable {
        var base: Int
        var divisor: Int
        var pieces: [Piece]
    }

    struct Piece: Sendable {
        enum Content: Sendable, Hashable {
            case clip(String)
            case numbered(prefix: String, suffix: String)
            case quotient(set: String?)
            case remainder(set: String?)
            case whole(set: String)
        }
        var content: Content
        var onlyWithRemainder: Bool
    }

    /// By base, ascending.
    let rules: [Rule]

    init(_ entries: [String: String]) throws(Complaint) {
        var rules: [Rule] = []
        for (range, text) in entries { rules.append(try Self.rule(range, text)) }
        self.rules = rules.sorted { $0.base < $1.base }
        guard Set(rules.map(\.base)).count == rules.count else { throw Complaint("has two rules for one number") }
        guard let last = self.rules.last else { throw Complaint("has no rules") }
        guard !last.pieces.contains(where: \.isNumbered) else {
            throw Complaint("ends with '*', which needs a rule above it")
        }
    }

    func rule(for number: Int) -> Rule? { rules.last { $0.base <= number } }

    /// Numbers that between them need every clip of these rules.
    var samples: [Int] {
        zip(rules, rules.dropFirst().map(\.base) + [Int.max]).flatMap { rule, next in
            rule.pieces.contains(where: \.isNumbered)
                ? Array(rule.base..<next) : [rule.base, rule.base + 1].filter { $0 < next }
        }
    }

    private static func rule(_ range: String, _ text: String) throws(Complaint) -> Rule {
        let parts = range.split(separator: "/", omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ Int($0) }), base >= 0, parts.count <= 2 else {
            throw Complaint("'\(range)' is not a number or number/divisor")
        }
        let divisor = parts.count == 2 ? Int(parts[1]) : base
        guard let divisor, parts.count == 1 || (2...max(2, base)).contains(divisor) else {
            throw Complaint("'\(range)' needs a divisor from 2 to the number itself")
        }
        let pieces = try pieces(text)
        guard divisor >= 2 || !pieces.contains(where: \.divides) else {
            throw Complaint("rule \(range) cannot divide: '<', '>' and '[' need a base of 2 or more")
        }
        return Rule(base: base, divisor: divisor, pieces: pieces)
    }

    private static func pieces(_ text: String) throws(Complaint) -> [Piece] {
        var pieces: [Piece] = []
        var inBrackets = false
        for word in text.split(separator: " ") {
            var word = word
            if word.hasPrefix("[") {
                inBrackets = true
                word.removeFirst()
            }
            let closes = word.hasSuffix("]")
            if closes { word.removeLast() }
            guard !word.isEmpty, inBrackets || !closes else { throw Complaint("'\(text)' has brackets astray") }
            pieces.append(Piece(content: Piece.content(word), onlyWithRemainder: inBrackets))
            if closes { inBrackets = false }
        }
        guard !pieces.isEmpty, !inBrackets else { throw Complaint("'\(text)' is empty or lacks a ']'") }
        return pieces
    }
}

extension NumberRules.Piece {
    var isNumbered: Bool {
        if case .numbered = content { true } else { false }
    }

    var isWhole: Bool {
        if case .whole = content { true } else { false }
    }

    var divides: Bool {
        switch content {
        case .quotient, .remainder: true
        case .clip, .numbered, .whole: onlyWithRemainder
        }
    }

    /// The other set that this piece calls on.
    var otherSet: String? {
        switch content {
        case .quotient(let set), .remainder(let set): set
        case .whole(let set): set
        case .clip, .numbered: nil
        }
    }

    fileprivate static func content(_ word: Substring) -> Content {
        let rest = String(word.dropFirst())
        switch word.first {
        case "<": return .quotient(set: rest.isEmpty ? nil : rest)
        case ">": return .remainder(set: rest.isEmpty ? nil : rest)
        case "=": return .whole(set: rest)
        default: break
        }
        guard let star = word.firstIndex(of: "*") else { return .clip(String(word)) }
        return .numbered(prefix: String(word[..<star]), suffix: String(word[word.index(after: star)...]))
    }
}
