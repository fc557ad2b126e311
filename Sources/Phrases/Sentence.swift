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
        case .notAvailable, .nobodyAvailable: ["extension"]
        }
    }
}
