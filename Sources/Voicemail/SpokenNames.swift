// Who somebody is, in their own voice where they have recorded their name (A9, B1, C5, C6).
import CallControl
import Mailboxes
import Phrases

extension Conversation {
    /// The recorded name; nil where there is none.
    func recordedName(of mailbox: MailboxID) async throws -> [Clip]? {
        guard let name = try await store.greeting(.name, of: mailbox) else { return nil }
        return [.recording(StoredAudio(name, store: store))]
    }

    /// The recorded name, else "extension one zero one".
    func name(of mailbox: Mailbox) async throws -> [Clip] {
        try await recordedName(of: mailbox.id) ?? words(phrases.extension(mailbox.number))
    }

    /// The recorded name "at extension one zero one", else the extension alone.
    func nameAndNumber(of mailbox: Mailbox) async throws -> [Clip] {
        guard let name = try await recordedName(of: mailbox.id) else { return words(phrases.extension(mailbox.number)) }
        return words(phrases.person(extension: mailbox.number), around: name)
    }

    func words(_ frame: NameFrame, around name: [Clip]) -> [Clip] { words(frame.before) + name + words(frame.after) }
}
