// Changing the PIN: typed twice, checked against the policy (C9, D2); and choosing the first one of one's own, which
// nobody gets around (C10, D1).
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

    /// Returns what is to be said on the way back to the menu. Star or pound before the first digit leaves all as it is.
    func run() async throws -> [Clip] {
        var told: [Clip] = []
        for _ in 0..<talk.settings.patience {
            let question = talk.words(.enterNewPIN)
            guard let pin = try await talk.digitsIfAny(opening: told, question, longest: PINPolicy.typable.upperBound)
            else { return talk.words(.pinNotChanged) }
            guard let refusal = try await set(pin) else { return talk.words(.pinChanged) }
            told = refusal
        }
        return talk.sentences(told, talk.words(.pinNotChanged))
    }

    /// Does not return before the owner has a PIN of their own; ends the call when none comes of it.
    func insist(after words: [Clip] = []) async throws -> [Clip] {
        var told = talk.sentences(words, talk.words(.pinMustBeChanged))
        for _ in 0..<talk.settings.patience {
            let pin = try await talk.digits(
                opening: told, talk.words(.enterNewPIN), longest: PINPolicy.typable.upperBound)
            guard let refusal = try await set(pin) else { return talk.words(.pinChanged) }
            told = refusal
        }
        throw Farewell(words: talk.sentences(told, talk.words(.pinNotChanged, .goodbye)), reason: "no new PIN")
    }

    /// Asks for the PIN again and sets it. Returns why not; nil when it is set.
    private func set(_ pin: String) async throws -> [Clip]? {
        let policy = mailbox.organisationSettings.pinPolicy
        if let weakness = policy.weakness(of: pin, mailboxNumber: mailbox.number) {
            return words(for: weakness, of: pin, policy)
        }
        if try await talk.store.hasPIN(pin, mailbox.id) { return talk.words(.newPINIsTheOldOne) }
        guard try await talk.digits(talk.words(.enterNewPINAgain), longest: PINPolicy.typable.upperBound) == pin else {
            return talk.words(.newPINsDoNotMatch)
        }
        try await talk.store.setPIN(pin, of: mailbox.id, temporary: false)
        talk.log.info("PIN changed")
        return nil
    }

    /// "That PIN is too short. Your PIN must have at least six digits."
    private func words(for weakness: PINWeakness, of pin: String, _ policy: PINPolicy) -> [Clip] {
        switch weakness {
        case .length:
            let lengths = policy.lengths
            let isOpen = lengths.upperBound == PINPolicy.typable.upperBound && pin.count < lengths.lowerBound
            let wanted = talk.phrases.pinLength(
                minimum: lengths.lowerBound, maximum: isOpen ? nil : lengths.upperBound)
            let told = talk.words(pin.count < lengths.lowerBound ? .newPINTooShort : .newPINTooLong)
            return talk.sentences(told, talk.words(wanted))
        case .common, .mailboxNumber, .repeated, .run: return talk.words(.newPINTooEasy)
        }
    }
}
