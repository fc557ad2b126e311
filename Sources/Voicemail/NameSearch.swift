// Finding people by the keys that spell their names (A9): 2 is A, B and C … 9 is W, X, Y and Z. Accents count as the
// letter without them; 0 and 1, which have no letters, may stand between two names or be left out.
import Foundation
import Mailboxes

struct NameSearch: Sendable {
    private struct Person {
        var entry: DirectoryEntry
        /// The name beginning with each word that it may be found by, as keys.
        var spellings: [[String]]
    }
    private let people: [Person]

    /// Those of `entries` that can be spelt at all. A name of one word is first and last name at once.
    init(_ entries: [DirectoryEntry], by key: OrganisationSettings.DirectoryKey) {
        people = entries.map { Person(entry: $0, spellings: Self.spellings(of: $0.name, by: key)) }
    }

    /// Everybody whose name begins with what was typed, in the order of the entries; nobody when no letter was typed.
    /// What 0 or 1 separates is looked for in words one after the other: "56 0 76" is "JOhn SMith".
    func find(_ typed: String) -> [DirectoryEntry] {
        let parts = typed.split { !("2"..."9").contains($0) }.map(String.init)
        guard !parts.isEmpty else { return [] }
        return people.filter { $0.spellings.contains { Self.matches(parts, $0) } }.map(\.entry)
    }

    private static func matches(_ parts: [String], _ words: [String]) -> Bool {
        if parts.count == 1 { return words.joined().hasPrefix(parts[0]) }
        return parts.count <= words.count && zip(parts, words).allSatisfy { $1.hasPrefix($0) }
    }

    /// The words from each beginning on, and then those before it: "Smith John" finds John Smith.
    private static func spellings(of name: String, by key: OrganisationSettings.DirectoryKey) -> [[String]] {
        let words = words(of: name)
        let beginnings =
            switch key {
            case .first: 0..<min(1, words.count)
            case .last: min(1, max(0, words.count - 1))..<words.count
            case .both: 0..<words.count
            }
        return beginnings.map { Array(words[$0...] + words[..<$0]) }
    }

    /// "Jean-Luc O'Brien" is "5326", "582", "627436".
    static func words(of name: String) -> [String] {
        let latin = name.applyingTransform(StringTransform("Any-Latin; Latin-ASCII"), reverse: false) ?? name
        let plain = latin.uppercased().filter { !"'’`.".contains($0) }
        return plain.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
            .map { String($0.compactMap(digit)) }.filter { !$0.isEmpty }
    }

    private static func digit(of character: Character) -> Character? {
        switch character {
        case "A"..."C", "2": "2"
        case "D"..."F", "3": "3"
        case "G"..."I", "4": "4"
        case "J"..."L", "5": "5"
        case "M"..."O", "6": "6"
        case "P"..."S", "7": "7"
        case "T"..."V", "8": "8"
        case "W"..."Z", "9": "9"
        default: nil
        }
    }
}
