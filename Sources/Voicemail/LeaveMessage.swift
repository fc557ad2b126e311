// A caller leaves a message (A3, B1, B2, B4): the greeting, the beep, the message. Star in the greeting is the
// owner's way in (A4).
import CallControl
import Logging
import Mailboxes
import Phrases

struct LeaveMessage {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    func run() async throws {
        let greeted = try await greet()
        if greeted == .logIn { return try await LogIn(talk, mailbox).run() }
        guard try await talk.store.room(in: mailbox.id) >= AudioLength.bytes(talk.settings.shortestMessage) else {
            return try await refuse()
        }
        if greeted != .skip {
            let words = [Conversation.pause] + talk.words(.leaveMessageAfterTone)
            let key = try await talk.say(words, interruptedBy: talk.keys.caller.meaningful)
            if key.flatMap({ talk.keys.caller[$0] }) == .logIn { return try await LogIn(talk, mailbox).run() }
        }
        try await takeMessage()
    }

    /// The mailbox's own greeting, else the recorded name and a stock phrase, else the number and a stock phrase. One
    /// that turns out to be damaged gives way to the next.
    private func greet() async throws -> CallerAction? {
        for kind in [GreetingKind.unavailable, .name] {
            guard let greeting = try await talk.store.greeting(kind, of: mailbox.id) else { continue }
            let audio = StoredAudio(
                greeting.id, encoding: greeting.encoding, byteCount: greeting.byteCount, store: talk.store)
            let words = [.recording(audio)] + (kind == .name ? talk.words(.isNotAvailable) : [])
            let key = try await talk.say(words, interruptedBy: talk.keys.caller.meaningful)
            if let action = key.flatMap({ talk.keys.caller[$0] }) { return action }
            guard audio.isDamaged else { return nil }
            talk.log.error("damaged greeting", metadata: ["recording": "\(greeting.id.rawValue)"])
        }
        let stock =
            switch mailbox.kind {
            case .personal: talk.phrases.notAvailable(extension: mailbox.number)
            case .general: talk.phrases.nobodyAvailable(extension: mailbox.number)
            }
        let words = talk.words(stock)
        return try await talk.say(words, interruptedBy: talk.keys.caller.meaningful).flatMap { talk.keys.caller[$0] }
    }

    /// "This mailbox is full." Its owner can still get in.
    private func refuse() async throws {
        talk.log.notice("mailbox full, no message taken")
        let way = talk.menu(talk.keys.caller, [(.logIn, .toOpenYourMailbox)])
        let words = [Conversation.pause] + talk.sentences(talk.words(.mailboxFull), way)
        let key = try await talk.key(after: words, interruptedBy: talk.keys.caller.meaningful)
        if key.flatMap({ talk.keys.caller[$0] }) == .logIn { return try await LogIn(talk, mailbox).run() }
        throw talk.farewell(because: "mailbox full")
    }

    private func takeMessage() async throws {
        let invitation = talk.call.invitation
        var told = PromptID.nothingRecorded
        for attempt in 0..<talk.settings.recordingAttempts {
            if attempt > 0 {
                let words = talk.words(told, .leaveMessageAfterToneShort)
                _ = try await talk.say(words, interruptedBy: talk.keys.recording.meaningful)
            }
            let purpose = NewRecording.Purpose.message(
                callerNumber: invitation.callerNumber, callerName: invitation.callerName)
            let draft = try await Draft.open(purpose, in: mailbox, talk)
            let take: Take
            do {
                take = try await draft.record(longest: talk.settings.longestMessage)
            } catch {
                await draft.discard()
                throw error
            }
            if let shortcoming = shortcoming(of: take) {
                await draft.discard()
                talk.log.info("nothing recorded", metadata: ["ending": "\(take.ending)"])
                guard take.callerIsThere else { throw CallEnded(take.endOfCall) }
                switch take.ending {
                case .full: throw talk.farewell(.mailboxFull, because: "mailbox full")
                case .storeFailed: throw talk.farewell(.systemProblem, because: "the store failed")
                default: told = shortcoming
                }
                continue
            }
            return try await deliver(draft, take)
        }
        throw talk.farewell(told, because: "nothing recorded")
    }

    /// Why a recording is not worth delivering; nil when it is.
    private func shortcoming(of take: Take) -> PromptID? {
        if take.duration < talk.settings.shortestMessage { return .messageTooShort }
        if take.voiced < talk.settings.leastVoice { return .nothingRecorded }
        return nil
    }

    private func deliver(_ draft: Draft, _ take: Take) async throws {
        try await draft.recording.keep(urgent: false)
        talk.log.info(
            "message delivered",
            metadata: [
                "recording": "\(draft.recording.id.rawValue)", "length": "\(take.duration)", "ending": "\(take.ending)",
            ])
        switch take.ending {
        case .full: throw talk.farewell(.recordingStoppedMailboxFull, because: "mailbox full")
        case .maximum: throw talk.farewell(.recordingStoppedMaximum, because: "longest message")
        case .storeFailed: throw talk.farewell(.storageProblem, because: "the store failed")
        case .key, .silence, .busyTone, .faxTone, .loop: throw talk.farewell(.messageSent, because: "message left")
        case .hangUp, .mediaTimeout, .shutdown: throw CallEnded(take.endOfCall)
        }
    }
}
