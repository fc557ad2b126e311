// A caller reaches a mailbox (A3, B1, B4, B6, B8): the greeting, what his keys ask for, the beep. Star in the greeting
// is the owner's way in (A4).
import CallControl
import Logging
import Mailboxes
import Phrases

struct LeaveMessage {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let others: [String]
    private let earlierMailboxes: Int
    private let keys: CallerKeys

    /// - Parameters:
    ///   - others: numbers of mailboxes that get the same message (B6).
    ///   - earlierMailboxes: how many this caller has come through by a key.
    init(_ talk: Conversation, _ mailbox: Mailbox, others: [String] = [], earlierMailboxes: Int = 0) {
        self.talk = talk
        self.mailbox = mailbox
        self.others = others
        self.earlierMailboxes = earlierMailboxes
        keys = CallerKeys(mailbox, talk.keys.caller)
    }

    func run() async throws {
        guard mailbox.settings.isEnabled else { return try await turnAway(.takesNoMessages, because: "disabled") }
        // Another mailbox, which a key led to, has nothing to do with why the call was diverted.
        let reason = earlierMailboxes == 0 ? talk.call.invitation.diversion?.reason : nil
        let greeted = try await follow(GreetCaller(talk, mailbox, keys, diverted: reason).run())
        if greeted == .elsewhere { return }
        guard let taker = try await taker() else {
            if mailbox.settings.isAnnouncementOnly { return try await endAnnouncement() }
            return try await turnAway(.mailboxFull, because: "mailbox full")
        }
        let words = talk.sentences(warning(taker.room, taker.terms), greeted == .skipped ? [] : instructions)
        let told = words.isEmpty ? [] : [Conversation.pause] + words
        if try await follow(say(told)) == .elsewhere { return }
        let all = [mailbox.number] + others
        try await TakeMessage(
            talk, taker.mailbox, taker.terms, others: all.filter { $0 != taker.mailbox.number }
        ).run()
    }

    private struct Taker {
        var mailbox: Mailbox
        var terms: MessageTerms
        var room: Duration
    }

    /// Who takes the message: this mailbox, or where it cannot, the next one that the message is for as well (B6).
    private func taker() async throws -> Taker? {
        var candidates = [mailbox]
        for number in others {
            candidates += try await [talk.store.mailbox(reachedBy: number, domain: mailbox.domain)].compactMap(\.self)
        }
        for candidate in candidates where candidate.takesMessages {
            let terms = MessageTerms(candidate, talk)
            let room = AudioLength.duration(try await talk.store.room(in: candidate.id))
            if room >= terms.shortest { return Taker(mailbox: candidate, terms: terms, room: room) }
        }
        return nil
    }

    private var instructions: [Clip] {
        mailbox.settings.skipsInstructions ? [] : talk.words(.leaveMessageAfterTone)
    }

    /// "There is little room left in this mailbox. You can record for twelve seconds." (B4)
    private func warning(_ room: Duration, _ terms: MessageTerms) -> [Clip] {
        guard room < terms.longest else { return [] }
        let time = talk.phrases.recordingTime(seconds: Int(room.components.seconds))
        return talk.sentences(talk.words(.littleRoomLeft), talk.words(time))
    }

    /// An announcement is over when it has been heard; keys still work while it says good-bye (B6).
    private func endAnnouncement() async throws {
        if try await follow(say([Conversation.pause] + talk.words(.goodbye))) == .elsewhere { return }
        throw Farewell(words: [], reason: "announcement heard")
    }

    /// "This mailbox is full." Its owner can still get in, and whoever needs the operator reaches him.
    private func turnAway(_ prompt: PromptID, because reason: String) async throws {
        talk.log.notice("no message taken", metadata: ["reason": "\(reason)"])
        let ways: [(CallerWish?, PromptID)] = [
            (.logIn, .toOpenYourMailbox), (mailbox.operatorNumber.map(CallerWish.reach), .toReachOperator),
        ]
        let choices = ways.compactMap { wish, prompt in
            wish.flatMap(keys.key).map { (action: prompt, key: $0.rawValue) }
        }
        let words = [Conversation.pause] + talk.sentences(talk.words(prompt), talk.words(talk.phrases.menu(choices)))
        let key = try await talk.key(after: words, interruptedBy: keys.meaningful)
        if try await follow(key.flatMap { keys[$0] }) == .elsewhere { return }
        throw talk.farewell(because: reason)
    }

    private func say(_ words: [Clip]) async throws -> CallerWish? {
        try await talk.say(words, interruptedBy: keys.meaningful).flatMap { keys[$0] }
    }
}

extension LeaveMessage {
    /// Two mailboxes whose keys lead to each other do not send a caller round for ever.
    private static let mostMailboxes = 5

    private enum Whereabouts { case here, skipped, elsewhere }

    /// Does what a key asks for. A caller who could not be passed on hears why and is still here.
    private func follow(_ wish: CallerWish?) async throws -> Whereabouts {
        var wish = wish
        while let asked = wish {
            switch asked {
            case .skip:
                return .skipped
            case .logIn:
                try await talk.call.accept()
                try await LogIn(talk, mailbox).run()
                return .elsewhere
            case .reach(let number):
                wish = try await say(PassOn(talk, mailbox.organisationSettings).to(number))
            case .mailbox(let number):
                if try await goOn(to: number) { return .elsewhere }
                wish = try await say(talk.words(.noSuchMailbox))
            }
        }
        return .here
    }

    /// The caller is another mailbox's caller from here on; false when there is no such mailbox.
    private func goOn(to number: String) async throws -> Bool {
        guard let other = try await talk.store.mailbox(reachedBy: number, domain: mailbox.domain) else {
            talk.log.error("a caller's key leads to no mailbox", metadata: ["number": "\(number)"])
            return false
        }
        guard earlierMailboxes < Self.mostMailboxes else {
            throw talk.farewell(.tooManyWrongEntries, because: "sent from mailbox to mailbox")
        }
        try await LeaveMessage(talk.about(other), other, earlierMailboxes: earlierMailboxes + 1).run()
        return true
    }
}
