// What a call is about, settled before it is answered: an application of the number plan, who calls, and who diverted
// the call say whether somebody leaves a message or opens a mailbox (A1–A6, A9).
import CallControl
import Mailboxes

/// The applications of the number plan that this room runs.
enum VoicemailApplication: String {
    /// Argument `mailbox` (A3), or several: "101&102" (B6).
    case leaveMessage = "leave-message"
    /// The mailbox of the account that calls; asks for one when none is vouched for (A1).
    case ownMailbox = "own-mailbox"
    /// Asks for the account number (A2).
    case anyMailbox = "any-mailbox"
    /// Argument `mailbox`: its owner's menu, whoever calls (A5).
    case openMailbox = "open-mailbox"
    /// Argument `mailbox`: its owner's menu for its members; everybody else leaves a message (A5).
    case sharedMailbox = "shared-mailbox"
    /// Dial by name (A9).
    case directory
}

indirect enum Purpose {
    /// `others` are the numbers of mailboxes that get the same message.
    case deposit(Mailbox, others: [String])
    case directory(Organisation)
    case owner(Mailbox, asksPIN: Bool = true)
    case anyOwner(Organisation)
    case apologise(any Error)

    var language: String? {
        switch self {
        case .deposit(let mailbox, _), .owner(let mailbox, _): mailbox.language
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

extension VoicemailService {
    /// Nil: there is no such mailbox.
    func purpose(
        _ application: VoicemailApplication, _ arguments: [String: String], _ invitation: Invitation
    ) async throws -> Purpose? {
        if let diversion = invitation.diversion, application.mayLogIn {
            // Whoever calls did not dial this number; he wants the party that diverted the call (A6).
            return try await deposit(["mailbox": diversion.number], invitation.domain)
        }
        switch application {
        case .leaveMessage:
            return try await deposit(arguments, invitation.domain)
        case .directory:
            return try await organisation(of: invitation).map { .directory($0) }
        case .openMailbox:
            return try await mailbox(arguments, invitation.domain).map { .owner($0) }
        case .sharedMailbox:
            guard let mailbox = try await mailbox(arguments, invitation.domain) else { return nil }
            let account = try await account(invitation)
            let isMember = if let account { try await store.isMember(account.id, of: mailbox.id) } else { false }
            return isMember ? .owner(mailbox) : .deposit(mailbox, others: [])
        case .ownMailbox:
            guard let account = try await account(invitation), let mailbox = try await store.mailbox(account.mailbox)
            else { return try await organisation(of: invitation).map { .anyOwner($0) } }
            // D4: digest or a live binding vouches for the mailbox's own phone; a diverted call speaks for nobody.
            let isOwnPhone =
                mailbox.settings.isPINFreeFromOwnPhone && invitation.isAccountProven && invitation.diversion == nil
            return .owner(mailbox, asksPIN: !isOwnPhone)
        case .anyMailbox:
            return try await organisation(of: invitation).map { .anyOwner($0) }
        }
    }

    private func organisation(of invitation: Invitation) async throws -> Organisation? {
        try await store.organisation(domain: invitation.domain)
    }

    /// The account that the signalling vouches for.
    private func account(_ invitation: Invitation) async throws -> Extension? {
        guard let number = invitation.account else { return nil }
        return try await store.account(number: number, domain: invitation.domain)
    }

    /// "101&102": the greeting of 101, the message in both (B6). One that is gone or disabled is passed over.
    private func deposit(_ arguments: [String: String], _ domain: String) async throws -> Purpose? {
        var mailboxes: [Mailbox] = []
        for number in (arguments["mailbox"] ?? "").split(separator: "&") {
            let mailbox = try await store.mailbox(reachedBy: String(number), domain: domain)
            if let mailbox { mailboxes.append(mailbox) }
        }
        guard let greeter = mailboxes.first(where: \.settings.isEnabled) ?? mailboxes.first else { return nil }
        return .deposit(greeter, others: mailboxes.map(\.number).filter { $0 != greeter.number })
    }

    private func mailbox(_ arguments: [String: String], _ domain: String) async throws -> Mailbox? {
        guard let number = arguments["mailbox"] else { return nil }
        return try await store.mailbox(number: number, domain: domain)
    }
}

extension VoicemailApplication {
    fileprivate var mayLogIn: Bool { self != .leaveMessage && self != .directory }
}
