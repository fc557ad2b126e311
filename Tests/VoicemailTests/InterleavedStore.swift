// A store that lets somebody in between: before each thing that a flow asks of it, another phone gets its turn. So two
// owners can be interleaved at every place where one of them could be faster than the other.
import Mailboxes
import Synchronization

final class InterleavedStore: Store {
    private let store: any Store
    private let turns = Mutex(0)
    /// Done once, before the operation of this number; counted from 1.
    private let place: Int
    private let deed: @Sendable () async -> Void

    init(_ store: any Store, before place: Int, _ deed: @escaping @Sendable () async -> Void) {
        self.store = store
        self.place = place
        self.deed = deed
    }

    /// How many operations there were.
    var operations: Int { turns.withLock { $0 } }

    fileprivate func turn() async -> any Store {
        let turn = turns.withLock { turns in
            turns += 1
            return turns
        }
        if turn == place { await deed() }
        return store
    }
}

extension InterleavedStore {
    func organisations() async throws -> [Organisation] { try await turn().organisations() }
    func organisation(domain: String) async throws -> Organisation? { try await turn().organisation(domain: domain) }
    func addOrganisation(_ new: NewOrganisation) async throws -> Organisation { try await turn().addOrganisation(new) }
    func addExtension(_ new: NewExtension) async throws -> Extension { try await turn().addExtension(new) }
    func addMailbox(_ new: NewMailbox) async throws -> Mailbox { try await turn().addMailbox(new) }
    func account(number: String, domain: String) async throws -> Extension? {
        try await turn().account(number: number, domain: domain)
    }
    func account(_ id: ExtensionID) async throws -> Extension? { try await turn().account(id) }
    func accounts(ofMailbox mailbox: MailboxID) async throws -> [Extension] {
        try await turn().accounts(ofMailbox: mailbox)
    }
    func mailbox(_ id: MailboxID) async throws -> Mailbox? { try await turn().mailbox(id) }
    func mailbox(reachedBy number: String, domain: String) async throws -> Mailbox? {
        try await turn().mailbox(reachedBy: number, domain: domain)
    }
    func mailbox(number: String, domain: String) async throws -> Mailbox? {
        try await turn().mailbox(number: number, domain: domain)
    }
    func mailboxes(domain: String) async throws -> [Mailbox] { try await turn().mailboxes(domain: domain) }
    func changeSettings(
        of mailbox: MailboxID, _ change: @escaping @Sendable (inout MailboxSettings) -> Void
    ) async throws -> Mailbox { try await turn().changeSettings(of: mailbox, change) }
    func changeSettings(
        of organisation: OrganisationID, _ change: @escaping @Sendable (inout OrganisationSettings) -> Void
    ) async throws -> Organisation { try await turn().changeSettings(of: organisation, change) }
    func changeSettings(
        of account: ExtensionID, _ change: @escaping @Sendable (inout ExtensionSettings) -> Void
    ) async throws -> Extension { try await turn().changeSettings(of: account, change) }
    func isMember(_ account: ExtensionID, of mailbox: MailboxID) async throws -> Bool {
        try await turn().isMember(account, of: mailbox)
    }
    func directory(domain: String) async throws -> [DirectoryEntry] { try await turn().directory(domain: domain) }
    func checkPIN(_ pin: String, of mailbox: MailboxID, from source: String) async throws -> PINVerdict {
        try await turn().checkPIN(pin, of: mailbox, from: source)
    }
    func hasPIN(_ pin: String, _ mailbox: MailboxID) async throws -> Bool { try await turn().hasPIN(pin, mailbox) }
    func setPIN(_ pin: String, of mailbox: MailboxID, temporary: Bool) async throws {
        try await turn().setPIN(pin, of: mailbox, temporary: temporary)
    }
    func counts(of mailbox: MailboxID) async throws -> MessageCounts { try await turn().counts(of: mailbox) }
    func messages(in folder: Folder, of mailbox: MailboxID) async throws -> [Message] {
        try await turn().messages(in: folder, of: mailbox)
    }
    func message(_ id: RecordingID) async throws -> Message? { try await turn().message(id) }
    func move(_ message: RecordingID, of mailbox: MailboxID, to folder: Folder) async throws -> Bool {
        try await turn().move(message, of: mailbox, to: folder)
    }
    func markHeard(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool {
        try await turn().markHeard(message, of: mailbox)
    }
    func undelete(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool {
        try await turn().undelete(message, of: mailbox)
    }
    func purge(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool {
        try await turn().purge(message, of: mailbox)
    }
    func setBookmark(_ bookmark: Bookmark?, of mailbox: MailboxID) async throws {
        try await turn().setBookmark(bookmark, of: mailbox)
    }
    func bookmark(of mailbox: MailboxID) async throws -> Bookmark? { try await turn().bookmark(of: mailbox) }
    func addressee(_ number: String, for mailbox: MailboxID) async throws -> Addressee? {
        try await turn().addressee(number, for: mailbox)
    }
    func lists(of mailbox: MailboxID) async throws -> [DistributionList] { try await turn().lists(of: mailbox) }
    func members(ofOwnList number: Int, of mailbox: MailboxID) async throws -> [Mailbox] {
        try await turn().members(ofOwnList: number, of: mailbox)
    }
    func changeOwnList(_ number: Int, of mailbox: MailboxID, adding: [MailboxID], removing: [MailboxID]) async throws {
        try await turn().changeOwnList(number, of: mailbox, adding: adding, removing: removing)
    }
    func deliver(_ sending: Sending, to mailbox: MailboxID) async throws -> Delivery {
        try await turn().deliver(sending, to: mailbox)
    }
    func room(in mailbox: MailboxID) async throws -> Int { try await turn().room(in: mailbox) }
    func openRecording(_ new: NewRecording) async throws -> any OpenRecording { try await turn().openRecording(new) }
    func greeting(_ kind: GreetingKind, of mailbox: MailboxID) async throws -> Greeting? {
        try await turn().greeting(kind, of: mailbox)
    }
    func greetings(of mailbox: MailboxID) async throws -> [Greeting] { try await turn().greetings(of: mailbox) }
    func deleteGreeting(_ kind: GreetingKind, of mailbox: MailboxID) async throws -> Bool {
        try await turn().deleteGreeting(kind, of: mailbox)
    }
    func chooseGreeting(_ number: Int?, of mailbox: MailboxID) async throws -> Bool {
        try await turn().chooseGreeting(number, of: mailbox)
    }
    func audio(of recording: RecordingID, in range: Range<Int>) async throws -> [UInt8] {
        try await turn().audio(of: recording, in: range)
    }
    func changes() -> AsyncStream<MailboxID> { store.changes() }
    func extensionChanges() -> AsyncStream<ExtensionID> { store.extensionChanges() }
    func bindings() async throws -> [StoredBinding] { try await turn().bindings() }
    func replaceBindings(of account: ExtensionID, with bindings: [StoredBinding]) async throws {
        try await turn().replaceBindings(of: account, with: bindings)
    }
    func accounts(domain: String) async throws -> [Extension] { try await turn().accounts(domain: domain) }
    func subscriptions() async throws -> [StoredSubscription] { try await turn().subscriptions() }
    func keep(_ subscription: StoredSubscription) async throws { try await turn().keep(subscription) }
    func forgetSubscriptions(_ tags: [String]) async throws { try await turn().forgetSubscriptions(tags) }
    func digest(ofStranger name: String, in organisation: Organisation) async throws -> DigestAlgorithm {
        try await turn().digest(ofStranger: name, in: organisation)
    }
    func passwordLockouts() async throws -> [PasswordLockout] { try await turn().passwordLockouts() }
    func keep(_ lockout: PasswordLockout) async throws { try await turn().keep(lockout) }
    func isKept(_ subject: PasswordLockout.Subject) async throws -> Bool { try await turn().isKept(subject) }
    func close() async throws { try await turn().close() }
}
