// Every key of every menu that an owner comes to below the main menu: what it leads to, or that it means nothing; three
// that mean nothing end the call, and so does silence (C5–C10).
import CallControl
import Testing

@testable import Mailboxes
@testable import Voicemail

/// A menu, how to get there, and what is heard next after each of its keys; "" stands for the way back.
struct Place: Sendable, CustomTestStringConvertible {
    typealias Flow = @Sendable (Conversation, Mailbox) async throws -> [Clip]
    var testDescription: String
    /// What is heard when the menu is reached.
    var prompt: String
    var leadsTo: [Key: String]
    var keymap = "default"
    var prepare: @Sendable (House) async throws -> Void = { _ in }
    var enter: @Sendable (ScriptedCall) -> Void = { _ in }
    var flow: Flow
}

extension Place {
    private static let sending: Flow = { talk, mailbox in try await SendMessage(talk, mailbox).run() }
    private static let forwarding: Flow = { talk, mailbox in
        let message = try #require(try await talk.store.messages(in: .new, of: mailbox.id).first)
        return try await Forward(talk, mailbox, message).run()
    }

    private static func chosen(_ call: ScriptedCall) {
        call.when("enter-addressee", type: "101#")
        call.when("to-add-another", type: "2")
    }

    static let ofSending: [Place] = [
        Place(
            testDescription: "addressees", prompt: "to-add-another",
            leadsTo: [
                .one: "enter-addressee", .two: "record-message-after-tone", .three: "taken-off", .four: "extension",
                .star: "nothing-sent",
            ],
            enter: { $0.when("enter-addressee", type: "101#") }, flow: sending),
        Place(
            testDescription: "everybody", prompt: "to-confirm",
            leadsTo: [.one: "goes-to-everyone", .star: "enter-addressee"],
            prepare: { house in try await house.settings { $0.mayBroadcast = true } },
            enter: { $0.when("enter-addressee", type: "0#") }, flow: sending),
        Place(
            testDescription: "after recording", prompt: "to-listen",
            leadsTo: [
                .one: "your-recording-is", .two: "message-sent-to", .three: "record-message-after-tone",
                .four: "message-marked-urgent", .five: "record-message-after-tone", .star: "nothing-sent",
            ],
            enter: { call in
                chosen(call)
                call.say(House.speech(3), ending: .key(.pound))
            }, flow: sending),
        Place(
            testDescription: "forwarding", prompt: "to-record-comment",
            leadsTo: [.one: "record-comment-after-tone", .two: "message-forwarded-to", .star: "nothing-sent"],
            prepare: { _ = try await $0.message() }, enter: chosen, flow: forwarding),
        Place(
            testDescription: "forwarding, FreeSWITCH", prompt: "to-record-comment",
            leadsTo: [.one: "record-comment-after-tone", .eight: "message-forwarded-to", .star: "nothing-sent"],
            keymap: "freeswitch", prepare: { _ = try await $0.message() },
            enter: { $0.when("enter-addressee", type: "101#") }, flow: forwarding),
        Place(
            testDescription: "by number or by name, Asterisk", prompt: "to-enter-number",
            leadsTo: [.one: "enter-addressee", .two: "enter-name", .star: "nothing-sent"], keymap: "asterisk",
            flow: sending),
        Place(
            testDescription: "calling back", prompt: "to-call",
            leadsTo: [.one: "one-moment", .two: "enter-number-to-call", .star: ""],
            prepare: { house in
                try await house.settings { $0.mayCallBack = true }
                try await house.message(from: "101")
            },
            flow: { talk, mailbox in
                let message = try #require(try await talk.store.messages(in: .new, of: mailbox.id).first)
                return try await CallBack(talk, mailbox, message).run()
            }),
    ]

    private static func one(_ kind: GreetingKind) -> Flow {
        { talk, mailbox in try await OneGreeting(talk, mailbox, kind).run() }
    }
    private static let numbers = Dictionary(
        uniqueKeysWithValues: Key.allCases.compactMap { key in key.digit.map { (key, $0 == 0 ? "" : "greeting") } })

    static let ofGreetings: [Place] = [
        Place(
            testDescription: "greetings", prompt: "to-hear-greeting",
            leadsTo: [
                .one: "no-greeting-recorded", .two: "record-greeting-after-tone", .three: "no-greeting-recorded",
                .four: "no-name-recorded", .five: "record-name-after-tone", .six: "no-name-recorded",
                .seven: "temporary-greeting", .eight: "for-busy-greeting", .nine: "enter-greeting-number", .star: "",
            ],
            flow: { talk, mailbox in try await GreetingsMenu(talk, mailbox).run() }),
        Place(
            testDescription: "the temporary greeting", prompt: "to-hear-this-greeting",
            leadsTo: [
                .one: "your-greeting-is", .two: "record-greeting-after-tone", .three: "this-greeting-deleted",
                .four: "enter-days", .star: "",
            ],
            prepare: { _ = try await $0.greeting(.temporary) }, flow: one(.temporary)),
        Place(
            testDescription: "the temporary greeting, Asterisk", prompt: "to-record-this-greeting",
            leadsTo: [.one: "record-greeting-after-tone", .two: "this-greeting-deleted", .star: ""],
            keymap: "asterisk", prepare: { _ = try await $0.greeting(.temporary) }, flow: one(.temporary)),
        Place(
            testDescription: "the busy greeting, not recorded", prompt: "to-hear-this-greeting",
            leadsTo: [
                .one: "greeting-not-recorded-yet", .two: "record-greeting-after-tone",
                .three: "greeting-not-recorded-yet", .star: "",
            ], flow: one(.busy)),
        Place(
            testDescription: "a numbered greeting", prompt: "to-hear-this-greeting",
            leadsTo: [
                .one: "your-greeting-is", .two: "record-greeting-after-tone", .three: "this-greeting-deleted",
                .five: "callers-hear", .star: "",
            ],
            prepare: { _ = try await $0.greeting(.slot3) }, flow: one(.slot3)),
        Place(
            testDescription: "busy or out of hours", prompt: "for-busy-greeting",
            leadsTo: [.one: "busy-greeting", .two: "out-of-hours-greeting", .star: ""],
            flow: { talk, mailbox in try await OtherGreetings(talk, mailbox).run() }),
        Place(
            testDescription: "which of nine", prompt: "enter-greeting-number",
            leadsTo: numbers.merging([.zero: "callers-hear-usual-greeting", .star: ""]) { $1 },
            flow: { talk, mailbox in try await NumberedGreetings(talk, mailbox).run() }),
        Place(
            testDescription: "which of nine to record, FreeSWITCH", prompt: "enter-greeting-to-record",
            leadsTo: numbers.mapValues { _ in "record-greeting-after-tone" }.merging([.zero: "invalid-key", .star: ""])
            {
                $1
            }, keymap: "freeswitch",
            flow: { talk, mailbox in try await NumberedGreetings(talk, mailbox).record() }),
    ]

    private static let optionsFlow: Flow = { talk, mailbox in
        var menu = OptionsMenu(talk, mailbox)
        return try await menu.run()
    }

    static let ofOptions: [Place] = [
        Place(
            testDescription: "options", prompt: "options-menu",
            leadsTo: [
                .one: "enter-new-pin", .two: "envelope-off", .three: "newest-first", .four: "new-at-once",
                .five: "language-chosen", .star: "",
            ], flow: optionsFlow),
        Place(
            testDescription: "options, Asterisk", prompt: "options-menu",
            leadsTo: [
                .one: "record-greeting-after-tone", .two: "record-greeting-after-tone",
                .three: "record-name-after-tone",
                .four: "record-greeting-after-tone", .five: "enter-new-pin", .six: "greeting-menu",
                .seven: "envelope-off", .eight: "newest-first", .nine: "language-chosen", .star: "",
            ], keymap: "asterisk", flow: optionsFlow),
        Place(
            testDescription: "options, FreeSWITCH", prompt: "options-menu",
            leadsTo: [
                .one: "enter-greeting-to-record", .two: "enter-greeting-to-use", .three: "record-name-after-tone",
                .four: "greeting-menu", .five: "envelope-off", .six: "enter-new-pin", .seven: "newest-first",
                .eight: "new-at-once", .nine: "language-chosen", .zero: "",
            ], keymap: "freeswitch", flow: optionsFlow),
        Place(
            testDescription: "first log-in", prompt: "to-record",
            leadsTo: [.one: "record-name-after-tone", .two: "offer-greeting"],
            prepare: { house in try await house.settings { $0.needsIntroduction = true } },
            flow: { talk, mailbox in try await Introduction(talk, mailbox).run() }),
    ]
}

@Suite("Menus below the main menu")
struct OwnMenusTests {
    static let places = Place.ofSending + Place.ofGreetings + Place.ofOptions

    /// Types `keys` when the menu is reached.
    private func visit(_ place: Place, _ keys: String) async throws -> ScriptedCall {
        let house = try await House.open()
        try await house.choose(keymap: place.keymap, for: "100")
        try await place.prepare(house)
        let call = ScriptedCall()
        place.enter(call)
        call.when(place.prompt, type: keys)
        try await house.run(call, place.flow)
        #expect(call.cuesLeft == 0, "\(place.testDescription): not reached, heard \(call.prompts)")
        #expect(try await house.isConsistent())
        return call
    }

    @Test("C5–C10: each key leads where its map says, every other one means nothing", arguments: places)
    func keys(_ place: Place) async throws {
        for key in Key.allCases {
            let prompts = try await visit(place, String(key.rawValue)).prompts
            let reached = try #require(prompts.firstIndex(of: place.prompt))
            let next = prompts.dropFirst(reached + 1).first ?? ""
            #expect(next == place.leadsTo[key] ?? "invalid-key", "\(key.rawValue)")
        }
    }

    @Test("C5–C10: three keys that mean nothing end the call", arguments: places)
    func wrongKeys(_ place: Place) async throws {
        let prompts = try await visit(place, "DDD").prompts
        #expect(prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
        #expect(prompts.filter { $0 == "invalid-key" }.count == 2)
    }

    @Test("C5–C10: silence is asked about twice, and the third time ends the call", arguments: places)
    func silence(_ place: Place) async throws {
        let call = try await visit(place, "")
        #expect(call.prompts.last == "goodbye")
        #expect(call.prompts.filter { $0 == "are-you-still-there" }.count == 2)
        #expect(call.events.filter { $0 == .silence }.count == 3)
    }
}
