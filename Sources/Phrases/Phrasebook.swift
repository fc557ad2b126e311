// All languages there are: one folder of `prompts/` each.

public import Foundation

public struct Phrasebook: Sendable {
    /// Reads every language in `directory`.
    public init(directory: URL) throws(PhraseError) {}
    /// Nil for a language that has no folder.
    public func phrases(in language: String) -> Phrases? { nil }
    /// The languages' names, sorted.
    public var languages: [String] { [] }
}

/// A language that cannot be used, and why.
public struct PhraseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file that is wrong or missing.
    public var file: String
    public var reason: String
    public var description: String { "\(file): \(reason)" }
}
