// The nine numbered greetings, of which one may stand in for the everyday one (C8).
import CallControl
import Logging
import Mailboxes
import Phrases

struct NumberedGreetings {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// "Press the number of one of your nine greetings, or zero for callers to hear your usual greeting."
    func run() async throws -> [Clip] {
        guard let number = try await number(.enterGreetingNumber, in: 0...9) else { return [] }
        guard let kind = GreetingKind.slot(number) else { return try await useNone() }
        return try await OneGreeting(talk, mailbox, kind).run()
    }

    /// Straight to the recording of one of them.
    func record() async throws -> [Clip] {
        guard let number = try await number(.enterGreetingToRecord, in: 1...9), let kind = GreetingKind.slot(number)
        else { return [] }
        return try await RecordGreeting(talk, mailbox, kind).run()
    }

    /// Straight to which of them callers hear.
    func choose() async throws -> [Clip] {
        guard let number = try await number(.enterGreetingToUse, in: 0...9) else { return [] }
        return number == 0 ? try await useNone() : try await use(number)
    }

    /// Only one that has been recorded: a choice that plays nothing would be no choice.
    func use(_ number: Int) async throws -> [Clip] {
        guard try await talk.store.chooseGreeting(number, of: mailbox.id) else {
            return talk.words(talk.phrases.greeting(number)) + talk.words(.greetingNotRecordedYet)
        }
        talk.log.info("numbered greeting chosen", metadata: ["number": "\(number)"])
        return talk.words(.callersHear) + talk.words(talk.phrases.greeting(number))
    }

    private func useNone() async throws -> [Clip] {
        _ = try await talk.store.chooseGreeting(nil, of: mailbox.id)
        talk.log.info("usual greeting chosen")
        return talk.words(.callersHearUsualGreeting)
    }

    /// Nil when the owner does not want any.
    private func number(_ question: PromptID, in numbers: ClosedRange<Int>) async throws -> Int? {
        try await talk.digit(talk.words(question), in: numbers)
    }
}
