// What can be done by a key while a message is sent, forwarded or answered, and while its caller is called back (C5–C7).
// As in `Actions.swift`, which key means which action is data. An action that a map does not offer says how its users
// are used to it: with no `go-on` among the addressees all are typed in one go, with no `send` a recording goes out as
// soon as it is made.

/// While the numbers of the addressees are typed, besides the digits.
enum AddressingAction: String, MenuAction {
    static let menu = "addressing"
    /// With nothing typed: by name.
    case done
    /// Ends one number and begins the next.
    case next
    /// Takes back what was typed; with nothing typed, ends the sending.
    case cancel
}

/// How an addressee is found; not asked where it has no key for a number.
enum AddressByAction: String, MenuAction {
    static let menu = "address-by"
    case number
    case name
    case cancel
}

/// After somebody has been chosen to send to.
enum AddresseesAction: String, MenuAction {
    static let menu = "addressees"
    case addAnother = "add-another"
    case goOn = "go-on"
    case takeLastOff = "take-last-off"
    case hearAll = "hear-all"
    case cancel
}

/// Before a message is forwarded.
enum ForwardAction: String, MenuAction {
    static let menu = "forward"
    case withComment = "with-comment"
    case asItIs = "as-it-is"
    case cancel
}

/// After a message or a comment has been recorded, before it is sent.
enum SendingAction: String, MenuAction {
    static let menu = "sending"
    case listen
    case send
    case recordAgain = "record-again"
    case urgent
    case add
    case cancel
}

/// Before the caller is called back.
enum CallBackAction: String, MenuAction {
    static let menu = "call-back"
    case call
    case otherNumber = "other-number"
    case cancel
}
