// A key map: for every menu, which key means which action. Values only; `KeyMapReader` makes them from YAML.
import CallControl

/// The keys of one menu.
struct Keys<Action: MenuAction>: Sendable {
    private var actions: [Key: Action]
    private let keys: [Action: Key]

    /// No key twice and no action twice; the reader sees to that.
    init(_ actions: [Key: Action]) {
        self.actions = actions
        keys = Dictionary(actions.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    }

    /// What `key` means in this menu; nil when it means nothing.
    subscript(key: Key) -> Action? { actions[key] }

    /// The key of an action, as a menu speaks it; nil when this map does not offer it.
    func key(for action: Action) -> Key? { keys[action] }

    /// The same keys where `changes` says nothing else.
    func changed(by changes: Keys) -> Keys {
        var changed = self
        changed.actions.merge(changes.actions) { _, change in change }
        return changed
    }

    /// Every key that means something here.
    var meaningful: Set<Key> { Set(actions.keys) }

    /// The same menu without an action that cannot be offered now.
    func without(_ action: Action) -> Keys { Keys(actions.filter { $0.value != action }) }
}

/// The keys of all menus, as one owner is used to them (C11).
public struct KeyMap: Sendable {
    var caller: Keys<CallerAction>
    var recording: Keys<RecordingAction>
    var afterRecording: Keys<AfterRecordingAction>
    var confirm: Keys<ConfirmAction>
    var directory: Keys<DirectoryAction>
    var entry: Keys<EntryAction>
    var main: Keys<MainAction>
    var message: Keys<MessageAction>
    /// While a message plays.
    var playing: Keys<MessageAction>
    /// While a message is introduced.
    var introducing: Keys<MessageAction>
    var more: Keys<MoreAction>
    var folder: Keys<FolderAction>
    var resume: Keys<ResumeAction>
    var greetings: Keys<GreetingsAction>
    var review: Keys<ReviewAction>
    var addressing: Keys<AddressingAction>
    var addressBy: Keys<AddressByAction>
    var addressees: Keys<AddresseesAction>
    var forward: Keys<ForwardAction>
    var sending: Keys<SendingAction>
    var callBack: Keys<CallBackAction>
    var oneGreeting: Keys<OneGreetingAction>
    var otherGreetings: Keys<OtherGreetingsAction>
    var oneDigit: Keys<OneDigitAction>
    var options: Keys<OptionsAction>
    var list: Keys<ListAction>
    var introduction: Keys<IntroductionAction>

    /// Whether what the main menu offers is offered after a message too, so that nobody has to leave one.
    var hasOneMenu: Bool { message.key(for: .goodbye) != nil }
}

/// All key maps by name; mailboxes choose one.
public struct KeyMaps: Sendable {
    public static let defaultName = "default"

    private var maps: [String: KeyMap]
    /// For mailboxes that name a map that is not there.
    let fallback: KeyMap

    /// `fallback` is the map `default`; `others` are those besides it.
    public init(default fallback: KeyMap, others: [String: KeyMap] = [:]) {
        self.fallback = fallback
        maps = others
        maps[Self.defaultName] = fallback
    }

    /// The map of that name; nil when there is none.
    public subscript(name: String) -> KeyMap? { maps[name] }

    public var names: [String] { maps.keys.sorted() }
}

/// Where a key map is wrong, and why.
public struct KeyMapError: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; 1 also when the file as a whole is meant.
    public var line: Int
    public var reason: String

    public var description: String { "\(file):\(line): \(reason)" }
}
