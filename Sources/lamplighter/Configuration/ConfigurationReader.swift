// Settings come from one YAML file and from the environment, which wins. Both become one table of
// "path → text, and where it stands"; `Configuration` then takes each key it knows out of the table, and
// what is left over is a key that nobody knows: an error, like every value that does not fit.

import Foundation
import Yams

/// A wrong setting, said in the way an administrator can act on: where, which key, why.
struct ConfigurationError: Error, CustomStringConvertible {
    var place: String
    var key: String?
    var reason: String

    var description: String { place + ": " + (key.map { "\($0): " } ?? "") + reason }
}

extension ConfigurationError {
    /// - Parameter error: what the YAML parser threw.
    fileprivate init(file: String, yaml error: any Error) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            self.init(place: "\(file):\(mark.line)", key: nil, reason: "not YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let names, let context):
            let keys = names.sorted().joined(separator: ", ")
            self.init(place: "\(file):\(context.mark.line)", key: keys, reason: "written twice")
        default:
            self.init(place: file, key: nil, reason: "not YAML: \(error)")
        }
    }
}

struct ConfigurationReader {
    /// A value as it was written.
    private struct Entry {
        var node: Node
        var place: String
    }

    private var entries: [String: Entry] = [:]
    private let file: String
    /// Where each value that was taken had been written; none for defaults.
    private var places: [String: String] = [:]
    /// Every key that was asked for.
    private(set) var known: Set<String> = []
    /// Every key that was written.
    var written: Set<String> { Set(entries.keys) }

    /// - Parameters:
    ///   - yaml: the file's text; empty when there is no file.
    ///   - environment: every variable that starts with `LAMPLIGHTER_` is taken as a setting:
    ///     `media.ports` is `LAMPLIGHTER_MEDIA_PORTS`, `sip.maximum-calls` is `LAMPLIGHTER_SIP_MAXIMUM_CALLS`.
    init(yaml: String, file: String, environment: [String: String]) throws(ConfigurationError) {
        self.file = file
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch { throw ConfigurationError(file: file, yaml: error) }
        switch root {
        case nil: break
        case .mapping(let mapping)?: try flatten(mapping, under: "")
        case let other?:
            throw ConfigurationError(place: place(of: other), key: nil, reason: "expected `key: value` lines")
        }
        for (name, value) in environment where name.hasPrefix(Self.prefix) {
            overrides[String(name.dropFirst(Self.prefix.count))] = value
        }
    }

    private static let prefix = "LAMPLIGHTER_"
    private var overrides: [String: String] = [:]

    private mutating func flatten(_ mapping: Node.Mapping, under path: String) throws(ConfigurationError) {
        for (key, value) in mapping {
            guard let name = key.string else {
                throw ConfigurationError(place: place(of: key), key: nil, reason: "a key must be text")
            }
            let full = path.isEmpty ? name : path + "." + name
            if case .mapping(let inner) = value {
                try flatten(inner, under: full)
            } else {
                guard entries.updateValue(Entry(node: value, place: place(of: value)), forKey: full) == nil else {
                    throw ConfigurationError(place: place(of: key), key: full, reason: "written twice")
                }
            }
        }
    }

    private func place(of node: Node) -> String { node.mark.map { "\(file):\($0.line)" } ?? file }

    /// Takes a value out of the table.
    /// - Parameter parse: returns nil when the text does not fit.
    mutating func take<Value>(
        _ key: String, default standard: Value, expected: String, parse: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        let variable = key.uppercased().replacing(".", with: "_").replacing("-", with: "_")
        known.insert(key)
        let written = entries.removeValue(forKey: key)
        places[key] = written?.place
        if let text = overrides.removeValue(forKey: variable) {
            guard let value = parse(text) else {
                throw ConfigurationError(place: Self.prefix + variable, key: key, reason: "expected \(expected)")
            }
            places[key] = Self.prefix + variable
            return value
        }
        guard let written else { return standard }
        guard let text = written.node.scalar?.string, let value = parse(text) else {
            throw ConfigurationError(place: written.place, key: key, reason: "expected \(expected)")
        }
        return value
    }

    mutating func text(
        _ key: String, default standard: String, expected: String, where fits: (String) -> Bool
    ) throws(ConfigurationError) -> String {
        try take(key, default: standard, expected: expected) { fits($0) ? $0 : nil }
    }

    /// A file or folder. What the file says, and the default, is relative to the file's folder, so that the system
    /// can be started from anywhere; what the environment says is relative to where it was started.
    mutating func path(_ key: String, default standard: String) throws(ConfigurationError) -> String {
        let text = try text(key, default: standard, expected: "a path") { !$0.isEmpty && !$0.contains("\0") }
        return resolved(text, key)
    }

    /// The same, or nothing.
    mutating func optionalPath(_ key: String) throws(ConfigurationError) -> String? {
        let text = try text(key, default: "", expected: "a path") { !$0.contains("\0") }
        return text.isEmpty ? nil : resolved(text, key)
    }

    private func resolved(_ text: String, _ key: String) -> String {
        let folder = (file as NSString).deletingLastPathComponent
        guard !text.hasPrefix("/"), !folder.isEmpty, places[key]?.hasPrefix(Self.prefix) != true else { return text }
        return folder + "/" + text
    }

    /// For a value that does not fit to others: where it was written, its key and why.
    func refusal(_ key: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(place: places[key] ?? file, key: key, reason: reason)
    }

    mutating func number(
        _ key: String, default standard: Int, in range: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int {
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        return try take(key, default: standard, expected: expected) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    mutating func seconds(
        _ key: String, default standard: Double, in range: ClosedRange<Double>
    ) throws(ConfigurationError) -> Duration {
        let expected = "seconds from \(range.lowerBound) to \(range.upperBound)"
        return .seconds(
            try take(key, default: standard, expected: expected) { text in
                Double(text).flatMap { range.contains($0) ? $0 : nil }
            })
    }

    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, default standard: Value
    ) throws(ConfigurationError) -> Value where Value.RawValue == String {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return try take(key, default: standard, expected: "one of \(names)") { Value(rawValue: $0) }
    }

    /// A YAML list of texts, or in the environment a comma-separated one.
    mutating func list(
        _ key: String, default standard: [String], expected: String, where fits: ([String]) -> Bool
    ) throws(ConfigurationError) -> [String] {
        if let written = entries[key], let sequence = written.node.sequence {
            let texts = sequence.compactMap { $0.scalar?.string }
            guard texts.count == sequence.count else {
                throw ConfigurationError(place: written.place, key: key, reason: "expected \(expected)")
            }
            entries[key] = Entry(node: Node(texts.joined(separator: ",")), place: written.place)
        }
        return try take(key, default: standard, expected: expected) { text in
            let list = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            return fits(list) ? list : nil
        }
    }

    /// Fails when anything is left that no `take` asked for.
    func finish() throws(ConfigurationError) {
        // `sip:` with all of its lines commented out says nothing.
        let sections = Set(known.compactMap { $0.split(separator: ".").first.map(String.init) })
        let left = entries.filter { !(sections.contains($0.key) && $0.value.node.null != nil) }
        if let (key, entry) = left.min(by: { $0.key < $1.key }) {
            throw ConfigurationError(place: entry.place, key: key, reason: "unknown key")
        }
        if let name = overrides.keys.min() {
            throw ConfigurationError(place: "environment", key: Self.prefix + name, reason: "unknown setting")
        }
    }
}
