// After the log-in: a first log-in introduces itself (C10), a call that broke off goes on (C12), and the main menu
// follows.
import CallControl
import Mailboxes
import Phrases

struct OpenMailbox {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    func run() async throws {
        let memory = ListeningMemory(mailbox.settings)
        var menu = MainMenu(talk, mailbox, memory)
        if mailbox.pinIsTemporary || mailbox.settings.needsIntroduction {
            let told = try await Introduction(talk, mailbox).run()
            try await menu.renew()
            return try await menu.run(told)
        }
        switch try await ResumeLastCall(talk, mailbox, memory).run() {
        case .notOffered: try await menu.run()
        case .resumed(let told): try await menu.run(afterListening: told)
        case .declined(let key): try await menu.run(pressed: key)
        }
    }
}
