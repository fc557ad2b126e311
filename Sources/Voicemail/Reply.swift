// Answering a message: to the mailbox that it was sent from (C6).
import CallControl
import Mailboxes
import Phrases

struct Reply {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let message: Message

    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message) {
        self.talk = talk
        self.mailbox = mailbox
        self.message = message
    }

    /// Returns what is to be said on the way back to the message.
    func run() async throws -> [Clip] {
        guard let sender = message.sender, let recipient = try await talk.store.mailbox(sender) else {
            return talk.words(.senderHasNoMailbox)
        }
        let words = talk.words(.replyTo) + (try await talk.name(of: recipient))
        var reply = ComposeMessage(talk, mailbox, .recordMessageAfterTone)
        return try await reply.run(after: words) { letter in
            let dispatch = Dispatch(talk, from: mailbox)
            return try await dispatch.words(dispatch.send(letter, to: [recipient]))
        }
    }
}
