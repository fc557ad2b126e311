// The prompts of all languages, loaded once, resampled to 8 kHz and encoded once for each codec.

public struct PromptLibrary: Sendable {
    /// A prompt that is missing or cannot be used.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        public var file: String
        public var reason: String
        public var description: String { "\(file): \(reason)" }
    }

    /// Loads `<directory>/<language>/<name>.flac` and `.wav`. A wrong file, and every name of `expected`
    /// (language → names) without a file, is a problem in the answer; the others are still there.
    public static func load(
        _ directory: String, expecting expected: [String: Set<String>] = [:]
    ) -> (library: PromptLibrary, problems: [Problem]) { (PromptLibrary(), []) }

    public func audio(_ name: String, language: String, codec: Codec) -> AudioBuffer? { nil }
}
