// What is said in one language, as a flow author asks for it: every function answers with the names of the
// clips to play, in order. How they are put together is data (`prompts/<language>/language.yaml`).

internal import Foundation

public struct Phrases: Sendable {
    /// The language's folder in `prompts/`: "en".
    public let language: String
    let data: Language

    /// Every clip that can be said: the names that audio files must exist for, sorted.
    public var clips: [String] {
        (data.texts.keys + PromptID.allCases.filter(\.isSound).map(\.rawValue)).sorted()
    }

    /// A fixed prompt.
    public func prompt(_ id: PromptID) -> [String] { [id.rawValue] }

    /// "You have one urgent message, two new messages and three saved messages." `new` includes the urgent
    /// ones, as in RFC 3842 §5.2; they are spoken apart. "You have no messages." when there are none.
    public func counts(new: Int, urgent: Int, saved: Int) -> [String] {
        let parts: [(Sentence, Int)] = [
            (.urgentMessages, min(urgent, new)), (.newMessages, new - max(0, urgent)), (.savedMessages, saved),
        ]
        let spoken = parts.filter { $0.1 > 0 }.map { say($0.0, ["n": .number($0.1)]) }
        guard !spoken.isEmpty else { return prompt(.noMessages) }
        return say(.counts, ["list": .clips(list(spoken))])
    }

    /// A cardinal number; below zero counts as zero.
    public func number(_ value: Int) -> [String] {
        data.numbers.say(max(0, value), set: NumberSets.cardinal)
    }

    /// Each digit or letter by itself, as for an extension or a telephone number; nil or nothing speakable is
    /// "unknown caller".
    public func digits(_ text: String?) -> [String] {
        let clips = spelled(text)
        return clips.isEmpty ? say(.unknownCaller) : clips
    }

    /// What can be spoken of a text letter by letter: digits, letters and the characters that the language names;
    /// empty where there is nothing of the kind. Accents are left out, "José" is j o s e. Only the first 32
    /// characters, since a caller may have chosen the text.
    public func spelled(_ text: String?) -> [String] {
        (text ?? "").prefix(Self.longestSpelling).flatMap { character -> [String] in
            if let digit = character.asciiDigit { return number(digit) }
            if let clip = data.characters[Character(character.lowercased())] { return [clip] }
            return character.plainLetter.map { ["letter-\($0)"] } ?? []
        }
    }

    /// "First message" … "tenth message", "message eleven" …; positions count from 1.
    public func message(_ position: Int) -> [String] {
        say(.message, ["n": .number(max(1, position))])
    }

    /// "One minute and twenty seconds"; below zero counts as zero.
    public func duration(seconds: Int) -> [String] {
        let seconds = max(0, seconds)
        let parts: [(Sentence, Int)] = [
            (.hours, seconds / 3600), (.minutes, seconds / 60 % 60), (.seconds, seconds % 60),
        ]
        let spoken = parts.filter { $0.1 > 0 }.map { say($0.0, ["n": .number($0.1)]) }
        return spoken.isEmpty ? say(.seconds, ["n": .number(0)]) : list(spoken)
    }

    /// One choice of a menu: "To hear your new messages, press one." `key` is 0 to 9, `*`, `#` or A to D; any
    /// other is not spoken.
    public func choice(_ action: PromptID, key: Character) -> [String] {
        guard let key = keyName(key) else { return [] }
        return say(.choice, ["action": .clips(prompt(action)), "key": .word(key)])
    }

    /// Choices one after the other, with a short silence after each.
    public func menu(_ choices: [(action: PromptID, key: Character)]) -> [String] {
        choices.flatMap { choice($0.action, key: $0.key) + prompt(.pause) }
    }

    /// The stock greeting's first sentence (B1): "The person at extension one zero one is not available."
    /// `.prompt(.leaveMessageAfterTone)` follows.
    public func notAvailable(extension number: String) -> [String] {
        let clips = spelled(number)
        guard !clips.isEmpty else { return prompt(.nobodyAvailable) }
        return say(.notAvailable, ["extension": .clips(clips)])
    }

    /// The same of somebody who is busy: "The person at extension one zero one is on the phone."
    public func onThePhone(extension number: String) -> [String] {
        let clips = spelled(number)
        guard !clips.isEmpty else { return prompt(.nobodyAvailable) }
        return say(.onThePhone, ["extension": .clips(clips)])
    }

    /// The same for a mailbox that is nobody's own: "Nobody is available at extension two zero zero."
    public func nobodyAvailable(extension number: String) -> [String] {
        let clips = spelled(number)
        guard !clips.isEmpty else { return prompt(.nobodyAvailable) }
        return say(.nobodyAvailable, ["extension": .clips(clips)])
    }

    /// Of the envelope: "From" and the number, or "from an unknown number".
    public func from(caller: String?) -> [String] {
        let clips = spelled(caller)
        return clips.isEmpty ? say(.fromUnknown) : say(.from, ["caller": .clips(clips)])
    }

    /// Of the envelope: "Length" and the duration.
    public func length(seconds: Int) -> [String] {
        say(.length, ["duration": .clips(duration(seconds: seconds))])
    }

    func say(_ sentence: Sentence, _ values: [String: Pattern.Value] = [:]) -> [String] {
        data.sentences[sentence]?.fill(values, in: data) ?? []
    }

    /// A sentence whose only value is a count or a number; below zero counts as zero.
    func say(_ sentence: Sentence, counting count: Int) -> [String] {
        say(sentence, ["n": .number(max(0, count))])
    }

    /// "For …, press three."
    func choice(for thing: [String], key: Character) -> [String] {
        guard let key = keyName(key) else { return [] }
        return say(.forName, ["name": .clips(thing), "key": .word(key)])
    }

    private func list(_ items: [[String]]) -> [String] {
        guard var spoken = items.first else { return [] }
        for (index, item) in items.enumerated().dropFirst() {
            let joint: Sentence = index == items.count - 1 ? .listLast : .listMore
            spoken = say(joint, ["left": .clips(spoken), "right": .clips(item)])
        }
        return spoken
    }

    private static let longestSpelling = 32

    func keyName(_ key: Character) -> String? {
        guard Self.keys.contains(key) else { return nil }
        return data.characters[key] ?? key.lowercased()
    }

    static let keys: [Character] = Array("0123456789*#ABCD")
}

extension Character {
    fileprivate var asciiDigit: Int? { isASCII ? wholeNumberValue : nil }

    /// A to Z in lower case, without accents.
    fileprivate var plainLetter: Character? {
        guard let base = String(self).decomposedStringWithCanonicalMapping.unicodeScalars.first else { return nil }
        let letter = Character(base)
        return letter.isASCII && letter.isLetter ? Character(letter.lowercased()) : nil
    }
}
