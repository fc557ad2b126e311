// A sentence that a name belongs in. The name is a recording of the person's own voice where there is one, which is
// no clip of a language; so the sentence is handed out in two halves, and the flow plays the name between them.

public struct NameFrame: Sendable, Hashable {
    /// The clips to play before the name; may be empty.
    public var before: [String]
    /// The clips to play after it; may be empty.
    public var after: [String]

    /// The whole sentence with a spoken name: `phrases.extension("101")` or `phrases.spelled("John Smith")`.
    public func around(_ name: [String]) -> [String] { before + name + after }
}

extension Phrases {
    /// Stands for the name while a sentence is put together; no clip can have this name.
    private static let place = "{name}"

    func frame(_ sentence: Sentence, _ values: [String: Pattern.Value] = [:], value name: String = "name") -> NameFrame
    {
        frame(say(sentence, values.merging([name: .clips([Self.place])]) { _, place in place }))
    }

    private func frame(_ clips: [String]) -> NameFrame {
        let halves = clips.split(separator: Self.place, maxSplits: 1, omittingEmptySubsequences: false)
        return NameFrame(before: Array(halves.first ?? []), after: Array(halves.dropFirst().first ?? []))
    }
}
