// The sentences that a language has to know how to build, and the values that each of them gets. Raw values are
// the keys of `sentences` in `language.yaml`.

enum Sentence: String, CaseIterable, Sendable {
    case counts
    case urgentMessages = "urgent-messages"
    case newMessages = "new-messages"
    case savedMessages = "saved-messages"
    case message
    case listMore = "list-more"
    case listLast = "list-last"
    case today, yesterday, weekday, day
    case dayOfYear = "day-of-year"
    case timeExact = "time-exact"
    case time
    case hours, minutes, seconds
    case received
    case from
    case fromUnknown = "from-unknown"
    case unknownCaller = "unknown-caller"
    case length
    case choice
    case notAvailable = "not-available"
    case nobodyAvailable = "nobody-available"
    case nameNotAvailable = "name-not-available"
    case onThePhone = "on-the-phone"
    case nameOnThePhone = "name-on-the-phone"
    case `extension`, person
    case forPerson = "for-person"
    case forName = "for-name"
    case forwarded, sent
    case forwardedToMailboxes = "forwarded-to-mailboxes"
    case sentToMailboxes = "sent-to-mailboxes"
    case notDeliveredFull = "not-delivered-full"
    case notDeliveredClosed = "not-delivered-closed"
    case notDeliveredUnknown = "not-delivered-unknown"
    case notDeliveredProblem = "not-delivered-problem"
    case recipients
    case namesFound = "names-found"
    case listNumber = "list-number"
    case members
    case toCall = "to-call"
    case folder
    case folderNumber = "folder-number"
    case messagesInFolder = "messages-in-folder"
    case noMessagesInFolder = "no-messages-in-folder"
    case savedInFolder = "saved-in-folder"
    case greetingNumber = "greeting-number"
    case used
    case recordingTime = "recording-time"
    case tryAgainIn = "try-again-in"
    case pinLengthAtLeast = "pin-length-at-least"
    case pinLengthExactly = "pin-length-exactly"
    case pinLengthBetween = "pin-length-between"
    case untilToday = "until-today"
    case untilTomorrow = "until-tomorrow"
    case until
    case untilDayOfYear = "until-day-of-year"

    /// Values that a language may leave out: the part of the day by a 24-hour clock. All others have to be said.
    static let optional: Set<String> = ["period"]

    var variables: Set<String> {
        switch self {
        case .counts: ["list"]
        case .urgentMessages, .newMessages, .savedMessages, .message, .hours, .minutes, .seconds: ["n"]
        case .listMore, .listLast: ["left", "right"]
        case .today, .yesterday, .fromUnknown, .unknownCaller: []
        case .weekday: ["weekday"]
        case .day: ["day", "month"]
        case .dayOfYear: ["day", "month", "year"]
        case .timeExact: ["hour", "period"]
        case .time: ["hour", "minute", "period"]
        case .received: ["date", "time"]
        case .from: ["caller"]
        case .length: ["duration"]
        case .choice: ["action", "key"]
        case .notAvailable, .nobodyAvailable, .onThePhone, .extension: ["extension"]
        case .person: ["name", "extension"]
        case .forPerson: ["name", "extension", "key"]
        case .forName: ["name", "key"]
        case .nameNotAvailable, .nameOnThePhone, .forwarded, .sent, .notDeliveredFull, .notDeliveredClosed,
            .notDeliveredUnknown, .notDeliveredProblem:
            ["name"]
        case .recipients, .forwardedToMailboxes, .sentToMailboxes, .namesFound, .listNumber, .members, .folderNumber,
            .greetingNumber, .used,
            .pinLengthAtLeast, .pinLengthExactly:
            ["n"]
        case .pinLengthBetween: ["low", "high"]
        case .toCall: ["number", "key"]
        case .folder, .noMessagesInFolder, .savedInFolder: ["folder"]
        case .messagesInFolder: ["n", "folder"]
        case .recordingTime, .tryAgainIn: ["duration"]
        case .untilToday, .untilTomorrow: []
        case .until: ["weekday", "day", "month"]
        case .untilDayOfYear: ["weekday", "day", "month", "year"]
        }
    }
}
