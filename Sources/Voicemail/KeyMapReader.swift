// Reads key maps: `menu: {action: key}` in YAML, every action of every menu named once, no key twice in a menu.
// An action that a map does not offer says `none`, so that a forgotten or misspelt one is noticed.
import CallControl
import Foundation
import Yams

extension KeyMap {
    static let largestFile = 64 * 1024

    /// Reads one file's text. `file` only names it in errors.
    public init(yaml: String, file: String) throws(KeyMapError) {
        let reader = try KeyMapReader(yaml: yaml, file: file)
        caller = try reader.keys()
        recording = try reader.keys()
        entry = try reader.keys(refusing: .digits)
        main = try reader.keys()
        message = try reader.keys()
        greetings = try reader.keys()
        review = try reader.keys()
        addressing = try reader.keys(refusing: .digits)
        addressBy = try reader.keys()
        addressees = try reader.keys()
        forward = try reader.keys()
        sending = try reader.keys()
        callBack = try reader.keys()
        oneGreeting = try reader.keys()
        otherGreetings = try reader.keys()
        greetingNumber = try reader.keys(refusing: .digits)
        options = try reader.keys()
        introduction = try reader.keys()
    }
}

extension KeyMaps {
    /// Reads every `*.yaml` of a folder; a map's name is its file's without the ending. `default.yaml` must be there.
    public static func load(_ folder: String) throws(KeyMapError) -> KeyMaps {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
                .sorted()
        } catch {
            throw KeyMapError(file: folder, line: 1, reason: "the folder cannot be read: \(error.localizedDescription)")
        }
        var maps: [String: KeyMap] = [:]
        for name in names {
            let path = folder + "/" + name
            maps[String(name.dropLast(".yaml".count))] = try KeyMap(yaml: text(of: path), file: path)
        }
        guard let fallback = maps[defaultName] else {
            throw KeyMapError(file: folder, line: 1, reason: "there is no \(defaultName).yaml in it")
        }
        return KeyMaps(default: fallback, others: maps)
    }

    private static func text(of path: String) throws(KeyMapError) -> String {
        // Opening a pipe would wait for somebody to write into it.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard (try? target.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true,
            let handle = FileHandle(forReadingAtPath: path)
        else {
            throw KeyMapError(file: path, line: 1, reason: "the file cannot be read")
        }
        defer { try? handle.close() }
        let data: Data
        do { data = try handle.read(upToCount: KeyMap.largestFile + 1) ?? Data() } catch {
            throw KeyMapError(file: path, line: 1, reason: "the file cannot be read: \(error.localizedDescription)")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw KeyMapError(file: path, line: 1, reason: "the file is not UTF-8 text")
        }
        return text
    }
}

/// The menus of one file. Every menu is asked for once, by its action type.
private struct KeyMapReader {
    private let file: String
    private let menus: [String: Node]
    private static let known = [
        CallerAction.menu, RecordingAction.menu, EntryAction.menu, MainAction.menu, MessageAction.menu,
        GreetingsAction.menu, ReviewAction.menu,
        AddressingAction.menu, AddressByAction.menu, AddresseesAction.menu, ForwardAction.menu, SendingAction.menu,
        CallBackAction.menu, OneGreetingAction.menu, OtherGreetingsAction.menu,
        GreetingNumberAction.menu, OptionsAction.menu, IntroductionAction.menu,
    ]

    init(yaml: String, file: String) throws(KeyMapError) {
        self.file = file
        guard yaml.utf8.count <= KeyMap.largestFile else {
            throw KeyMapError(file: file, line: 1, reason: "the file is larger than \(KeyMap.largestFile / 1024) kB")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: yaml) } catch {
            throw KeyMapError(file: file, line: (error as? YamlError)?.line ?? 1, reason: Self.reason(error))
        }
        guard let mapping = root?.mapping else {
            throw KeyMapError(
                file: file, line: 1, reason: "a key map is made of menus: 'menu:' and 'action: key' lines")
        }
        var menus: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, Self.known.contains(name) else {
                let known = Self.known.joined(separator: ", ")
                throw Self.error(file, key, "there is no menu '\(key.scalar?.string ?? "")'; there are \(known)")
            }
            menus[name] = value
        }
        self.menus = menus
    }

    /// The keys of the menu that `Action` belongs to; `refused` cannot be used there.
    func keys<Action: MenuAction>(refusing refused: Set<Key> = []) throws(KeyMapError) -> Keys<Action> {
        guard let menu = menus[Action.menu] else {
            throw KeyMapError(file: file, line: 1, reason: "the menu '\(Action.menu)' is missing")
        }
        guard let mapping = menu.mapping else {
            throw Self.error(file, menu, "'\(Action.menu)' must be made of 'action: key' lines")
        }
        var missing = Set(Action.allCases)
        var actions: [Key: Action] = [:]
        for (name, value) in mapping {
            guard let action = name.scalar.flatMap({ Action(rawValue: $0.string) }) else {
                let known = Action.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.error(
                    file, name, "'\(Action.menu)' has no action '\(name.scalar?.string ?? "")'; there are \(known)")
            }
            missing.remove(action)
            let text = value.scalar?.string ?? ""
            if text == "none" { continue }
            guard text.count == 1, let key = text.first.flatMap(Key.init(rawValue:)), !refused.contains(key) else {
                throw Self.error(
                    file, value, "'\(text)' is not a key that can be used here (\"#\" and \"*\" in quotes)")
            }
            if let other = actions[key] {
                throw Self.error(file, value, "'\(text)' already means \(other.rawValue) in '\(Action.menu)'")
            }
            actions[key] = action
        }
        for action in Action.allCases where missing.contains(action) {
            throw Self.error(file, menu, "'\(Action.menu)' does not say which key is \(action.rawValue) (or: none)")
        }
        return Keys(actions)
    }

    private static func error(_ file: String, _ node: Node, _ reason: String) -> KeyMapError {
        KeyMapError(file: file, line: node.mark?.line ?? 1, reason: reason)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case YamlError.scanner(_, let problem, _, _), YamlError.parser(_, let problem, _, _),
            YamlError.composer(_, let problem, _, _):
            problem
        case YamlError.duplicatedKeysInMapping(let names, _): "written twice: \(names.sorted().joined(separator: ", "))"
        default: "\(error)"
        }
    }
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }
}
