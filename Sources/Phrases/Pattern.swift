// How a language builds a sentence: clip names with places for values.
//   {x}       the value: its clips, or a number said as a cardinal
//   {x:set}   a number said by that set of rules
//   {x#noun}  the noun's form for that number, by the rules of "plural": "noun-one" or "noun-other"
//   day-{x}   the value inside a clip's name

struct Pattern: Sendable {
    enum Value: Sendable {
        case number(Int)
        case clips([String])
        case word(String)
    }

    private enum Piece: Sendable {
        case clip(String)
        case value(String)
        case number(String, set: String)
        case noun(String, counted: String)
        case named(prefix: String, value: String, suffix: String)
    }

    private let pieces: [Piece]

    /// `variables` are the values this sentence gets; any other is refused.
    init(_ text: String, variables: Set<String>, numbers: NumberSets) throws(Complaint) {
        var pieces: [Piece] = []
        for word in text.split(separator: " ") {
            pieces.append(try Self.piece(word, variables, numbers))
        }
        guard !pieces.isEmpty else { throw Complaint("is empty") }
        self.pieces = pieces
    }

    /// The values that are said.
    var variables: Set<String> {
        Set(
            pieces.compactMap { piece in
                switch piece {
                case .clip: nil
                case .value(let name), .number(let name, _), .noun(_, let name), .named(_, let name, _): name
                }
            })
    }

    func fill(_ values: [String: Value], in language: Language) -> [String] {
        pieces.flatMap { piece -> [String] in
            switch piece {
            case .clip(let clip): return [clip]
            case .value(let name):
                switch values[name] {
                case .number(let number): return language.numbers.say(number, set: NumberSets.cardinal)
                case .clips(let clips): return clips
                case .word(let word): return [word]
                case nil: return []
                }
            case .number(let name, let set):
                guard case .number(let number) = values[name] else { return [] }
                return language.numbers.say(number, set: set)
            case .noun(let noun, let name):
                guard case .number(let number) = values[name] else { return [] }
                return [language.numbers.form(of: noun, for: number)]
            case .named(let prefix, let name, let suffix):
                switch values[name] {
                case .number(let number): return ["\(prefix)\(number)\(suffix)"]
                case .word(let word): return ["\(prefix)\(word)\(suffix)"]
                case .clips, nil: return []
                }
            }
        }
    }

    private static func piece(
        _ word: Substring, _ variables: Set<String>, _ numbers: NumberSets
    ) throws(Complaint) -> Piece {
        guard let open = word.firstIndex(of: "{") else { return .clip(String(word)) }
        guard let close = word.firstIndex(of: "}"), open < close else { throw Complaint("'\(word)' lacks a '}'") }
        let inner = word[word.index(after: open)..<close]
        let name = String(inner.prefix { $0 != ":" && $0 != "#" })
        guard variables.contains(name) else {
            let known = variables.sorted().map { "{\($0)}" }.joined(separator: " ")
            throw Complaint("'{\(name)}' is not known here, only \(known)")
        }
        let detail = String(inner.dropFirst(name.count + 1))
        let prefix = String(word[..<open])
        let suffix = String(word[word.index(after: close)...])
        if inner.count == name.count {
            return prefix.isEmpty && suffix.isEmpty ? .value(name) : .named(prefix: prefix, value: name, suffix: suffix)
        }
        guard prefix.isEmpty, suffix.isEmpty else { throw Complaint("'\(word)' must stand by itself") }
        if inner.dropFirst(name.count).hasPrefix("#") { return .noun(detail, counted: name) }
        guard numbers.sets[detail] != nil else { throw Complaint("'\(word)': no set '\(detail)' in numbers") }
        return .number(name, set: detail)
    }
}
