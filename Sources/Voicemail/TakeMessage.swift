// From the beep to a message that is delivered or reviewed (B2, B3, B4, B7). Who has said nothing may try again; what
// was said is kept, however the recording ends.
import CallControl
import Logging
import Mailboxes
import Phrases

struct TakeMessage {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let terms: MessageTerms
    private let others: [String]

    init(_ talk: Conversation, _ mailbox: Mailbox, _ terms: MessageTerms, others: [String]) {
        self.talk = talk
        self.mailbox = mailbox
        self.terms = terms
        self.others = others
    }

    func run() async throws {
        try await talk.call.accept()
        let deposit = try await Deposit(talk, mailbox, terms, others: others)
        var told: [Clip] = []
        for attempt in 0..<talk.settings.recordingAttempts {
            if attempt > 0 {
                let words = talk.sentences(told, talk.words(.leaveMessageAfterToneShort))
                _ = try await talk.say(words, interruptedBy: terms.endKeys)
            }
            switch try await deposit.take() {
            case .good(let message): return try await finish(message, deposit)
            case .worthless(let take, let shortcoming): told = try await explain(take, shortcoming)
            }
        }
        throw Farewell(words: talk.sentences(told, talk.words(.goodbye)), reason: "nothing recorded")
    }

    /// Why there is no message yet, to a caller who may try again.
    private func explain(_ take: Take, _ shortcoming: PromptID) async throws -> [Clip] {
        if take.leavesNobody { throw CallEnded(take.endOfCall) }
        if let number = terms.numberAskedFor(by: take.ending) {
            return try await PassOn(talk, mailbox.organisationSettings).to(number)
        }
        switch take.ending {
        case .full: throw talk.farewell(.mailboxFull, because: "mailbox full")
        case .storeFailed: throw talk.farewell(.systemProblem, because: "the store failed")
        default: return talk.words(shortcoming)
        }
    }

    private func finish(_ message: GoodTake, _ deposit: Deposit) async throws {
        if let number = terms.numberAskedFor(by: message.ending) {
            try await deposit.deliver(message, thenReach: number)
        }
        switch message.ending {
        case .key, .silence, .maximum, .full:
            if mailbox.settings.offersReview {
                var review = ReviewMessage(talk, mailbox, deposit, message)
                return try await review.run()
            }
        case .storeFailed, .hangUp, .mediaTimeout, .shutdown, .busyTone, .faxTone, .loop: break
        }
        try await deposit.deliver(message)
        switch message.ending {
        case .full: throw talk.farewell(.recordingStoppedMailboxFull, because: "mailbox full")
        case .maximum: throw talk.farewell(.recordingStoppedMaximum, because: "longest message")
        case .storeFailed: throw talk.farewell(.storageProblem, because: "the store failed")
        case .key, .silence: throw talk.farewell(.messageSent, because: "message left")
        case .hangUp, .mediaTimeout, .shutdown, .busyTone, .faxTone, .loop: throw CallEnded(message.ending.endOfCall)
        }
    }
}
