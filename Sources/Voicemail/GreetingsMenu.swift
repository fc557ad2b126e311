// Greetings and name: hear, record and delete what callers are greeted with (C8).
import CallControl
import Logging
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
        var opening = talk.words(.greetingMenu)
        while true {
            switch try await talk.choose(talk.keys.greetings, opening: opening, menu: menu) {
            case .hearGreeting: opening = try await hear(.unavailable)
            case .hearName: opening = try await hear(.name)
            case .recordGreeting: opening = try await RecordGreeting(talk, mailbox, .unavailable).run()
            case .recordName: opening = try await RecordGreeting(talk, mailbox, .name).run()
            case .deleteGreeting: opening = try await delete(.unavailable)
            case .deleteName: opening = try await delete(.name)
            case .mainMenu: return []
            }
        }
    }

    /// It plays as the opening of the menu, so that any key of the menu stops it.
    private func hear(_ kind: GreetingKind) async throws -> [Clip] {
        guard let greeting = try await talk.store.greeting(kind, of: mailbox.id) else {
            return talk.words(kind.noneRecorded)
        }
        let audio = StoredAudio(
            greeting.id, encoding: greeting.encoding, byteCount: greeting.byteCount, store: talk.store)
        return talk.sentences(talk.words(kind == .name ? .yourNameIs : .yourGreetingIs), [.recording(audio)])
    }

    private func delete(_ kind: GreetingKind) async throws -> [Clip] {
        guard try await talk.store.deleteGreeting(kind, of: mailbox.id) else { return talk.words(kind.noneRecorded) }
        talk.log.info("greeting deleted", metadata: ["kind": "\(kind.rawValue)"])
        return talk.words(kind == .name ? .nameDeleted : .greetingDeleted)
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.greetings,
            [
                (.hearGreeting, .toHearGreeting), (.recordGreeting, .toRecordGreeting),
                (.deleteGreeting, .toDeleteGreeting), (.hearName, .toHearName), (.recordName, .toRecordName),
                (.deleteName, .toDeleteName), (.mainMenu, .toReturnToMainMenu),
            ])
    }
}

extension GreetingKind {
    fileprivate var noneRecorded: PromptID { self == .name ? .noNameRecorded : .noGreetingRecorded }
}
