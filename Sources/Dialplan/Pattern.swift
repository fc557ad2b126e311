// One dialled-number pattern: literal digits with at most one capture, `03{mailbox:2-10}`. With a single capture a
// number can match in one way only, and whether two patterns meet can be decided exactly.

struct Pattern: Sendable, Hashable {
    struct Capture: Sendable, Hashable {
        var name: String
        /// How many digits it takes.
        var lengths: ClosedRange<Int>
    }

    var text: String
    var prefix: [Character]
    var capture: Capture?
    var suffix: [Character]

    /// How many digits are given: the more, the more specific.
    var literals: Int { prefix.count + suffix.count }

    var lengths: ClosedRange<Int> {
        let captured = capture?.lengths ?? 0...0
        return (literals + captured.lowerBound)...(literals + captured.upperBound)
    }

    static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
    static func isDialable(_ character: Character) -> Bool {
        isDigit(character) || character == "*" || character == "#"
    }

    /// The digits that the capture takes of `number` ("" without a capture); nil when the pattern does not match.
    func match(_ number: [Character]) -> String? {
        guard lengths.contains(number.count), number.starts(with: prefix),
            number.reversed().starts(with: suffix.reversed())
        else { return nil }
        let captured = number.dropFirst(prefix.count).dropLast(suffix.count)
        return captured.allSatisfy(Pattern.isDigit) ? String(captured) : nil
    }

    /// A number that both patterns match; nil when there is none.
    func common(with other: Pattern) -> String? {
        let shortest = max(lengths.lowerBound, other.lengths.lowerBound)
        let longest = min(lengths.upperBound, other.lengths.upperBound)
        guard shortest <= longest else { return nil }
        for length in shortest...longest {
            let pairs = zip(places(length), other.places(length))
            let agreed = pairs.compactMap { mine, theirs -> Character? in
                switch (mine, theirs) {
                case (nil, nil): "1"
                case (let literal?, nil), (nil, let literal?): Pattern.isDigit(literal) ? literal : nil
                case (let mine?, let theirs?): mine == theirs ? mine : nil
                }
            }
            if agreed.count == length { return String(agreed) }
        }
        return nil
    }

    /// The pattern spread over a number of `length`: nil stands for any digit.
    private func places(_ length: Int) -> [Character?] {
        prefix.map(Optional.some) + Array(repeating: nil, count: length - literals) + suffix.map(Optional.some)
    }
}

extension Pattern {
    /// Why a text is not a pattern.
    struct Flaw: Error { var reason: String }

    init(_ text: String) throws(Flaw) {
        self.text = text
        guard text.count <= 100 else { throw Flaw(reason: "the pattern is too long") }
        guard let open = text.firstIndex(of: "{") else {
            (prefix, capture, suffix) = (try Pattern.literal(text, first: true), nil, [])
            try checkLength()
            return
        }
        guard let close = text[open...].firstIndex(of: "}") else { throw Flaw(reason: "'{' without '}' in '\(text)'") }
        prefix = try Pattern.literal(text[..<open], first: true)
        capture = try Capture(text[text.index(after: open)..<close])
        suffix = try Pattern.literal(text[text.index(after: close)...], first: false)
        try checkLength()
    }

    private func checkLength() throws(Flaw) {
        guard lengths.lowerBound > 0 else { throw Flaw(reason: "the pattern is empty") }
        guard lengths.upperBound <= Dialplan.longestNumber else {
            throw Flaw(reason: "'\(text)' is longer than \(Dialplan.longestNumber) digits")
        }
    }

    private static func literal(_ text: some StringProtocol, first: Bool) throws(Flaw) -> [Character] {
        for (place, character) in text.enumerated() {
            if character == "{" || character == "}" { throw Flaw(reason: "only one {name:length} fits into a pattern") }
            guard isDialable(character) || (character == "+" && first && place == 0) else {
                throw Flaw(
                    reason: "'\(character)' cannot be dialled: a pattern is made of 0-9, * and #, and + at its start")
            }
        }
        return Array(text)
    }
}

extension Pattern.Capture {
    /// `mailbox:4` or `mailbox:2-10`.
    fileprivate init(_ text: Substring) throws(Pattern.Flaw) {
        let malformed = Pattern.Flaw(reason: "'{\(text)}' is not of the form {name:4} or {name:2-10}")
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = parts.first, let lengths = parts.last, !name.isEmpty,
            name.allSatisfy({ ("a"..."z").contains($0) || $0 == "-" })
        else { throw malformed }
        let bounds = lengths.split(separator: "-", omittingEmptySubsequences: false).map { bound in
            bound.allSatisfy(Pattern.isDigit) ? Int(bound) : nil
        }
        guard bounds.count <= 2, let first = bounds.first, let shortest = first, let last = bounds.last,
            let longest = last,
            shortest >= 1, shortest <= longest, longest <= Dialplan.longestNumber
        else { throw malformed }
        self.init(name: String(name), lengths: shortest...longest)
    }
}
