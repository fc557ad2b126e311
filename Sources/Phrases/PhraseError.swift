// Why a language cannot be used. The one error of this room.

public struct PhraseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file that is wrong or missing.
    public var file: String
    public var reason: String
    public var description: String { "\(file): \(reason)" }
}

/// What is wrong with a piece of language data; the loader adds the file.
struct Complaint: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
}
