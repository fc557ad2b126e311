// The flows that the owner's menus lead to and that have no file of their own yet: how they are entered, and what they
// say until then. Each returns what is to be said on the way back to where it was entered.
import CallControl
import Mailboxes
import Phrases

/// To other mailboxes, with or without a comment (C5).
struct Forward {
    private let talk: Conversation

    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message) { self.talk = talk }

    func run() async throws -> [Clip] { talk.words(.notOfferedHere) }
}

/// To the mailbox that a message came from (C6).
struct Reply {
    private let talk: Conversation

    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message) { self.talk = talk }

    func run() async throws -> [Clip] { talk.words(.notOfferedHere) }
}

/// Without calling anybody (C6).
struct SendMessage {
    private let talk: Conversation

    init(_ talk: Conversation, _ mailbox: Mailbox) { self.talk = talk }

    func run() async throws -> [Clip] { talk.words(.notOfferedHere) }
}

/// The caller of a message (C7).
struct CallBack {
    private let talk: Conversation

    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message) { self.talk = talk }

    func run() async throws -> [Clip] { talk.words(.notOfferedHere) }
}

/// A number that the owner types (C7).
struct DialOut {
    private let talk: Conversation

    init(_ talk: Conversation, _ mailbox: Mailbox) { self.talk = talk }

    func run() async throws -> [Clip] { talk.words(.notOfferedHere) }
}

/// PIN and options (C9).
struct OptionsMenu {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    func run() async throws -> [Clip] { try await ChangePIN(talk, mailbox).run() }
}

/// The first log-in: a PIN of one's own, then name and greeting are offered (C10).
struct Introduction {
    private let talk: Conversation

    init(_ talk: Conversation, _ mailbox: Mailbox) { self.talk = talk }

    func run() async throws -> [Clip] { [] }
}
