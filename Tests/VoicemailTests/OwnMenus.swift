// The menus below an owner's main menu, each with the way to it and what each of its actions leads to. Which key that is
// says the key map, so that `OwnMenusTests` can press every key in every map (C5–C11).
import CallControl
import Testing

@testable import Mailboxes
@testable import Voicemail

/// A menu, how to get there, and what is heard next after each of its keys; "" stands for the way back.
struct Place: Sendable, CustomTestStringConvertible {
    typealias Flow = @Sendable (Conversation, Mailbox) async throws -> [Clip]
    var testDescription: String
    /// The menu's name in a key map.
    var menu: String
    /// What is heard when the menu is reached.
    var prompt: String
    var leadsTo: @Sendable (KeyMap) -> [Key: String]
    /// What is heard after any other key.
    var otherwise = "invalid-key"
    var prepare: @Sendable (House) async throws -> Void = { _ in }
    var enter: @Sendable (ScriptedCall, KeyMap) -> Void = { _, _ in }
    var flow: Flow

    /// Whether a key map has a way to it.
    func isReached(_ keys: KeyMap) -> Bool { !leadsTo(keys).isEmpty }

    static let all = ofSending + ofGreetings + ofOptions + ofEntries
}

extension Keys {
    /// What the keys of these actions lead to; nothing for those without a key.
    func leading(to prompts: [Action: String]) -> [Key: String] {
        Dictionary(
            uniqueKeysWithValues: prompts.compactMap { action, prompt in key(for: action).map { ($0, prompt) } })
    }
}

// MARK: Sending (C5–C7)

extension Place {
    private static let sending: Flow = { talk, mailbox in try await SendMessage(talk, mailbox).run() }
    private static let forwarding: Flow = { talk, mailbox in
        let message = try #require(try await talk.store.messages(in: .new, of: mailbox.id).first)
        return try await Forward(talk, mailbox, message).run()
    }

    /// Somebody is named by number, as the key map has it.
    private static func name(_ call: ScriptedCall, _ keys: KeyMap, _ number: String) {
        if let byNumber = keys.addressBy.key(for: .number) {
            call.when("to-enter-number", type: String(byNumber.rawValue))
        }
        call.when("enter-addressee", type: number + "#")
    }

    private static func choose(_ call: ScriptedCall, _ keys: KeyMap) {
        name(call, keys, "101")
        if let goOn = keys.addressees.key(for: .goOn) { call.when("to-add-another", type: String(goOn.rawValue)) }
    }

    static let ofSending: [Place] = [
        Place(
            testDescription: "addressees", menu: "addressees", prompt: "to-add-another",
            leadsTo: {
                $0.addressees.leading(to: [
                    .addAnother: "enter-addressee", .goOn: "record-message-after-tone", .takeLastOff: "taken-off",
                    .hearAll: "extension", .cancel: "nothing-sent",
                ])
            },
            enter: { name($0, $1, "101") }, flow: sending),
        Place(
            testDescription: "everybody", menu: "confirm", prompt: "to-confirm",
            leadsTo: { keys in
                let again = keys.addressBy.key(for: .number) == nil ? "enter-addressee" : "to-enter-number"
                return keys.confirm.leading(to: [.confirm: "goes-to-everyone", .goBack: again])
            },
            prepare: { house in try await house.settings { $0.mayBroadcast = true } },
            enter: { name($0, $1, "0") }, flow: sending),
        Place(
            testDescription: "somebody found by name", menu: "directory", prompt: "for-next-name",
            leadsTo: {
                $0.directory.leading(to: [.choose: "extension", .next: "no-more-names", .startOver: "enter-name"])
            },
            prepare: { try await $0.neighbour("102", name: "Ada Lovelace") },
            enter: { call, keys in
                if let byName = keys.addressBy.key(for: .name) {
                    call.when("to-enter-number", type: String(byName.rawValue))
                } else {
                    call.when("enter-addressee", type: "#")
                }
                call.when("enter-name", type: "232#")
            }, flow: sending),
        Place(
            testDescription: "after recording", menu: "sending", prompt: "to-listen",
            leadsTo: {
                $0.sending.leading(to: [
                    .listen: "your-recording-is", .send: "message-sent-to", .recordAgain: "record-message-after-tone",
                    .urgent: "message-marked-urgent", .add: "record-message-after-tone", .cancel: "nothing-sent",
                ])
            },
            enter: { call, keys in
                choose(call, keys)
                call.say(House.speech(3), ending: .key(.pound))
            }, flow: sending),
        Place(
            testDescription: "forwarding", menu: "forward", prompt: "to-record-comment",
            leadsTo: {
                $0.forward.leading(to: [
                    .withComment: "record-comment-after-tone", .asItIs: "message-forwarded-to",
                    .cancel: "nothing-sent",
                ])
            },
            prepare: { _ = try await $0.message() }, enter: choose, flow: forwarding),
        Place(
            testDescription: "by number or by name", menu: "address-by", prompt: "to-enter-number",
            leadsTo: {
                $0.addressBy.leading(to: [.number: "enter-addressee", .name: "enter-name", .cancel: "nothing-sent"])
            }, flow: sending),
        Place(
            testDescription: "calling back", menu: "call-back", prompt: "to-call",
            leadsTo: {
                $0.callBack.leading(to: [.call: "one-moment", .otherNumber: "enter-number-to-call", .cancel: ""])
            },
            prepare: { house in
                try await house.settings { $0.mayCallBack = true }
                try await house.message(from: "101")
            },
            flow: { talk, mailbox in
                let message = try #require(try await talk.store.messages(in: .new, of: mailbox.id).first)
                return try await CallBack(talk, mailbox, message).run()
            }),
    ]
}

// MARK: Greetings (C8)

extension Place {
    private static func one(_ kind: GreetingKind) -> Flow {
        { talk, mailbox in try await OneGreeting(talk, mailbox, kind).run() }
    }

    /// Every digit leads to `prompt`, zero to another.
    private static func digits(_ prompt: String, zero: String?, _ keys: KeyMap) -> [Key: String] {
        let digits = Key.allCases.filter { $0.digit ?? 0 > 0 }.map { ($0, prompt) }
        let others = keys.oneDigit.leading(to: [.cancel: ""]).merging(zero.map { [.zero: $0] } ?? [:]) { $1 }
        return Dictionary(uniqueKeysWithValues: digits).merging(others) { $1 }
    }

    /// What a greeting that is not there yet leads to: in maps that cannot play one, its recording begins at once.
    private static func absent(_ keys: KeyMap, _ title: String) -> String {
        keys.oneGreeting.key(for: .hear) == nil ? "record-greeting-after-tone" : title
    }

    static let ofGreetings: [Place] = [
        Place(
            testDescription: "greetings", menu: "greetings", prompt: "to-hear-greeting",
            leadsTo: { keys in
                keys.greetings.leading(to: [
                    .hearGreeting: "no-greeting-recorded", .recordGreeting: "record-greeting-after-tone",
                    .deleteGreeting: "no-greeting-recorded", .hearName: "no-name-recorded",
                    .recordName: "record-name-after-tone", .deleteName: "no-name-recorded",
                    .temporary: absent(keys, "temporary-greeting"), .other: "for-busy-greeting",
                    .numbered: "enter-greeting-number", .mainMenu: "",
                ])
            },
            flow: { talk, mailbox in try await GreetingsMenu(talk, mailbox).run() }),
        Place(
            testDescription: "the temporary greeting", menu: "one-greeting", prompt: "to-record-this-greeting",
            leadsTo: {
                $0.oneGreeting.without(.use).leading(to: [
                    .hear: "your-greeting-is", .record: "record-greeting-after-tone",
                    .delete: "this-greeting-deleted", .setEnd: "enter-days", .back: "",
                ])
            },
            prepare: { _ = try await $0.greeting(.temporary) }, flow: one(.temporary)),
        Place(
            testDescription: "the busy greeting, not recorded", menu: "one-greeting", prompt: "to-record-this-greeting",
            leadsTo: { keys in
                guard keys.oneGreeting.key(for: .hear) != nil else { return [:] }
                return keys.oneGreeting.leading(to: [
                    .hear: "greeting-not-recorded-yet", .record: "record-greeting-after-tone",
                    .delete: "greeting-not-recorded-yet", .back: "",
                ])
            }, flow: one(.busy)),
        Place(
            testDescription: "a numbered greeting", menu: "one-greeting", prompt: "to-record-this-greeting",
            leadsTo: {
                $0.oneGreeting.leading(to: [
                    .hear: "your-greeting-is", .record: "record-greeting-after-tone",
                    .delete: "this-greeting-deleted", .use: "callers-hear", .back: "",
                ])
            },
            prepare: { _ = try await $0.greeting(.slot3) }, flow: one(.slot3)),
        Place(
            testDescription: "busy or out of hours", menu: "other-greetings", prompt: "for-busy-greeting",
            leadsTo: { keys in
                keys.otherGreetings.leading(to: [
                    .busy: absent(keys, "busy-greeting"), .outOfHours: absent(keys, "out-of-hours-greeting"), .back: "",
                ])
            },
            flow: { talk, mailbox in try await OtherGreetings(talk, mailbox).run() }),
        Place(
            testDescription: "which of nine", menu: "one-digit", prompt: "enter-greeting-number",
            leadsTo: { digits(absent($0, "greeting"), zero: "callers-hear-usual-greeting", $0) },
            flow: { talk, mailbox in try await NumberedGreetings(talk, mailbox).run() }),
        Place(
            testDescription: "which of nine to record", menu: "one-digit", prompt: "enter-greeting-to-record",
            leadsTo: { digits("record-greeting-after-tone", zero: nil, $0) },
            flow: { talk, mailbox in try await NumberedGreetings(talk, mailbox).record() }),
        Place(
            testDescription: "which of nine to use", menu: "one-digit", prompt: "enter-greeting-to-use",
            leadsTo: { digits("greeting", zero: "callers-hear-usual-greeting", $0) },
            flow: { talk, mailbox in try await NumberedGreetings(talk, mailbox).choose() }),
        Place(
            testDescription: "after a greeting has been recorded", menu: "review", prompt: "to-listen",
            leadsTo: {
                $0.review.leading(to: [
                    .listen: "your-recording-is", .accept: "greeting-saved", .recordAgain: "record-greeting-after-tone",
                    .cancel: "recording-discarded",
                ])
            },
            enter: { call, _ in call.say(House.speech(3), ending: .key(.pound)) },
            flow: { talk, mailbox in try await RecordGreeting(talk, mailbox, .unavailable).run() }),
    ]
}

// MARK: Options and lists (C1, C3, C6, C9, C10, C13)

extension Place {
    private static let lists: Flow = { talk, mailbox in try await OwnLists(talk, mailbox).run() }

    static let ofOptions: [Place] = [
        Place(
            testDescription: "options", menu: "options", prompt: "options-menu",
            leadsTo: { keys in
                keys.options.leading(to: [
                    .recordGreeting: "record-greeting-after-tone", .recordNumbered: "enter-greeting-to-record",
                    .chooseGreeting: "enter-greeting-to-use", .recordBusy: "record-greeting-after-tone",
                    .recordName: "record-name-after-tone", .temporary: absent(keys, "temporary-greeting"),
                    .greetingsAndName: "greeting-menu", .changePIN: "enter-new-pin", .envelope: "envelope-off",
                    .order: "newest-first", .newAtOnce: "new-at-once", .language: "language-chosen",
                    .lists: "enter-list-number", .mainMenu: "",
                ])
            },
            flow: { talk, mailbox in
                var menu = OptionsMenu(talk, mailbox)
                return try await menu.run()
            }),
        Place(
            testDescription: "first log-in", menu: "introduction", prompt: "to-record",
            leadsTo: { $0.introduction.leading(to: [.record: "record-name-after-tone", .skip: "offer-greeting"]) },
            prepare: { house in try await house.settings { $0.needsIntroduction = true } },
            flow: { talk, mailbox in try await Introduction(talk, mailbox).run() }),
        Place(
            testDescription: "which of the lists", menu: "one-digit", prompt: "enter-list-number",
            leadsTo: { digits("list", zero: nil, $0) }, flow: lists),
        Place(
            testDescription: "a list", menu: "list", prompt: "to-hear-list",
            leadsTo: { keys in
                let whom = keys.addressBy.key(for: .number) == nil ? "enter-addressee" : "to-enter-number"
                return keys.list.leading(to: [.hear: "list", .add: whom, .takeOff: whom, .back: ""])
            },
            prepare: { try await $0.list(3, "101", "200") },
            enter: { call, _ in call.when("enter-list-number", type: "3") }, flow: lists),
    ]
}

// MARK: Numbers that are typed (A2, C6–C9)

extension Place {
    /// Where digits are typed: one of them leads to `digit`, the end of the entry before any to `end`.
    private static func typing(_ digit: String, end: String, _ keys: KeyMap) -> [Key: String] {
        let digits = Key.allCases.filter { $0.digit != nil }.map { ($0, digit) }
        return keys.entry.leading(to: [.done: end, .startOver: end]).merging(digits) { $1 }
    }

    /// Other keys say nothing while digits are awaited: the silence behind them is asked about.
    private static let unheard = "are-you-still-there"

    static let ofEntries: [Place] = [
        Place(
            testDescription: "a new PIN", menu: "entry", prompt: "enter-new-pin",
            leadsTo: { typing("new-pin-too-short", end: "pin-not-changed", $0) }, otherwise: unheard,
            flow: { talk, mailbox in try await ChangePIN(talk, mailbox).run() }),
        Place(
            testDescription: "how many days", menu: "entry", prompt: "enter-days",
            leadsTo: {
                typing("heard", end: "heard-until-deleted", $0).merging([.zero: "heard-until-deleted"]) { $1 }
            }, otherwise: unheard,
            prepare: { _ = try await $0.greeting(.temporary) },
            flow: { talk, mailbox in try await TemporaryGreetingEnd(talk, mailbox).ask(after: []) }),
        Place(
            testDescription: "a number to call", menu: "entry", prompt: "enter-number-to-call",
            leadsTo: { typing("number-not-allowed", end: "", $0) }, otherwise: unheard,
            prepare: { house in try await house.settings { $0.mayCallBack = true } },
            flow: { talk, mailbox in try await DialOut(talk, mailbox).run() }),
        Place(
            testDescription: "whom it goes to", menu: "addressing", prompt: "to-find-by-name",
            leadsTo: { keys in
                guard keys.addressBy.key(for: .number) == nil else { return [:] }
                let digits = Key.allCases.filter { $0.digit != nil }.map { ($0, "unknown-addressee") }
                return keys.addressing.leading(to: [.done: "enter-name", .next: unheard, .cancel: "nothing-sent"])
                    .merging(digits) { $1 }
            }, otherwise: "press-pound", flow: sending),
    ]
}
