// Which greeting a caller hears (B1): the temporary one, the one for out of hours, the busy one, the unavailable one,
// the recorded name in a stock phrase, the number in a stock phrase. One that is not recorded, or turns out to be
// damaged, gives way to the next.
import CallControl
import Foundation
import Logging
import Mailboxes
import Phrases

struct GreetCaller {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let keys: CallerKeys
    private let reason: Diversion.Reason?

    /// - Parameter reason: why the call was diverted to this mailbox; nil when it was not.
    init(_ talk: Conversation, _ mailbox: Mailbox, _ keys: CallerKeys, diverted reason: Diversion.Reason?) {
        self.talk = talk
        self.mailbox = mailbox
        self.keys = keys
        self.reason = reason
    }

    /// What the caller asks for by a key; nil when he has heard it all.
    func run() async throws -> CallerWish? {
        let kinds = GreetingKind.forCallers(
            of: mailbox.settings, at: talk.now, isOpen: try await isOpen(), isBusy: isBusy)
        let recorded = try await talk.store.greetings(of: mailbox.id)
        for kind in kinds {
            guard let greeting = recorded.first(where: { $0.kind == kind }) else { continue }
            let audio = StoredAudio(greeting, store: talk.store)
            let wish = try await say(kind == .name ? phrase(around: audio) : [.recording(audio)])
            guard wish == nil, audio.isDamaged else { return wish }
            talk.log.error("damaged greeting", metadata: ["recording": "\(greeting.id.rawValue)"])
        }
        return try await say(talk.words(stockPhrase))
    }

    private func say(_ words: [Clip]) async throws -> CallerWish? {
        try await talk.say(words, interruptedBy: keys.meaningful).flatMap { keys[$0] }
    }

    private var isBusy: Bool { reason == .busy }

    private func isOpen() async throws -> Bool {
        if reason == .outOfHours { return false }
        guard let hours = mailbox.organisationSettings.hours else { return true }
        let zone = try await talk.store.organisation(domain: mailbox.domain)?.timeZone
        return hours.isOpen(at: talk.now, in: zone.flatMap(TimeZone.init(identifier:)) ?? .gmt)
    }

    /// "NAME is not available.", "NAME is on the phone."
    private func phrase(around name: StoredAudio) -> [Clip] {
        let frame = isBusy ? talk.phrases.nameOnThePhone : talk.phrases.nameNotAvailable
        return talk.words(frame, around: [.recording(name)])
    }

    private var stockPhrase: [String] {
        // Whoever diverted the call does not want his number to be told (A6).
        if talk.call.invitation.diversion?.isPrivate ?? false { return talk.phrases.prompt(.nobodyAvailable) }
        return switch mailbox.kind {
        case .personal where isBusy: talk.phrases.onThePhone(extension: mailbox.number)
        case .personal: talk.phrases.notAvailable(extension: mailbox.number)
        case .general: talk.phrases.nobodyAvailable(extension: mailbox.number)
        }
    }
}

extension GreetingKind {
    /// What may greet a caller now, the first that is recorded before all others.
    static func forCallers(of settings: MailboxSettings, at now: Date, isOpen: Bool, isBusy: Bool) -> [GreetingKind] {
        var kinds: [GreetingKind] = []
        if settings.temporaryGreetingEnds.map({ now.timeIntervalSince1970 < $0 }) ?? true { kinds.append(.temporary) }
        if !isOpen { kinds.append(.outOfHours) }
        if isBusy { kinds.append(.busy) }
        if let slot = settings.chosenGreeting.flatMap(slot) { kinds.append(slot) }
        return kinds + [.unavailable, .name]
    }
}
