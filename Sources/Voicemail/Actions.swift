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
    /// Offered where an operator is set.
    case reachOperator = "operator"
}

/// While anything is recorded (B2).
enum RecordingAction: String, MenuAction {
    static let menu = "recording"
    case done
    /// Ends and delivers a caller's message, and passes the caller on; offered where an operator is set.
    case reachOperator = "operator"
}

/// After a caller's message has been recorded, before it is delivered (B3).
enum AfterRecordingAction: String, MenuAction {
    static let menu = "after-recording"
    case listen
    case accept
    case recordAgain = "record-again"
    case urgent
    case add
    case cancel
    case reachOperator = "operator"
}

/// Wherever something is asked twice.
enum ConfirmAction: String, MenuAction {
    static let menu = "confirm"
    case confirm
    case goBack = "go-back"
}

/// While the names are read out that were found in the directory (A9).
enum DirectoryAction: String, MenuAction {
    static let menu = "directory"
    case choose
    case next
    case startOver = "start-over"
}

/// While digits are entered: account numbers and PINs (A2, D3).
enum EntryAction: String, MenuAction {
    static let menu = "entry"
    case done
    case startOver = "start-over"
    case reachOperator = "operator"
}

/// The owner's main menu (C1).
enum MainAction: String, MenuAction {
    static let menu = "main"
    /// The new messages or, where there are none, the saved ones.
    case messages
    case newMessages = "new-messages"
    case savedMessages = "saved-messages"
    case changeFolder = "change-folder"
    case sendMessage = "send-message"
    case greetingsAndName = "greetings-and-name"
    case options
    case deletedMessages = "deleted-messages"
    case more
    case reachOperator = "operator"
    case sayAgain = "say-again"
    case goodbye
}

/// After a message, and while it plays unless the tables `playing` and `introducing` say something else (C2). What
/// stands in the default map's menu `more` can be done from here as well, and so can much of the main menu, since there
/// are maps that make no difference between these menus.
enum MessageAction: String, MenuAction {
    static let menu = "message"
    /// While the message itself plays.
    static let playing = "playing"
    /// While its number and its envelope are spoken.
    static let introducing = "introducing"
    case fromTheStart = "from-the-start"
    case save
    case delete
    case slower
    case envelope
    case faster
    case back
    case pause
    case ahead
    case previous
    case next
    case reply
    case callBack = "call-back"
    case forward
    case keepAsNew = "keep-as-new"
    case moveToFolder = "move-to-folder"
    case louder
    case softer
    case more
    /// The first one of the folder.
    case firstMessage = "first-message"
    case changeFolder = "change-folder"
    case options
    case mainMenu = "main-menu"
    case sayAgain = "say-again"
    case goodbye
    case skipIntroduction = "skip-introduction"
    /// Silence, and the menu.
    case stop
}

/// What is done less often with a message; from the main menu, what of it needs no message (C2, C4–C7).
enum MoreAction: String, MenuAction {
    static let menu = "more"
    case reply
    case callBack = "call-back"
    case forward
    case keepAsNew = "keep-as-new"
    case moveToFolder = "move-to-folder"
    case louder
    case softer
    case envelope
    case dialOut = "dial-out"
    case sendMessage = "send-message"
    case goBack = "go-back"
    case mainMenu = "main-menu"
}

/// While a folder is chosen, besides the digits: 0 new, 1 saved, 2 to 9 the owner's own (C4).
enum FolderAction: String, MenuAction {
    static let menu = "folder"
    /// Recently deleted messages, to be listened to; in maps whose main menu does not lead there.
    case deleted
    case cancel
}

/// After the last call broke off in the middle of a message (C12); any other key is one of the main menu.
enum ResumeAction: String, MenuAction {
    static let menu = "resume"
    case goOn = "go-on"
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
