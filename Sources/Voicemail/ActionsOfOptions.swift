// What can be done by a key in the menus below "greetings and name" and "PIN and options", and at the first log-in
// (C8–C10). As in `Actions.swift`, which key means which action is data.

/// One greeting, other than the everyday one. A map that cannot play it has nothing to offer until it is recorded, so
/// the recording begins at once.
enum OneGreetingAction: String, MenuAction {
    static let menu = "one-greeting"
    case hear
    case record
    case delete
    /// Of the temporary one: how long callers hear it. A map without it records greetings that have no end.
    case setEnd = "set-end"
    /// Of a numbered one: callers hear it in place of the everyday one.
    case use
    case back
}

/// Which of the greetings for special cases.
enum OtherGreetingsAction: String, MenuAction {
    static let menu = "other-greetings"
    case busy
    case outOfHours = "out-of-hours"
    case back
}

/// While the number of a greeting or of a list is asked, besides the digits.
enum OneDigitAction: String, MenuAction {
    static let menu = "one-digit"
    case cancel
}

/// PIN and options; and greetings, in maps whose users look for them here.
enum OptionsAction: String, MenuAction {
    static let menu = "options"
    case recordGreeting = "record-greeting"
    case recordNumbered = "record-numbered"
    case chooseGreeting = "choose-greeting"
    case recordBusy = "record-busy"
    case recordName = "record-name"
    case temporary
    case changePIN = "change-pin"
    case greetingsAndName = "greetings-and-name"
    case envelope
    case order
    case newAtOnce = "new-at-once"
    case language
    case lists
    case mainMenu = "main-menu"
}

/// One of the owner's own distribution lists (C6).
enum ListAction: String, MenuAction {
    static let menu = "list"
    case hear
    case add
    case takeOff = "take-off"
    case back
}

/// Name and greeting at the first log-in. A map that cannot skip makes them a duty, a busy greeting among them.
enum IntroductionAction: String, MenuAction {
    static let menu = "introduction"
    case record
    case skip
}
