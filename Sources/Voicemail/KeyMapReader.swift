// Reads key maps: `menu: {action: key}` in YAML, every action of every menu named once, no key twice in a menu.
// Actions that a map does not offer are listed under `none`, so that a forgotten or misspelt one is noticed. Only the
// tables `playing` and `introducing` name nothing but what differs from the table before them.
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
        afterRecording = try reader.keys()
        confirm = try reader.keys()
        directory = try reader.keys()
        entry = try reader.keys(refusing: .digits)
        main = try reader.keys()
        message = try reader.keys()
        playing = try reader.keys(of: MessageAction.playing, changing: message)
        introducing = try reader.keys(of: MessageAction.introducing, changing: playing)
        more = try reader.keys()
        folder = try reader.keys(refusing: .digits)
        resume = try reader.keys()
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
        oneDigit = try reader.keys(refusing: .digits)
        options = try reader.keys()
        list = try reader.keys()
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
        MessageAction.playing, MessageAction.introducing, MoreAction.menu, FolderAction.menu, ResumeAction.menu,
        GreetingsAction.menu, ReviewAction.menu, AfterRecordingAction.menu, ConfirmAction.menu, DirectoryAction.menu,
        AddressingAction.menu, AddressByAction.menu, AddresseesAction.menu, ForwardAction.menu, SendingAction.menu,
        CallBackAction.menu, OneGreetingAction.menu, OtherGreetingsAction.menu, OneDigitAction.menu,
        OptionsAction.menu, ListAction.menu, IntroductionAction.menu,
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
        let table = try table(menu, Action.menu, refusing: refused) as Table<Action>
        for action in Action.allCases where !table.named.contains(action) {
            throw Self.error(file, menu, "'\(Action.menu)' does not say which key is \(action.rawValue) (or: none)")
        }
        return Keys(table.actions)
    }

    /// The keys that a table changes, where the map has it.
    func keys<Action: MenuAction>(of name: String, changing keys: Keys<Action>) throws(KeyMapError) -> Keys<Action> {
        guard let menu = menus[name] else { return keys }
        let table = try table(menu, name, refusing: []) as Table<Action>
        return keys.changed(by: Keys(table.actions))
    }

    private struct Table<Action: MenuAction> {
        var actions: [Key: Action] = [:]
        /// Those that got a key, or are said to have none.
        var named: Set<Action> = []
    }

    private func table<Action: MenuAction>(
        _ menu: Node, _ menuName: String, refusing refused: Set<Key>
    ) throws(KeyMapError) -> Table<Action> {
        guard let mapping = menu.mapping else {
            throw Self.error(file, menu, "'\(menuName)' must be made of 'action: key' lines")
        }
        var table = Table<Action>()
        func name(_ node: Node) throws(KeyMapError) -> Action {
            let action: Action = try self.action(node, menuName)
            guard table.named.insert(action).inserted else {
                throw Self.error(file, node, "'\(action.rawValue)' stands in '\(menuName)' twice")
            }
            return action
        }
        for (left, right) in mapping {
            if left.scalar?.string == "none", let actions = right.sequence {
                for node in actions { _ = try name(node) }
                continue
            }
            let action = try name(left)
            let text = right.scalar?.string ?? ""
            if text == "none" { continue }
            guard text.count == 1, let key = text.first.flatMap(Key.init(rawValue:)), !refused.contains(key) else {
                throw Self.error(
                    file, right, "'\(text)' is not a key that can be used here (\"#\" and \"*\" in quotes)")
            }
            if let other = table.actions[key] {
                throw Self.error(file, right, "'\(text)' already means \(other.rawValue) in '\(menuName)'")
            }
            table.actions[key] = action
        }
        return table
    }

    private func action<Action: MenuAction>(_ node: Node, _ menu: String) throws(KeyMapError) -> Action {
        if let action = node.scalar.flatMap({ Action(rawValue: $0.string) }) { return action }
        let known = Action.allCases.map(\.rawValue).joined(separator: ", ")
        throw Self.error(file, node, "'\(menu)' has no action '\(node.scalar?.string ?? "")'; there are \(known)")
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
