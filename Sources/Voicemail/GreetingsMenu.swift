// Greetings and name: hear, record and delete what callers are greeted with; below it the greetings for special cases
// and the nine numbered ones (C8).
import CallControl
import Mailboxes
import Phrases

struct GreetingsMenu {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way back to the main menu.
    func run() async throws -> [Clip] {
        var opening = talk.sentences(talk.words(.greetingMenu), try await standIn())
        while true {
            switch try await talk.choose(talk.keys.greetings, opening: opening, menu: menu) {
            case .hearGreeting: opening = try await one(.unavailable).hear()
            case .hearName: opening = try await one(.name).hear()
            case .recordGreeting: opening = try await RecordGreeting(talk, mailbox, .unavailable).run()
            case .recordName: opening = try await RecordGreeting(talk, mailbox, .name).run()
            case .deleteGreeting: opening = try await one(.unavailable).delete()
            case .deleteName: opening = try await one(.name).delete()
            case .temporary: opening = try await one(.temporary).run()
            case .other: opening = try await OtherGreetings(talk, mailbox).run()
            case .numbered: opening = try await NumberedGreetings(talk, mailbox).run()
            case .mainMenu: return []
            }
        }
    }

    private func one(_ kind: GreetingKind) -> OneGreeting { OneGreeting(talk, mailbox, kind) }

    /// "Callers hear greeting three.": whoever changes the everyday one should know.
    private func standIn() async throws -> [Clip] {
        guard let number = try await talk.settings(of: mailbox).chosenGreeting else { return [] }
        return talk.words(.callersHear) + talk.words(talk.phrases.greeting(number))
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.greetings,
            [
                (.hearGreeting, .toHearGreeting), (.recordGreeting, .toRecordGreeting),
                (.deleteGreeting, .toDeleteGreeting), (.hearName, .toHearName), (.recordName, .toRecordName),
                (.deleteName, .toDeleteName), (.temporary, .forTemporaryGreeting), (.other, .forOtherGreetings),
                (.numbered, .forNumberedGreetings), (.mainMenu, .toReturnToMainMenu),
            ])
    }
}

extension Conversation {
    /// What the owner has chosen by now; a menu further up may hold an older copy of the mailbox.
    func settings(of mailbox: Mailbox) async throws -> MailboxSettings {
        try await store.mailbox(mailbox.id)?.settings ?? mailbox.settings
    }
}
