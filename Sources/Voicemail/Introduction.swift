// The first log-in (C10, D1): a PIN of one's own in place of a temporary one, which nobody gets around; then a name and
// a greeting are offered. A hang-up leaves the mailbox as far as it got: what was accepted counts, and what is still to
// be done is asked at the next log-in.
import CallControl
import Logging
import Mailboxes
import Phrases

struct Introduction {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way to the main menu; nothing where there was nothing to do.
    func run() async throws -> [Clip] {
        guard mailbox.settings.needsIntroduction else { return try await newPIN() }
        let told = isDuty ? try await duty() : try await offer()
        _ = try await talk.store.changeSettings(of: mailbox.id) { $0.needsIntroduction = false }
        talk.log.info("introduced")
        return talk.sentences(told, talk.words(.introductionDone))
    }

    private func newPIN(after words: [Clip] = []) async throws -> [Clip] {
        mailbox.pinIsTemporary ? try await ChangePIN(talk, mailbox).insist(after: words) : words
    }

    /// The PIN; then "to record your name, press one; to skip this, press two", and the same for the greeting.
    private func offer() async throws -> [Clip] {
        var told = talk.sentences(try await newPIN(), talk.words(.introduction))
        for (kind, offer) in [(GreetingKind.name, PromptID.offerName), (.unavailable, .offerGreeting)] {
            let opening = talk.sentences(told, talk.words(offer))
            switch try await talk.choose(talk.keys.introduction, opening: opening, menu: menu) {
            case .record: told = try await RecordGreeting(talk, mailbox, kind).run()
            case .skip: told = []
            }
        }
        return told
    }

    /// Whether name and greetings are asked of everybody: a key map without a key to skip.
    private var isDuty: Bool { talk.keys.introduction.key(for: .skip) == nil }

    /// As users of such maps are used to it: name and greetings without being asked, and the PIN last.
    private func duty() async throws -> [Clip] {
        var told = talk.words(.introduction)
        for kind in [GreetingKind.name, .unavailable, .busy] {
            told = try await RecordGreeting(talk, mailbox, kind).run(after: told)
        }
        return try await newPIN(after: told)
    }

    private var menu: [Clip] {
        talk.menu(talk.keys.introduction, [(.record, .toRecord), (.skip, .toSkip)])
    }
}
