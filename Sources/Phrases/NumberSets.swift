// All the numbers a language can say: its sets of rules by name, "cardinal", "ordinal", "year" … and the set "plural",
// whose rules give no clips but the form that a noun takes beside the number.

struct NumberSets: Sendable {
    static let cardinal = "cardinal"
    static let plural = "plural"
    let sets: [String: NumberRules]

    init(_ entries: [String: [String: String]]) throws(Complaint) {
        var sets: [String: NumberRules] = [:]
        for (name, rules) in entries {
            do { sets[name] = try NumberRules(rules) } catch { throw Complaint("numbers.\(name): \(error.reason)") }
        }
        for name in [Self.cardinal, Self.plural] where sets[name] == nil {
            throw Complaint("numbers: '\(name)' is missing")
        }
        self.sets = sets
        try checkCalls()
    }

    /// The clips of a number; empty where no rule of the set reaches so low.
    func say(_ number: Int, set name: String) -> [String] {
        guard let rule = sets[name]?.rule(for: number) else { return [] }
        let remainder = rule.divisor > 1 ? number % rule.divisor : 0
        var clips: [String] = []
        for piece in rule.pieces where !piece.onlyWithRemainder || remainder != 0 {
            switch piece.content {
            case .clip(let clip): clips.append(clip)
            case .numbered(let prefix, let suffix): clips.append("\(prefix)\(number)\(suffix)")
            case .quotient(let set): clips += say(number / rule.divisor, set: set ?? name)
            case .remainder(let set): clips += say(remainder, set: set ?? name)
            case .whole(let set): clips += say(number, set: set)
            }
        }
        return clips
    }

    /// The clip of `noun` in the form that it takes beside the number: "minutes-other".
    func form(of noun: String, for number: Int) -> String {
        "\(noun)-\(say(number, set: Self.plural).joined(separator: "-"))"
    }

    /// Every set called on exists, and saying ends: `<` and `>` make the number smaller, and `=` may only call
    /// on a set that does not use `=` itself.
    private func checkCalls() throws(Complaint) {
        for (name, rules) in sets {
            for piece in rules.rules.flatMap(\.pieces) {
                guard let called = piece.otherSet else { continue }
                guard let other = sets[called] else { throw Complaint("numbers.\(name): no set '\(called)'") }
                guard piece.isWhole, other.rules.flatMap(\.pieces).contains(where: \.isWhole) else { continue }
                throw Complaint("numbers.\(name): '=\(called)' leads to another '='")
            }
        }
    }
}
