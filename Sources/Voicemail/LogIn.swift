// Getting into a mailbox: its number where it is not known yet (5000, A2), then its PIN (D3).
import CallControl
import Logging
import Mailboxes
import Phrases

/// "Please enter your account number, followed by pound."
struct AskForMailbox {
    private let talk: Conversation
    private let organisation: Organisation

    init(_ talk: Conversation, _ organisation: Organisation) {
        self.talk = talk
        self.organisation = organisation
    }

    func run() async throws {
        var opening = talk.words(.welcome)
        for _ in 0..<talk.settings.patience {
            let number = try await talk.digits(
                opening: opening, talk.words(.enterAccountNumber), longest: 10,
                reachOperator: { try await PassOn(talk, organisation.settings).toOperator(of: nil) })
            if let mailbox = try await talk.store.mailbox(number: number, domain: talk.call.invitation.domain) {
                return try await LogIn(talk.about(mailbox), mailbox).run()
            }
            talk.log.notice("unknown account number")
            opening = talk.words(.unknownAccount)
        }
        throw talk.farewell(.tooManyWrongEntries, because: "unknown account numbers")
    }
}

/// "Please enter your PIN, followed by pound."; no PIN is asked of a phone that vouches for its owner (D4).
struct LogIn {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    func run(asksPIN: Bool = true) async throws {
        guard asksPIN else {
            talk.log.info("logged in without a PIN")
            return try await OpenMailbox(talk, mailbox).run()
        }
        var opening: [Clip] = []
        for _ in 0..<talk.settings.pinAttempts {
            let pin = try await talk.digits(
                opening: opening, talk.words(.enterPIN), longest: PINPolicy.typable.upperBound,
                reachOperator: { try await PassOn(talk, mailbox.organisationSettings).toOperator(of: mailbox) })
            switch try await talk.store.checkPIN(pin, of: mailbox.id, from: talk.call.invitation.source) {
            case .accepted:
                talk.log.info("logged in")
                return try await OpenMailbox(talk, mailbox).run()
            case .locked(let seconds):
                talk.log.notice("mailbox locked", metadata: ["seconds": "\(seconds)"])
                let wait = talk.words(talk.phrases.tryAgain(inSeconds: seconds))
                throw Farewell(
                    words: talk.sentences(talk.words(.mailboxLocked), wait, talk.words(.goodbye)), reason: "locked")
            case .wrong:
                // fail2ban/lamplighter.conf looks for these words and for `address`.
                var fields: Logger.Metadata = ["source": "\(talk.call.invitation.source)"]
                if let address = talk.call.invitation.address { fields["address"] = "\(address)" }
                talk.log.notice("wrong PIN", metadata: fields)
                opening = talk.words(.wrongPIN)
            }
        }
        throw talk.farewell(.tooManyWrongPINs, because: "wrong PINs")
    }
}
