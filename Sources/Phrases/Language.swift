// One language's data, read from `prompts/<language>/language.yaml` and checked as a whole: what it says of
// numbers, dates and plurals, and the text of every clip.

internal import Foundation
internal import Yams

/// A reference: every call holds that of its language.
final class Language: Sendable {
    let numbers: NumberSets
    let sentences: [Sentence: Pattern]
    /// 12 or 24.
    let clock: Int
    /// Times with a word of their own, by minute of the day: noon.
    let moments: [Int: String]
    /// Parts of the day by the hour they begin at, latest first: a clip each.
    let periods: [(from: Int, clip: String)]
    /// Clips of keys and characters that are neither letters nor digits: "*" is "star".
    let characters: [Character: String]
    /// The text of every clip that is spoken.
    let texts: [String: String]

    init(yaml: String) throws(Complaint) {
        let file: LanguageFile
        do {
            file = try YAMLDecoder().decode(LanguageFile.self, from: yaml)
        } catch {
            throw Complaint(Self.reason(error))
        }
        let numbers = try NumberSets(file.numbers)
        self.numbers = numbers
        sentences = try Self.sentences(file.sentences, numbers)
        guard file.time.clock == 12 || file.time.clock == 24 else { throw Complaint("time.clock: must be 12 or 24") }
        clock = file.time.clock
        moments = try Self.moments(file.time.moments ?? [:])
        periods = file.time.periods.sorted { $0.key > $1.key }.map { (from: $0.key, clip: $0.value) }
        guard periods.last?.from == 0 else { throw Complaint("time.periods: one must begin at 0") }
        characters = try Self.characters(file.characters)
        texts = try Self.texts(file)
    }

    private static func sentences(
        _ entries: [String: String], _ numbers: NumberSets
    ) throws(Complaint) -> [Sentence: Pattern] {
        var sentences: [Sentence: Pattern] = [:]
        for (name, text) in entries {
            guard let sentence = Sentence(rawValue: name) else { throw Complaint("sentences: '\(name)' is unknown") }
            do throws(Complaint) {
                let pattern = try Pattern(text, variables: sentence.variables, numbers: numbers)
                if let lost = sentence.variables.subtracting(pattern.variables).subtracting(Sentence.optional).min() {
                    throw Complaint("does not say {\(lost)}")
                }
                sentences[sentence] = pattern
            } catch {
                throw Complaint("sentences.\(name): \(error.reason)")
            }
        }
        if let missing = Sentence.allCases.first(where: { sentences[$0] == nil }) {
            throw Complaint("sentences: '\(missing.rawValue)' is missing")
        }
        return sentences
    }

    private static func moments(_ entries: [String: String]) throws(Complaint) -> [Int: String] {
        var moments: [Int: String] = [:]
        for (text, clip) in entries {
            let parts = text.split(separator: ":").map { Int($0) }
            guard parts.count == 2, let hour = parts[0], let minute = parts[1],
                (0...23).contains(hour), (0...59).contains(minute)
            else { throw Complaint("time.moments: '\(text)' is not a time of the day") }
            moments[hour * 60 + minute] = clip
        }
        return moments
    }

    private static func characters(_ entries: [String: String]) throws(Complaint) -> [Character: String] {
        var characters: [Character: String] = [:]
        for (text, name) in entries {
            guard let character = text.first, text.count == 1 else {
                throw Complaint("characters: '\(text)' is not one character")
            }
            characters[character] = name
        }
        return characters
    }

    private static func texts(_ file: LanguageFile) throws(Complaint) -> [String: String] {
        var texts = file.texts
        for (name, series) in file.series {
            for (index, text) in series.texts.enumerated() {
                guard texts.updateValue(text, forKey: "\(name)-\(series.from + index)") == nil else {
                    throw Complaint("texts: '\(name)-\(series.from + index)' is there twice")
                }
            }
        }
        for (id, text) in texts where text.isEmpty || !id.allSatisfy(isNamePart) {
            throw Complaint("texts: '\(id)' has no text, or a name of other than a-z, 0-9 and '-'")
        }
        if let missing = PromptID.allCases.first(where: { !$0.isSound && texts[$0.rawValue] == nil }) {
            throw Complaint("texts: prompt '\(missing.rawValue)' is missing")
        }
        return texts
    }

    private static func isNamePart(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("0"..."9").contains(character) || character == "-"
    }

    private static func reason(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "'\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return "\(path(context)): \(context.debugDescription)"
        case DecodingError.dataCorrupted(let context):
            return context.underlyingError.map { "\($0)" } ?? "\(path(context)): \(context.debugDescription)"
        default: return "\(error)"
        }
    }
}

/// The shape of `language.yaml`.
private struct LanguageFile: Decodable {
    struct Time: Decodable {
        var clock: Int
        var moments: [String: String]?
        var periods: [Int: String]
    }
    struct Series: Decodable {
        var from: Int
        var texts: [String]
    }
    var numbers: [String: [String: String]]
    var sentences: [String: String]
    var time: Time
    var characters: [String: String]
    var texts: [String: String]
    var series: [String: Series]
}
