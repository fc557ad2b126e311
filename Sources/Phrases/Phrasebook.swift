// All languages there are: every folder of `prompts/` that has a `language.yaml`.

public import Foundation

public struct Phrasebook: Sendable {
    private let all: [String: Phrases]

    /// Reads and checks every language in `directory`.
    public init(directory: URL) throws(PhraseError) {
        let folders: [URL]
        do {
            // A symbolic link is followed.
            folders = try FileManager.default.contentsOfDirectory(atPath: directory.path)
                .map { directory.appending(path: $0) }
        } catch {
            throw PhraseError(file: directory.path, reason: "cannot be read: \(error.localizedDescription)")
        }
        var all: [String: Phrases] = [:]
        for folder in folders {
            let file = folder.appending(path: Self.fileName)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            all[folder.lastPathComponent] = try Self.read(file, language: folder.lastPathComponent)
        }
        guard !all.isEmpty else { throw PhraseError(file: directory.path, reason: "has no language in it") }
        self.all = all
    }

    /// Nil for a language that there is none of.
    public func phrases(in language: String) -> Phrases? { all[language] }

    /// The languages' names, sorted.
    public var languages: [String] { all.keys.sorted() }

    private static let fileName = "language.yaml"

    private static func read(_ file: URL, language: String) throws(PhraseError) -> Phrases {
        let yaml: String
        do {
            yaml = try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw PhraseError(file: file.path, reason: "cannot be read: \(error.localizedDescription)")
        }
        do {
            let phrases = Phrases(language: language, data: try Language(yaml: yaml))
            _ = try phrases.rehearsal()
            return phrases
        } catch {
            throw PhraseError(file: file.path, reason: error.reason)
        }
    }
}
