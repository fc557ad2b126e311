// After a message has been recorded (B3): "1 listen · 2 accept · 3 record again · 4 urgent · 5 add to it · star cancel ·
// 0 operator." The message is delivered on every way out but one: when the caller has cancelled it and said so twice.
// A recording made again counts from the moment when it is good enough; until then it is the one before that counts.
import CallControl
import Logging
import Mailboxes
import Phrases

struct ReviewMessage {
    private let talk: Conversation
    private let mailbox: Mailbox
    private let deposit: Deposit
    private var message: GoodTake
    private var isUrgent = false

    init(_ talk: Conversation, _ mailbox: Mailbox, _ deposit: Deposit, _ message: GoodTake) {
        self.talk = talk
        self.mailbox = mailbox
        self.deposit = deposit
        self.message = message
    }

    private enum Decision {
        case send, cancel
        /// Send it, and pass the caller on.
        case reach(String)
    }

    mutating func run() async throws {
        let decision: Decision
        do { decision = try await decide() } catch {
            try await deposit.deliver(message, urgent: isUrgent)
            guard let farewell = error as? Farewell else { throw error }
            throw Farewell(
                words: talk.sentences(talk.words(.messageSent), farewell.words),
                reason: "message left, \(farewell.reason)")
        }
        switch decision {
        case .send:
            try await deposit.deliver(message, urgent: isUrgent)
            throw talk.farewell(.messageSent, because: "message left")
        case .cancel:
            await message.draft.discard()
            throw talk.farewell(.messageCancelled, because: "message cancelled")
        case .reach(let number):
            try await deposit.deliver(message, urgent: isUrgent, thenReach: number)
        }
    }

    private enum Step {
        /// Asks again, after these words.
        case ask([Clip])
        case end(Decision)
    }

    private mutating func decide() async throws -> Decision {
        var opening = whyItStopped
        while true {
            switch try await step(after: opening) {
            case .ask(let words): opening = words
            case .end(let decision): return decision
            }
        }
    }

    private mutating func step(after opening: [Clip]) async throws -> Step {
        switch try await talk.choose(keys, opening: opening, menu: menu) {
        case .listen: return .ask(talk.words(.yourRecordingIs) + [.recording(message.draft.audio(message.length))])
        case .accept: return .end(.send)
        case .recordAgain: return try await recordAgain()
        case .urgent:
            isUrgent.toggle()
            return .ask(talk.words(isUrgent ? .messageMarkedUrgent : .messageNoLongerUrgent))
        case .add: return try await add()
        case .cancel: return try await isSureToCancel() ? .end(.cancel) : .ask([])
        case .reachOperator: return mailbox.operatorNumber.map { .end(.reach($0)) } ?? .ask([])
        }
    }
}

extension ReviewMessage {
    /// The message so far stays open until there is another one that is good enough.
    private mutating func recordAgain() async throws -> Step {
        guard try await hasRoom(for: deposit.terms.shortest) else { return .ask(talk.words(.noRoomForAnother)) }
        _ = try await talk.say(talk.words(.leaveMessageAfterToneShort), interruptedBy: deposit.terms.endKeys)
        switch try await deposit.take(replacing: message) {
        case .worthless(let take, let shortcoming):
            return try goOn(after: take.ending, talk.words(shortcoming, .earlierRecordingKept))
        case .good(let other) where other.ending == .full && other.length < message.length:
            // The box was full before the caller had said it all again.
            await other.draft.discard()
            return .ask(talk.words(.noRoomForAnother, .earlierRecordingKept))
        case .good(let other):
            await message.draft.discard()
            message = other
            return try goOn(after: other.ending, whyItStopped)
        }
    }

    /// Goes on in the same recording; what is added without a word is cut off again.
    private mutating func add() async throws -> Step {
        guard message.length + Self.leastAddition <= deposit.terms.longest else {
            return .ask(talk.words(.recordingStoppedMaximum))
        }
        guard try await hasRoom(for: Self.leastAddition) else { return .ask(talk.words(.noRoomForAnother)) }
        _ = try await talk.say(talk.words(.addAfterTone), interruptedBy: deposit.terms.endKeys)
        let take = try await message.draft.record(deposit.terms.limits(after: message.length))
        let addition = deposit.terms.isSilent(take) ? .zero : take.worthwhile
        message.length = await message.draft.trim(
            from: message.length + take.duration, to: message.length + addition)
        message.ending = take.ending
        return try goOn(
            after: take.ending, talk.sentences(addition == .zero ? talk.words(.nothingAdded) : [], whyItStopped))
    }

    private static var leastAddition: Duration { .seconds(1) }

    private func hasRoom(for length: Duration) async throws -> Bool {
        try await talk.store.room(in: mailbox.id) >= AudioLength.bytes(length)
    }

    /// To the menu or to the operator, with a caller who is still there.
    private func goOn(after ending: Take.Ending, _ words: [Clip]) throws -> Step {
        if ending.leavesNobody { throw CallEnded(ending.endOfCall) }
        return deposit.terms.numberAskedFor(by: ending).map { .end(.reach($0)) } ?? .ask(words)
    }

    private func isSureToCancel() async throws -> Bool {
        let choices = talk.menu(talk.keys.confirm, [(.confirm, .toConfirm), (.goBack, .toKeepMessage)])
        return try await talk.choose(
            talk.keys.confirm, opening: talk.words(.messageWillBeCancelled), menu: choices) == .confirm
    }

    private var whyItStopped: [Clip] {
        switch message.ending {
        case .full: talk.words(.recordingStoppedMailboxFull)
        case .maximum: talk.words(.recordingStoppedMaximum)
        case .storeFailed: talk.words(.storageProblem)
        case .key, .silence, .hangUp, .mediaTimeout, .shutdown, .busyTone, .faxTone, .loop: []
        }
    }

    /// Without what this mailbox does not offer.
    private var keys: Keys<AfterRecordingAction> {
        var keys = talk.keys.afterRecording
        if !mailbox.settings.allowsUrgent { keys = keys.without(.urgent) }
        if mailbox.operatorNumber == nil { keys = keys.without(.reachOperator) }
        return keys
    }

    private var menu: [Clip] {
        talk.menu(
            keys,
            [
                (.listen, .toListen), (.accept, .toAccept), (.recordAgain, .toRecordAgain),
                (.urgent, isUrgent ? .toUnmarkUrgent : .toMarkUrgent), (.add, .toAddToRecording),
                (.cancel, .toCancel), (.reachOperator, .toReachOperator),
            ])
    }
}
