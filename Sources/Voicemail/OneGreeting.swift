// One greeting: hear it, record it, delete it; the temporary one has an end, and a numbered one can stand in for the
// everyday one (C8).
import CallControl
import Logging
import Mailboxes
import Phrases

struct OneGreeting {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let kind: GreetingKind

    init(_ talk: Conversation, _ mailbox: Mailbox, _ kind: GreetingKind) {
        self.talk = talk
        self.mailbox = mailbox
        self.kind = kind
    }

    /// Returns what is to be said on the way back to the greetings.
    func run() async throws -> [Clip] {
        let isThere = try await talk.store.greeting(kind, of: mailbox.id) != nil
        if !isThere, talk.keys.oneGreeting.key(for: .hear) == nil { return try await record() }
        var opening = talk.sentences(title, try await state())
        while true {
            switch try await talk.choose(keys, opening: opening, menu: menu) {
            case .hear: opening = try await hear()
            case .setEnd: opening = try await setEnd()
            case .record: return try await record()
            case .delete: return try await delete()
            case .use: return try await use()
            case .back: return []
            }
        }
    }

    /// It plays as the opening of the menu, so that any key of the menu stops it.
    func hear() async throws -> [Clip] {
        guard let greeting = try await talk.store.greeting(kind, of: mailbox.id) else {
            return talk.words(kind.noneRecorded)
        }
        let audio = StoredAudio(greeting, store: talk.store)
        return talk.sentences(talk.words(kind == .name ? .yourNameIs : .yourGreetingIs), [.recording(audio)])
    }

    /// A numbered greeting that callers hear gives way to the everyday one.
    func delete() async throws -> [Clip] {
        guard try await talk.store.deleteGreeting(kind, of: mailbox.id) else { return talk.words(kind.noneRecorded) }
        talk.log.info("greeting deleted", metadata: ["kind": "\(kind.rawValue)"])
        return talk.words(kind.deleted)
    }

    private func record() async throws -> [Clip] {
        let before = try await talk.store.greeting(kind, of: mailbox.id)?.id
        let told = try await RecordGreeting(talk, mailbox, kind).run()
        let after = try await talk.store.greeting(kind, of: mailbox.id)?.id
        guard kind == .temporary, after != before, keys.key(for: .setEnd) != nil else { return told }
        return try await setEnd(after: told)
    }

    private func setEnd(after opening: [Clip] = []) async throws -> [Clip] {
        guard try await talk.store.greeting(kind, of: mailbox.id) != nil else { return talk.words(kind.noneRecorded) }
        return try await TemporaryGreetingEnd(talk, mailbox).ask(after: opening)
    }

    private func use() async throws -> [Clip] {
        guard let number = kind.slot else { return [] }
        return try await NumberedGreetings(talk, mailbox).use(number)
    }

    /// Whether there is one, and for how long it holds.
    private func state() async throws -> [Clip] {
        guard try await talk.store.greeting(kind, of: mailbox.id) != nil else { return talk.words(kind.noneRecorded) }
        guard kind == .temporary else { return [] }
        return try await TemporaryGreetingEnd(talk, mailbox).words()
    }

    private var title: [Clip] {
        switch kind {
        case .busy: talk.words(.busyGreeting)
        case .outOfHours: talk.words(.outOfHoursGreeting)
        case .temporary: talk.words(.temporaryGreeting)
        default: kind.slot.map { talk.words(talk.phrases.greeting($0)) } ?? []
        }
    }

    private var keys: Keys<OneGreetingAction> {
        var keys = talk.keys.oneGreeting
        if kind != .temporary { keys = keys.without(.setEnd) }
        if kind.slot == nil { keys = keys.without(.use) }
        return keys
    }

    private var menu: [Clip] {
        talk.menu(
            keys,
            [
                (.hear, .toHearThisGreeting), (.record, .toRecordThisGreeting), (.delete, .toDeleteThisGreeting),
                (.setEnd, .toSetItsEnd), (.use, .toUseThisGreeting), (.back, .toReturnToGreetings),
            ])
    }
}

/// Which of the greetings for special cases.
struct OtherGreetings {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way back to the greetings.
    func run() async throws -> [Clip] {
        switch try await talk.choose(talk.keys.otherGreetings, menu: menu) {
        case .busy: try await OneGreeting(talk, mailbox, .busy).run()
        case .outOfHours: try await OneGreeting(talk, mailbox, .outOfHours).run()
        case .back: []
        }
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.otherGreetings,
            [(.busy, .forBusyGreeting), (.outOfHours, .forOutOfHoursGreeting), (.back, .toReturnToGreetings)])
    }
}

extension GreetingKind {
    fileprivate var noneRecorded: PromptID {
        switch self {
        case .unavailable: .noGreetingRecorded
        case .name: .noNameRecorded
        default: .greetingNotRecordedYet
        }
    }

    fileprivate var deleted: PromptID {
        switch self {
        case .unavailable: .greetingDeleted
        case .name: .nameDeleted
        default: .thisGreetingDeleted
        }
    }
}
