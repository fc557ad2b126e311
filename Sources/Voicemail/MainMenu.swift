// The owner's main menu: what there is, then what can be done (C1). Each flow it leads to comes back with what is
// to be said on the way, so that a key pressed meanwhile is heard by the menu that follows.
import CallControl
import Mailboxes
import Phrases

struct MainMenu {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    func run() async throws {
        var opening = try await counts()
        while true {
            switch try await talk.choose(talk.keys.main, opening: opening, menu: menu) {
            case .newMessages: opening = try await MessageList(talk, mailbox, .new).run()
            case .messages: opening = try await MessageList(talk, mailbox, .new).run()
            case .changeFolder, .more: opening = talk.words(.notOfferedHere)
            case .sendMessage: opening = try await SendMessage(talk, mailbox).run()
            case .reachOperator:
                opening = try await PassOn(talk, mailbox.organisationSettings).toOperator(of: mailbox)
            case .savedMessages: opening = try await MessageList(talk, mailbox, .saved).run()
            case .deletedMessages: opening = try await MessageList(talk, mailbox, .deleted).run()
            case .greetingsAndName: opening = try await GreetingsMenu(talk, mailbox).run()
            case .options: opening = try await OptionsMenu(talk, mailbox).run()
            case .sayAgain: opening = try await counts()
            case .goodbye: throw talk.farewell(because: "asked for")
            }
        }
    }

    private func counts() async throws -> [Clip] {
        let counts = try await talk.store.counts(of: mailbox.id)
        let spoken = talk.words(talk.phrases.counts(new: counts.new, urgent: counts.newUrgent, saved: counts.saved))
        let room = try await talk.store.room(in: mailbox.id)
        if room < AudioLength.bytes(talk.settings.shortestMessage) {
            return talk.sentences(spoken, talk.words(.yourMailboxIsFull))
        }
        if Double(room) < Double(mailbox.quota) * talk.settings.nearlyFull {
            return talk.sentences(spoken, talk.words(.mailboxAlmostFull))
        }
        return spoken
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.main,
            [
                (.messages, .toHearMessages), (.newMessages, .toHearNewMessages),
                (.savedMessages, .toHearSavedMessages), (.sendMessage, .toSendMessage),
                (.greetingsAndName, .toChangeGreetingOrName), (.options, .toChangePINAndOptions),
                (.deletedMessages, .toHearDeletedMessages), (.changeFolder, .toChooseFolder),
                (.more, .forMoreOptions), (.reachOperator, .toReachOperator), (.sayAgain, .toHearThisAgain),
                (.goodbye, .toEndTheCall),
            ])
    }
}
