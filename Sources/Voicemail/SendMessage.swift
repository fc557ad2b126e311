// Sending a message without a call: to whom, the message, "to send it, press two" (C6).
import CallControl
import Mailboxes
import Phrases

struct SendMessage {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way back to the menu.
    func run() async throws -> [Clip] {
        var addressees = AskForAddressees(talk, mailbox)
        guard let choice = try await addressees.run() else { return talk.words(.nothingSent) }
        var message = ComposeMessage(talk, mailbox, .recordMessageAfterTone)
        return try await message.run(after: choice.told) { letter in
            let dispatch = Dispatch(talk, from: mailbox)
            return try await dispatch.words(dispatch.send(letter, to: choice.recipients))
        }
    }
}
