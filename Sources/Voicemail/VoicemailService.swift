// The door to the flows: an application of the number plan and a call come in, the flow runs, and whatever ends it
// (hang-up, good-bye, a store that fails) is dealt with here, so that no call ends in silence (A10).
public import CallControl
public import Foundation
public import Logging
public import Mailboxes
public import Phrases

public struct VoicemailService: Sendable {
    let store: any Store
    let phrasebook: Phrasebook
    /// Calls that start after a change go by the new ones.
    public var keymaps: KeyMaps
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

    /// Runs an application of the number plan on a call until the call is over. A mailbox that does not exist is
    /// answered with 404.
    public func run(_ application: String, arguments: [String: String], _ call: any IncomingCall) async {
        var log = logger
        log[metadataKey: "call-id"] = "\(call.invitation.callID)"
        guard let application = VoicemailApplication(rawValue: application) else {
            log.error("no such application", metadata: ["application": "\(application)"])
            return await call.reject(.serverError)
        }
        let purpose: Purpose
        do {
            guard let found = try await self.purpose(application, arguments, call.invitation) else {
                log.notice("no such mailbox", metadata: ["dialled": "\(call.invitation.dialled)"])
                return await call.reject(.notFound)
            }
            purpose = found
        } catch {
            purpose = .apologise(error)
        }
        guard let phrases = phrases(in: purpose.language) else {
            log.critical("no language has prompts")
            return await call.reject(.unavailable)
        }
        guard let answered = try? await call.answer(early: purpose.greetsEarly) else {
            return log.info("cancelled before the answer")
        }
        let conversation = Conversation(
            service: self, call: answered, phrases: phrases, keys: keys(named: purpose.keymap, log), log: log)
        await hold(conversation, purpose)
    }

    /// From the answer to the hang-up.
    private func hold(_ conversation: Conversation, _ purpose: Purpose) async {
        let log = conversation.log
        do {
            switch purpose {
            case .deposit(let mailbox, let others):
                try await LeaveMessage(conversation.about(mailbox), mailbox, others: others).run()
            case .directory(let organisation): try await Directory(conversation, organisation).run()
            case .owner(let mailbox): try await LogIn(conversation.about(mailbox), mailbox).run()
            case .anyOwner(let organisation): try await AskForMailbox(conversation, organisation).run()
            case .apologise(let error): throw error
            }
        } catch let farewell as Farewell {
            log.info("good-bye", metadata: ["reason": "\(farewell.reason)"])
            _ = try? await conversation.say(farewell.words)
        } catch let ended as CallEnded {
            log.info("the caller is gone", metadata: ["reason": "\(ended.reason)"])
        } catch {
            log.error("the store failed", metadata: ["error": "\(error)"])
            _ = try? await conversation.say(conversation.words(.systemProblem, .goodbye))
        }
        await conversation.call.hangUp()
    }

    /// What a call is about, settled before it is answered.
    private enum Purpose {
        /// `others` are the numbers of mailboxes that get the same message.
        case deposit(Mailbox, others: [String])
        case directory(Organisation)
        case owner(Mailbox)
        case anyOwner(Organisation)
        case apologise(any Error)

        var language: String? {
            switch self {
            case .deposit(let mailbox, _), .owner(let mailbox): mailbox.language
            case .anyOwner(let organisation), .directory(let organisation): organisation.language
            case .apologise: nil
            }
        }

        /// Whether the caller hears the greeting before the call is answered (B8).
        var greetsEarly: Bool {
            if case .deposit(let mailbox, _) = self { mailbox.settings.greetsEarly } else { false }
        }

        /// Until a mailbox is known; a mailbox has its own.
        var keymap: String {
            switch self {
            case .anyOwner(let organisation), .directory(let organisation): organisation.settings.keymap
            case .deposit, .owner, .apologise: KeyMaps.defaultName
            }
        }
    }

    private func purpose(
        _ application: VoicemailApplication, _ arguments: [String: String], _ invitation: Invitation
    ) async throws -> Purpose? {
        guard let organisation = try await store.organisation(domain: invitation.domain) else { return nil }
        switch application {
        case .leaveMessage:
            return try await deposit(arguments, organisation)
        case .directory:
            return .directory(organisation)
        case .openMailbox:
            return try await mailbox(arguments, organisation).map(Purpose.owner)
        case .ownMailbox:
            guard let number = invitation.account,
                let account = try await store.account(number: number, domain: organisation.domain),
                let mailbox = try await store.mailbox(account.mailbox)
            else { return .anyOwner(organisation) }
            return .owner(mailbox)
        case .anyMailbox:
            return .anyOwner(organisation)
        }
    }

    /// "101&102": the greeting of 101, the message in both (B6).
    private func deposit(_ arguments: [String: String], _ organisation: Organisation) async throws -> Purpose? {
        let numbers = (arguments["mailbox"] ?? "").split(separator: "&").map(String.init)
        guard let first = numbers.first else { return nil }
        return try await store.mailbox(number: first, domain: organisation.domain).map {
            .deposit($0, others: Array(numbers.dropFirst()))
        }
    }

    private func mailbox(_ arguments: [String: String], _ organisation: Organisation) async throws -> Mailbox? {
        guard let number = arguments["mailbox"] else { return nil }
        return try await store.mailbox(number: number, domain: organisation.domain)
    }

    func phrases(in language: String?) -> Phrases? {
        language.flatMap(phrasebook.phrases) ?? phrasebook.phrases(in: settings.language)
            ?? phrasebook.languages.first.flatMap(phrasebook.phrases)
    }

    /// The key map of that name, else the default one (C11).
    func keys(named name: String, _ log: Logger) -> KeyMap {
        if let keys = keymaps[name] { return keys }
        log.warning("unknown key map, using the default", metadata: ["keymap": "\(name)"])
        return keymaps.fallback
    }
}

/// The applications of the number plan that this room runs.
private enum VoicemailApplication: String {
    /// Argument `mailbox` (A3), or several: "101&102" (B6).
    case leaveMessage = "leave-message"
    /// The mailbox of the account that calls; asks for one when none is vouched for (A1).
    case ownMailbox = "own-mailbox"
    /// Asks for the account number (A2).
    case anyMailbox = "any-mailbox"
    /// Argument `mailbox`: its owner's menu, whoever calls (A5).
    case openMailbox = "open-mailbox"
    /// Dial by name (A9).
    case directory
}

extension Conversation {
    /// The same call in the language and with the keys of a mailbox.
    func about(_ mailbox: Mailbox) -> Conversation {
        var log = log
        log[metadataKey: "mailbox"] = "\(mailbox.number)@\(mailbox.domain)"
        return Conversation(
            service: service, call: call, phrases: service.phrases(in: mailbox.language) ?? phrases,
            keys: service.keys(named: mailbox.keymap, log), log: log)
    }
}
