// Changing the PIN: typed twice, checked against the policy (C9, D2).
import CallControl
import Logging
import Mailboxes
import Phrases

struct ChangePIN {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Returns what is to be said on the way back to the main menu.
    func run() async throws -> [Clip] {
        var told: [Clip] = []
        for _ in 0..<talk.settings.patience {
            let pin = try await talk.digits(
                opening: told, talk.words(.enterNewPIN), longest: PINPolicy.typable.upperBound)
            let policy = mailbox.organisationSettings.pinPolicy
            if let weakness = policy.weakness(of: pin, mailboxNumber: mailbox.number) {
                told = talk.words(prompt(for: weakness, of: pin))
                continue
            }
            guard try await talk.digits(talk.words(.enterNewPINAgain), longest: PINPolicy.typable.upperBound) == pin
            else {
                told = talk.words(.newPINsDoNotMatch)
                continue
            }
            try await talk.store.setPIN(pin, of: mailbox.id, temporary: false)
            talk.log.info("PIN changed")
            return talk.words(.pinChanged)
        }
        return talk.sentences(told, talk.words(.pinNotChanged))
    }

    private func prompt(for weakness: PINWeakness, of pin: String) -> PromptID {
        switch weakness {
        case .length:
            pin.count < mailbox.organisationSettings.pinPolicy.lengths.lowerBound ? .newPINTooShort : .newPINTooLong
        case .common, .mailboxNumber, .repeated, .run: .newPINTooEasy
        }
    }
}
