// PIN and options: how the owner's own mailbox behaves (C1, C3, C9, C13). A choice between few things is one key that
// goes on to the next of them and says what holds now.
import CallControl
import Logging
import Mailboxes
import Phrases

struct OptionsMenu {
    /// In another language, when that was chosen here.
    private var talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way back to the main menu.
    mutating func run() async throws -> [Clip] {
        var opening = talk.words(.optionsMenu)
        while true {
            switch try await talk.choose(keys, opening: opening, menu: menu) {
            case .recordGreeting: opening = try await RecordGreeting(talk, mailbox, .unavailable).run()
            case .recordNumbered: opening = try await NumberedGreetings(talk, mailbox).record()
            case .chooseGreeting: opening = try await NumberedGreetings(talk, mailbox).choose()
            case .recordBusy: opening = try await RecordGreeting(talk, mailbox, .busy).run()
            case .recordName: opening = try await RecordGreeting(talk, mailbox, .name).run()
            case .temporary: opening = try await OneGreeting(talk, mailbox, .temporary).run()
            case .greetingsAndName: opening = try await GreetingsMenu(talk, mailbox).run()
            case .changePIN: opening = try await ChangePIN(talk, mailbox).run()
            case .envelope: opening = talk.words(try await change { $0.envelope = $0.envelope.next }.envelope.prompt)
            case .order: opening = talk.words(try await change { $0.order = $0.order.next }.order.prompt)
            case .newAtOnce:
                let isOn = try await change { $0.playsNewAtOnce.toggle() }.playsNewAtOnce
                opening = talk.words(isOn ? .newAtOnce : .newWhenAsked)
            case .language: opening = try await changeLanguage()
            case .lists: opening = try await OwnLists(talk, mailbox).run()
            case .mainMenu: return []
            }
        }
    }

    private func change(_ change: @escaping @Sendable (inout MailboxSettings) -> Void) async throws -> MailboxSettings {
        try await talk.store.changeSettings(of: mailbox.id, change).settings
    }

    /// The next language that there are prompts in; the call goes on in it.
    private mutating func changeLanguage() async throws -> [Clip] {
        let languages = talk.service.phrasebook.languages.sorted()
        let language = languages.next(after: talk.phrases.language)
        let changed = try await talk.store.changeSettings(of: mailbox.id) { $0.language = language }
        talk = talk.about(changed)
        return talk.words(.languageChosen)
    }

    /// With one language there is nothing to choose.
    private var keys: Keys<OptionsAction> {
        talk.service.phrasebook.languages.count > 1 ? talk.keys.options : talk.keys.options.without(.language)
    }

    private var menu: [Clip] {
        talk.menu(
            keys,
            [
                (.recordGreeting, .toRecordGreeting), (.recordNumbered, .toRecordNumberedGreeting),
                (.chooseGreeting, .toChooseGreeting), (.recordBusy, .toRecordBusyGreeting),
                (.recordName, .toRecordName), (.temporary, .forTemporaryGreeting),
                (.greetingsAndName, .toChangeGreetingOrName), (.changePIN, .toChangePIN),
                (.envelope, .toChangeEnvelope), (.order, .toChangeOrder),
                (.newAtOnce, .toChangeNewAtOnce), (.language, .toChangeLanguage), (.lists, .toChangeLists),
                (.mainMenu, .toReturnToMainMenu),
            ])
    }
}

extension Collection where Element: Equatable {
    /// The one after `element`, the first one after the last; nil when there is none at all.
    fileprivate func next(after element: Element) -> Element? {
        guard let place = firstIndex(of: element) else { return first }
        let next = index(after: place)
        return next == endIndex ? first : self[next]
    }
}

extension CaseIterable where Self: Equatable {
    fileprivate var next: Self { Self.allCases.next(after: self) ?? self }
}

extension EnvelopeMode {
    fileprivate var prompt: PromptID {
        switch self {
        case .automatic: .envelopeAutomatic
        case .onDemand: .envelopeOnDemand
        case .off: .envelopeOff
        }
    }
}

extension MessageOrder {
    fileprivate var prompt: PromptID {
        switch self {
        case .oldestFirst: .oldestFirst
        case .newestFirst: .newestFirst
        }
    }
}
