// Forwarding a message: to whom, with a spoken comment before it or as it is (C5). The message stays where it is, and
// counts as heard once it has gone out.
import CallControl
import Mailboxes
import Phrases

struct Forward {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let message: Message
    private let staysNew: Bool

    /// `staysNew`: the owner wants it to stay new although it is heard.
    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message, staysNew: Bool = false) {
        self.talk = talk
        self.mailbox = mailbox
        self.message = message
        self.staysNew = staysNew
    }

    /// Returns what is to be said on the way back to the message.
    func run() async throws -> [Clip] {
        var addressees = AskForAddressees(talk, mailbox)
        guard let choice = try await addressees.run() else { return talk.words(.nothingSent) }
        let recipients = choice.recipients
        let opening = talk.sentences(choice.told, talk.words(talk.phrases.recipients(recipients.count)))
        switch try await talk.choose(talk.keys.forward, opening: opening, menu: menu) {
        case .asItIs: return try await send(Letter(parts: [], isUrgent: message.urgent), to: recipients)
        case .withComment:
            var comment = ComposeMessage(talk, mailbox, .recordCommentAfterTone, urgent: message.urgent)
            return try await comment.run { letter in try await send(letter, to: recipients) }
        case .cancel: return talk.words(.nothingSent)
        }
    }

    /// The comment's parts, then the message.
    private func send(_ comment: Letter, to recipients: [Mailbox]) async throws -> [Clip] {
        guard try await talk.store.message(message.id)?.mailbox == mailbox.id else { return talk.words(.messageGone) }
        let dispatch = Dispatch(talk, from: mailbox, forwarding: true)
        let letter = Letter(parts: comment.parts + [message.id], isUrgent: comment.isUrgent)
        let report = await dispatch.send(letter, to: recipients)
        if !report.delivered.isEmpty, !staysNew { _ = try await talk.store.markHeard(message.id, of: mailbox.id) }
        return try await dispatch.words(report)
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.forward,
            [(.withComment, .toRecordComment), (.asItIs, .toSendAsItIs), (.cancel, .toCancel)])
    }
}
