// Why a language cannot be used. The one error of this room.

public struct PhraseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file that is wrong or missing.
    public var file: String
    public var reason: String
    public var description: String { "\(file): \(reason)" }
}
