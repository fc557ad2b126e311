// The owner's main menu: what there is, then what can be done (C1). Each flow it leads to comes back with what is
// to be said on the way, so that a key pressed meanwhile is heard by the menu that follows.
import CallControl
import Foundation
import Mailboxes
import Phrases

struct MainMenu {
    private var talk: Conversation
    private var mailbox: Mailbox
    private let memory: ListeningMemory

    init(_ talk: Conversation, _ mailbox: Mailbox, _ memory: ListeningMemory) {
        self.talk = talk
        self.mailbox = mailbox
        self.memory = memory
    }

    /// From the log-in on. `pressed`: a key that was meant for this menu and came before it.
    mutating func run(_ told: [Clip] = [], pressed: Key? = nil) async throws {
        let counts = try await talk.store.counts(of: mailbox.id)
        if pressed == nil, mailbox.settings.playsNewAtOnce, counts.new > 0 {
            let opening = try await talk.sentences(told, state())
            return try await choose(opening: listen(.new, opening))
        }
        try await choose(opening: talk.sentences(told, state()), pressed: pressed)
    }

    mutating func run(afterListening told: [Clip]) async throws { try await choose(opening: told) }

    private mutating func choose(opening: [Clip], pressed: Key? = nil) async throws {
        var opening = opening
        var pressed = pressed
        while true {
            let action = try await talk.choose(talk.keys.main, opening: opening, menu: menu, pressed: pressed)
            pressed = nil
            switch action {
            case .messages: opening = try await listen(talk.store.counts(of: mailbox.id).new > 0 ? .new : .saved)
            case .newMessages: opening = try await listen(.new)
            case .savedMessages: opening = try await listen(.saved)
            case .deletedMessages: opening = try await listen(.deleted)
            case .changeFolder: opening = try await changeFolder()
            case .sendMessage: opening = try await SendMessage(talk, mailbox).run()
            case .greetingsAndName: opening = try await GreetingsMenu(talk, mailbox).run()
            case .options:
                var options = OptionsMenu(talk, mailbox)
                opening = try await options.run()
                try await renew()
            case .more: opening = try await more()
            case .reachOperator:
                opening = try await PassOn(talk, mailbox.organisationSettings).toOperator(of: mailbox)
            case .sayAgain: opening = try await state()
            case .goodbye: throw talk.farewell(because: "asked for")
            }
        }
    }

    /// What the owner has just chosen for the mailbox counts from now on.
    mutating func renew() async throws { (talk, mailbox) = try await talk.renewed(mailbox) }

    private mutating func listen(_ folder: Folder, _ opening: [Clip] = []) async throws -> [Clip] {
        var list = MessageList(talk, mailbox, folder, memory)
        let told = try await list.run(opening)
        try await renew()
        return told
    }

    private mutating func changeFolder() async throws -> [Clip] {
        guard let folder = try await ChooseFolder(talk, mailbox).toListen() else { return [] }
        var list = MessageList(talk, mailbox, folder, memory)
        let told = try await list.runAnnounced()
        try await renew()
        return told
    }

    /// What needs no message.
    private func more() async throws -> [Clip] {
        switch try await MoreMenu(talk, mailbox, nil).choose() {
        case .dialOut: try await DialOut(talk, mailbox).run()
        case .sendMessage: try await SendMessage(talk, mailbox).run()
        case .goBack, .mainMenu: []
        case .reply, .callBack, .forward, .keepAsNew, .moveToFolder, .louder, .softer, .envelope:
            talk.words(.notOfferedHere)
        }
    }
}

extension Conversation {
    /// The same call with what its owner has chosen by now.
    func renewed(_ mailbox: Mailbox) async throws -> (Conversation, Mailbox) {
        guard let renewed = try await store.mailbox(mailbox.id) else {
            throw farewell(.messagesOutOfReach, because: "the mailbox was removed")
        }
        return (about(renewed), renewed)
    }
}

extension MainMenu {
    /// How many messages there are, and what the owner should know besides.
    private func state() async throws -> [Clip] {
        let counts = try await talk.store.counts(of: mailbox.id)
        return try await talk.sentences(
            talk.words(talk.phrases.counts(new: counts.new, urgent: counts.newUrgent, saved: counts.saved)),
            fullness(), temporaryGreeting())
    }

    private func fullness() async throws -> [Clip] {
        let room = try await talk.store.room(in: mailbox.id)
        if room < AudioLength.bytes(talk.settings.shortestMessage) { return talk.words(.yourMailboxIsFull) }
        let used = Double(mailbox.quota - room) / Double(mailbox.quota) * 100
        guard used > Double(mailbox.settings.warnsAt) else { return [] }
        return talk.sentences(talk.words(talk.phrases.used(percent: Int(used))), talk.words(.mailboxAlmostFull))
    }

    /// "Your temporary greeting is on, until Friday."
    private func temporaryGreeting() async throws -> [Clip] {
        let end = mailbox.settings.temporaryGreetingEnds.map(Date.init(timeIntervalSince1970:))
        if let end, end <= talk.now { return [] }
        guard try await talk.store.greeting(.temporary, of: mailbox.id) != nil else { return [] }
        let timeZone = TimeZone(identifier: mailbox.timeZone) ?? .gmt
        // It ends at midnight, which already is the day after the last one.
        let until = end.map { talk.words(talk.phrases.until($0 - 1, now: talk.now, timeZone: timeZone)) }
        return talk.words(.temporaryGreetingIsOn) + (until ?? [])
    }

    private var menu: [Clip] {
        let hasOperator = (mailbox.settings.operatorNumber ?? mailbox.organisationSettings.operatorNumber) != nil
        let toOperator: [(MainAction, PromptID)] = hasOperator ? [(.reachOperator, .toReachOperator)] : []
        return talk.menu(
            talk.keys.main,
            [
                (.messages, .toHearMessages), (.newMessages, .toHearNewMessages),
                (.savedMessages, .toHearSavedMessages), (.sendMessage, .toSendMessage),
                (.greetingsAndName, .toChangeGreetingOrName), (.options, .toChangePINAndOptions),
                (.deletedMessages, .toHearDeletedMessages), (.changeFolder, .toChooseFolder),
                (.more, .forMoreOptions),
            ] + toOperator + [(.sayAgain, .toHearThisAgain), (.goodbye, .toEndTheCall)])
    }
}
