// The door to the flows: an application of the number plan and a call come in, the flow runs, and whatever ends it
// (hang-up, good-bye, a store that fails) is dealt with here, so that no call ends in silence (A10).
public import CallControl
public import Foundation
public import Logging
public import Mailboxes
public import Phrases

/// Made once and shared by all calls, which each hold it as long as they last.
public final class VoicemailService: Sendable {
    let store: any Store
    let phrasebook: Phrasebook
    let keymaps: KeyMaps
    let settings: VoicemailSettings
    let now: @Sendable () -> Date
    let logger: Logger

    /// `now` is asked for the date when an envelope is spoken.
    public init(
        store: any Store, phrasebook: Phrasebook, keymaps: KeyMaps, settings: VoicemailSettings,
        now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.store = store
        self.phrasebook = phrasebook
        self.keymaps = keymaps
        self.settings = settings
        self.now = now
        self.logger = logger
    }

    /// The same service with other key maps, for the calls to come.
    public func with(_ keymaps: KeyMaps) -> VoicemailService {
        VoicemailService(
            store: store, phrasebook: phrasebook, keymaps: keymaps, settings: settings, now: now, logger: logger)
    }

    /// Runs an application of the number plan on a call until the call is over. A mailbox that does not exist is
    /// answered with 404.
    public func run(_ application: String, arguments: [String: String], _ call: any IncomingCall) async {
        guard let (conversation, purpose) = await answer(application, arguments, call) else { return }
        await hold(conversation, purpose)
    }

    // What is needed once stays in functions of its own: the frame of an async function lasts as long as it runs, and
    // that of `run` and `hold` is as long as the call.

    /// Nil: the call is over.
    @inline(never)
    private func answer(
        _ application: String, _ arguments: [String: String], _ call: any IncomingCall
    ) async -> (Conversation, Purpose)? {
        var log = logger
        log[metadataKey: "call-id"] = "\(call.invitation.callID)"
        guard let application = VoicemailApplication(rawValue: application) else {
            log.error("no such application", metadata: ["application": "\(application)"])
            await call.reject(.serverError)
            return nil
        }
        let purpose: Purpose
        do {
            guard let found = try await self.purpose(application, arguments, call.invitation) else {
                log.notice("no such mailbox", metadata: ["dialled": "\(call.invitation.dialled)"])
                await call.reject(.notFound)
                return nil
            }
            purpose = found
        } catch {
            purpose = .apologise(error)
        }
        guard let phrases = phrases(in: call.invitation.language, purpose.language) else {
            log.critical("no language has prompts")
            await call.reject(.unavailable)
            return nil
        }
        guard let answered = try? await call.answer(early: purpose.greetsEarly) else {
            log.info("cancelled before the answer")
            return nil
        }
        let conversation = Conversation(
            service: self, call: answered, phrases: phrases, keys: keys(named: purpose.keymap, log), log: log)
        return (conversation, purpose)
    }

    /// From the answer to the hang-up.
    private func hold(_ conversation: Conversation, _ purpose: Purpose) async {
        do { try await converse(conversation, purpose) } catch {
            _ = try? await conversation.say(lastWords(of: conversation, after: error))
        }
        await conversation.call.hangUp()
    }

    @inline(never)
    private func converse(_ conversation: Conversation, _ purpose: Purpose) async throws {
        switch purpose {
        case .deposit(let mailbox, let others):
            try await LeaveMessage(conversation.about(mailbox), mailbox, others: others).run()
        case .directory(let organisation): try await Directory(conversation, organisation).run()
        case .owner(let mailbox, let asksPIN):
            try await LogIn(conversation.about(mailbox), mailbox).run(asksPIN: asksPIN)
        case .anyOwner(let organisation): try await AskForMailbox(conversation, organisation).run()
        case .apologise(let error): throw error
        }
    }

    /// None when the caller is gone.
    @inline(never)
    private func lastWords(of conversation: Conversation, after error: any Error) -> [Clip] {
        switch error {
        case let farewell as Farewell:
            conversation.log.info("good-bye", metadata: ["reason": "\(farewell.reason)"])
            return farewell.words
        case let ended as CallEnded:
            conversation.log.info("the caller is gone", metadata: ["reason": "\(ended.reason)"])
            return []
        default:
            conversation.log.error("the store failed", metadata: ["error": "\(error)"])
            return conversation.words(.systemProblem, .goodbye)
        }
    }

    /// The first of these languages that has prompts: "es" also serves "es-MX" (C13).
    func phrases(in languages: String?...) -> Phrases? {
        let wanted = (languages + [settings.language]).compactMap(\.self).flatMap { language in
            [language, String(language.prefix { $0 != "-" })]
        }
        return wanted.lazy.compactMap(phrasebook.phrases).first
            ?? phrasebook.languages.first.flatMap(phrasebook.phrases)
    }

    /// The key map of that name, else the default one (C11).
    func keys(named name: String, _ log: Logger) -> KeyMap {
        if let keys = keymaps[name] { return keys }
        log.warning("unknown key map, using the default", metadata: ["keymap": "\(name)"])
        return keymaps.fallback
    }
}

extension Conversation {
    /// The same call with the keys of a mailbox, and in its language where the call has not asked for one.
    func about(_ mailbox: Mailbox) -> Conversation {
        var log = log
        log[metadataKey: "mailbox"] = "\(mailbox.number)@\(mailbox.domain)"
        return Conversation(
            service: service, call: call,
            phrases: service.phrases(in: call.invitation.language, mailbox.language) ?? phrases,
            keys: service.keys(named: mailbox.keymap, log), log: log)
    }
}
