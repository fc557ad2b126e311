// What can be done by a key, menu by menu. The flows switch over these; which key means which action is data
// (`dialplan/keymaps/`). Raw values are the names in those files, and the order of the cases is the order in which
// a menu is spoken.

/// The actions of one menu.
protocol MenuAction: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The menu's name in a key map file.
    static var menu: String { get }
}

/// While a greeting plays to a caller (B1, A4).
enum CallerAction: String, MenuAction {
    static let menu = "caller"
    case skip
    case logIn = "log-in"
}

/// While anything is recorded (B2).
enum RecordingAction: String, MenuAction {
    static let menu = "recording"
    case done
}

/// While digits are entered: account numbers and PINs (A2, D3).
enum EntryAction: String, MenuAction {
    static let menu = "entry"
    case done
    case startOver = "start-over"
}

/// The owner's main menu (C1).
enum MainAction: String, MenuAction {
    static let menu = "main"
    case newMessages = "new-messages"
    case savedMessages = "saved-messages"
    case greetingsAndName = "greetings-and-name"
    case changePIN = "change-pin"
    case deletedMessages = "deleted-messages"
    case sayAgain = "say-again"
    case goodbye
}

/// While a message plays and after it (C2).
enum MessageAction: String, MenuAction {
    static let menu = "message"
    case fromTheStart = "from-the-start"
    case save
    case delete
    case envelope
    case back
    case pause
    case ahead
    case previous
    case next
}

/// Greetings and name (C8).
enum GreetingsAction: String, MenuAction {
    static let menu = "greetings"
    case hearGreeting = "hear-greeting"
    case recordGreeting = "record-greeting"
    case deleteGreeting = "delete-greeting"
    case hearName = "hear-name"
    case recordName = "record-name"
    case deleteName = "delete-name"
    case temporary
    case other
    case numbered
    case recordBusy = "record-busy"
    case recordNumbered = "record-numbered"
    case choose
    case changePIN = "change-pin"
    case mainMenu = "main-menu"
}

/// After a greeting or name has been recorded, before it counts (C8).
enum ReviewAction: String, MenuAction {
    static let menu = "review"
    case listen
    case accept
    case recordAgain = "record-again"
    case cancel
}
