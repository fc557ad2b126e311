// Calling the sender of a message back, and calling out from the mailbox, for those who may (C7). What may be called is
// the organisation's to say: its own extensions always, other numbers by how they begin.
import CallControl
import Mailboxes
import Phrases

struct CallBack {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let message: Message

    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message) {
        self.talk = talk
        self.mailbox = mailbox
        self.message = message
    }

    /// Returns what is to be said on the way back to the message; a call that has been passed on ends here.
    func run() async throws -> [Clip] {
        guard mailbox.settings.mayCallBack else { return talk.words(.notOfferedHere) }
        guard let number = message.callerNumber, !number.isEmpty else { return talk.words(.callerNumberUnknown) }
        guard try await TollGuard(mailbox, talk.store).permits(number) else { return talk.words(.numberNotAllowed) }
        switch try await talk.choose(talk.keys.callBack, menu: menu(number)) {
        case .call: return try await PassOn(talk, mailbox.organisationSettings).to(number)
        case .otherNumber: return try await DialOut(talk, mailbox).run()
        case .cancel: return []
        }
    }

    /// "To call five five five one two three four, press one."
    private func menu(_ number: String) -> [Clip] {
        let call = talk.keys.callBack.key(for: .call).map { talk.phrases.toCall(number, key: $0.rawValue) } ?? []
        let others = talk.menu(talk.keys.callBack, [(.otherNumber, .toEnterAnotherNumber), (.cancel, .toCancel)])
        return talk.sentences(talk.words(call), others)
    }
}

/// Calling a number that the owner types.
struct DialOut {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way back to the menu; a call that has been passed on ends here.
    func run() async throws -> [Clip] {
        guard mailbox.settings.mayCallBack else { return talk.words(.notOfferedHere) }
        var opening: [Clip] = []
        for _ in 0..<talk.settings.patience {
            let question = talk.words(.enterNumberToCall)
            guard let number = try await talk.digitsIfAny(opening: opening, question, longest: TollGuard.longest) else {
                return []
            }
            if try await TollGuard(mailbox, talk.store).permits(number) {
                return try await PassOn(talk, mailbox.organisationSettings).to(number)
            }
            opening = talk.words(.numberNotAllowed)
        }
        return opening
    }
}
