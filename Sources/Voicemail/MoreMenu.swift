// What is done less often (C2, C4–C7): with a message or, from the main menu, without one. Only asks; what was chosen
// is done by whoever asked.
import CallControl
import Mailboxes
import Phrases

struct MoreMenu {
    private let talk: Conversation
    private let mailbox: Mailbox
    /// Nil in the main menu.
    private let message: Message?

    init(_ talk: Conversation, _ mailbox: Mailbox, _ message: Message?) {
        self.talk = talk
        self.mailbox = mailbox
        self.message = message
    }

    func choose() async throws -> MoreAction {
        try await talk.choose(talk.keys.more, menu: talk.menu(talk.keys.more, ofMessage + ofMailbox + waysBack))
    }

    /// A reply needs a sender with a mailbox, a call back a number and the permission.
    private var ofMessage: [(MoreAction, PromptID)] {
        guard let message else { return [] }
        var choices: [(MoreAction, PromptID)] = []
        if message.sender != nil { choices.append((.reply, .toReply)) }
        if message.callerNumber != nil, mailbox.settings.mayCallBack { choices.append((.callBack, .toCallBack)) }
        choices += [(.forward, .toForward), (.keepAsNew, .toKeepAsNew), (.moveToFolder, .toMoveToFolder)]
        choices += [(.louder, .toHearLouder), (.softer, .toHearSofter)]
        if mailbox.settings.envelope != .off { choices.append((.envelope, .toHearEnvelope)) }
        return choices
    }

    private var ofMailbox: [(MoreAction, PromptID)] {
        (mailbox.settings.mayCallBack ? [(.dialOut, .toCallAnotherNumber)] : []) + [(.sendMessage, .toSendMessage)]
    }

    private var waysBack: [(MoreAction, PromptID)] {
        guard message != nil else { return [(.goBack, .toReturnToMainMenu)] }
        return [(.goBack, .toReturnToMessage), (.mainMenu, .toReturnToMainMenu)]
    }
}
