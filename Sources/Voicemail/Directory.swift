// Dial by name (A9): whoever knows the name and not the number spells it and leaves a message there.
import CallControl
import Logging
import Mailboxes
import Phrases

struct Directory {
    private let talk: Conversation
    private let organisation: Organisation

    init(_ talk: Conversation, _ organisation: Organisation) {
        self.talk = talk
        self.organisation = organisation
    }

    func run() async throws {
        guard let person = try await SpellName(talk, organisation).run() else {
            throw talk.farewell(because: "no name was spelt")
        }
        guard let mailbox = try await talk.store.mailbox(person.mailbox) else {
            throw talk.farewell(.noSuchMailbox, because: "the mailbox has been deleted meanwhile")
        }
        talk.log.info("found by name", metadata: ["mailbox": "\(mailbox.number)"])
        try await LeaveMessage(talk.about(mailbox), mailbox).run()
    }
}
