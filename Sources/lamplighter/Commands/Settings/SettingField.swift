// A setting as the command line knows it: its name, what it is for, and the way from text to value and back. A list of
// them is all that `set` and `show` need.

import ArgumentParser
import Foundation

struct SettingField<Settings: Sendable>: Sendable {
    typealias Change = @Sendable (inout Settings) -> Void

    let name: String
    /// The values that it takes.
    let values: String
    let parse: @Sendable (String) throws -> Change
    let show: @Sendable (Settings) -> String

    static func flag(_ name: String, _ path: any WritableKeyPath<Settings, Bool> & Sendable) -> Self {
        SettingField(name: name, values: "yes, no") { text in
            guard let value = ["yes": true, "no": false][text] else { throw BadValue("yes or no") }
            return { $0[keyPath: path] = value }
        } show: {
            $0[keyPath: path] ? "yes" : "no"
        }
    }

    static func number(_ name: String, _ values: String, _ path: any WritableKeyPath<Settings, Int> & Sendable) -> Self
    {
        SettingField(name: name, values: values) { text in
            let value = try integer(text)
            return { $0[keyPath: path] = value }
        } show: {
            "\($0[keyPath: path])"
        }
    }

    /// Nothing behind the `=` stands for nil.
    static func number(_ name: String, _ values: String, _ path: any WritableKeyPath<Settings, Int?> & Sendable) -> Self
    {
        SettingField(name: name, values: values) { text in
            let value = text.isEmpty ? nil : try integer(text)
            return { $0[keyPath: path] = value }
        } show: {
            $0[keyPath: path].map(String.init) ?? ""
        }
    }

    static func text(_ name: String, _ values: String, _ path: any WritableKeyPath<Settings, String> & Sendable) -> Self
    {
        SettingField(name: name, values: values) { text in
            { $0[keyPath: path] = text }
        } show: {
            $0[keyPath: path]
        }
    }

    static func text(_ name: String, _ values: String, _ path: any WritableKeyPath<Settings, String?> & Sendable)
        -> Self
    {
        SettingField(name: name, values: values) { text in
            let value = text.isEmpty ? nil : text
            return { $0[keyPath: path] = value }
        } show: {
            $0[keyPath: path] ?? ""
        }
    }

    static func list(_ name: String, _ values: String, _ path: any WritableKeyPath<Settings, [String]> & Sendable)
        -> Self
    {
        SettingField(name: name, values: values) { text in
            let value = parts(text)
            return { $0[keyPath: path] = value }
        } show: {
            $0[keyPath: path].joined(separator: ",")
        }
    }

    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Settings, Value> & Sendable
    ) -> Self {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return SettingField(name: name, values: names) { text in
            guard let value = Value(rawValue: text) else { throw BadValue("one of \(names)") }
            return { $0[keyPath: path] = value }
        } show: {
            $0[keyPath: path].rawValue
        }
    }

    /// Nothing behind the `=` stands for nil.
    static func choice<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ otherwise: String, _ path: any WritableKeyPath<Settings, Value?> & Sendable
    ) -> Self {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return SettingField(name: name, values: "\(names); \(otherwise)") { text in
            let value = Value(rawValue: text)
            guard value != nil || text.isEmpty else { throw BadValue("one of \(names)") }
            return { $0[keyPath: path] = value }
        } show: {
            $0[keyPath: path]?.rawValue ?? ""
        }
    }

    static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private static func integer(_ text: String) throws -> Int {
        guard let value = Int(text) else { throw BadValue("a whole number") }
        return value
    }
}

/// What a value should have been.
struct BadValue: Error {
    var expected: String
    init(_ expected: String) { self.expected = expected }
}

/// `name=value` arguments, read against a list of settings.
enum SettingArguments {
    /// The changes that the arguments ask for, in their order; nothing is changed when one of them is wrong.
    static func changes<Settings>(
        _ arguments: [String], _ fields: [SettingField<Settings>]
    ) throws -> [SettingField<Settings>.Change] {
        try arguments.map { argument in
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw ValidationError("'\(argument)' is not name=value") }
            guard let field = fields.first(where: { $0.name == parts[0] }) else {
                let known = fields.map(\.name).joined(separator: ", ")
                throw ValidationError("there is no setting '\(parts[0])'; there are \(known)")
            }
            do { return try field.parse(parts[1]) } catch let bad as BadValue {
                throw ValidationError("\(field.name): '\(parts[1])' is not \(bad.expected)")
            }
        }
    }

    /// One line a setting, for help texts.
    static func help<Settings>(_ fields: [SettingField<Settings>]) -> String {
        "Settings:\n" + fields.map { "  \($0.name): \($0.values)" }.joined(separator: "\n")
    }

    static func print<Settings>(_ settings: Settings, _ fields: [SettingField<Settings>]) {
        for field in fields { Swift.print("\(field.name)=\(field.show(settings).printable)") }
    }
}
