// A message on its way into a mailbox: opened before the beep, judged when it has ended, trimmed to what was said,
// delivered with its copies (B2, B6, B7).
import CallControl
import Logging
import Mailboxes
import Phrases

/// A message that is good enough to be delivered, and not delivered yet.
struct GoodTake {
    var draft: Draft
    /// Of what is worth keeping.
    var length: Duration
    var ending: Take.Ending
}

struct Deposit {
    let terms: MessageTerms
    private let talk: Conversation
    private let settings: OrganisationSettings
    private let new: NewRecording
    /// The mailboxes of `new.copies`.
    private let copies: [Mailbox]

    /// - Parameter others: numbers of mailboxes that get the same message besides those that the mailbox names.
    init(_ talk: Conversation, _ mailbox: Mailbox, _ terms: MessageTerms, others: [String]) async throws {
        self.talk = talk
        self.terms = terms
        settings = mailbox.organisationSettings
        let invitation = talk.call.invitation
        var new = talk.newRecording(
            .message(callerNumber: invitation.callerNumber, callerName: invitation.callerName), in: mailbox)
        if let account = invitation.account {
            new.sender = try await talk.store.account(number: account, domain: invitation.domain)?.mailbox
        }
        var copies: [Mailbox] = []
        for number in mailbox.settings.copies + others {
            guard let copy = try await talk.store.mailbox(reachedBy: number, domain: mailbox.domain) else {
                talk.log.error("no mailbox for a copy", metadata: ["number": "\(number)"])
                continue
            }
            if copy.id != mailbox.id, !copies.contains(where: { $0.id == copy.id }) { copies.append(copy) }
        }
        new.copies = copies.map(\.id)
        self.new = new
        self.copies = copies
    }

    enum Result {
        case good(GoodTake)
        /// Taken back already.
        case worthless(Take, because: PromptID)
    }

    /// The beep and what is said after it. What it is to replace stays as it is.
    func take(replacing earlier: GoodTake? = nil) async throws -> Result {
        var new = new
        new.replaces = earlier?.draft.recording.id
        let (draft, take) = try await Draft.recorded(new, terms.limits(), talk)
        if let shortcoming = terms.shortcoming(of: take) {
            await draft.discard()
            talk.log.info("nothing recorded", metadata: ["ending": "\(take.ending)"])
            return .worthless(take, because: shortcoming)
        }
        let length = await draft.trim(from: take.duration, to: take.worthwhile)
        return .good(GoodTake(draft: draft, length: length, ending: take.ending))
    }

    func deliver(_ message: GoodTake, urgent: Bool = false) async throws {
        let deliveries = try await message.draft.recording.keep(urgent: urgent)
        talk.log.info(
            "message delivered",
            metadata: [
                "recording": "\(message.draft.recording.id.rawValue)", "length": "\(message.length)",
                "ending": "\(message.ending)", "urgent": "\(urgent)",
            ])
        for (copy, delivery) in zip(copies, deliveries) {
            if case .delivered = delivery { continue }
            talk.log.error("a copy was not delivered", metadata: ["to": "\(copy.number)", "reason": "\(delivery)"])
        }
    }

    /// Delivers it, passes the caller on, and says good-bye to one whom nobody has answered (B1).
    func deliver(_ message: GoodTake, urgent: Bool = false, thenReach number: String) async throws -> Never {
        try await deliver(message, urgent: urgent)
        let told = try await PassOn(talk, settings).to(number)
        throw Farewell(words: talk.sentences(told, talk.words(.goodbye)), reason: "message left, nobody reached")
    }
}
