// The one door to everything that is kept. `SQLiteStore` is behind it; nothing outside this room sees a database.
// Every call returns when the change is durable, `OpenRecording.append` excepted.

public protocol Store: PhoneStore {
    // Who there is (A8, E1)
    func addOrganisation(_ new: NewOrganisation) async throws -> Organisation
    /// Creates the extension and its personal mailbox of the same number in one transaction.
    func addExtension(_ new: NewExtension) async throws -> Extension
    func addMailbox(_ new: NewMailbox) async throws -> Mailbox
    func accounts(ofMailbox mailbox: MailboxID) async throws -> [Extension]
    /// Where calls for a number leave their messages: the own mailbox of the extension that has it, whatever its number
    /// (A5), else the mailbox that has it.
    func mailbox(reachedBy number: String, domain: String) async throws -> Mailbox?
    func mailboxes(domain: String) async throws -> [Mailbox]
    func changeSettings(
        of mailbox: MailboxID, _ change: @escaping @Sendable (inout MailboxSettings) -> Void
    ) async throws -> Mailbox
    func changeSettings(
        of organisation: OrganisationID, _ change: @escaping @Sendable (inout OrganisationSettings) -> Void
    ) async throws -> Organisation
    func changeSettings(
        of account: ExtensionID, _ change: @escaping @Sendable (inout ExtensionSettings) -> Void
    ) async throws -> Extension
    /// Whether an account may open this mailbox without being its owner (A5, E2).
    func isMember(_ account: ExtensionID, of mailbox: MailboxID) async throws -> Bool
    /// Who can be dialled by name: enabled mailboxes with a name that are not hidden, by name (A9).
    func directory(domain: String) async throws -> [DirectoryEntry]

    // PINs (D3)
    /// Checks a PIN and counts the attempt against the mailbox and the source, in that order and durably.
    func checkPIN(_ pin: String, of mailbox: MailboxID, from source: String) async throws -> PINVerdict
    /// Whether this is the mailbox's PIN. Not for log-ins: it counts no try and minds no lock.
    func hasPIN(_ pin: String, _ mailbox: MailboxID) async throws -> Bool
    /// - Parameter temporary: its owner has to choose another at the next log-in (D1).
    func setPIN(_ pin: String, of mailbox: MailboxID, temporary: Bool) async throws

    // Messages (C1, C2, C4)
    /// Urgent first, then in the order that the mailbox chose.
    func messages(in folder: Folder, of mailbox: MailboxID) async throws -> [Message]
    func message(_ id: RecordingID) async throws -> Message?
    /// Moves a message of this mailbox; false when it is no longer there.
    func move(_ message: RecordingID, of mailbox: MailboxID, to folder: Folder) async throws -> Bool
    /// Makes a new message of this mailbox saved. Whatever another phone has done with it meanwhile stands: false.
    func markHeard(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool
    /// Puts a deleted message of this mailbox back where it was, and leaves one alone that another phone has had back.
    /// False when it is no longer there.
    func undelete(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool
    /// Removes a message and its audio for good (administration).
    func purge(_ message: RecordingID, of mailbox: MailboxID) async throws -> Bool

    /// Where the owner's last call broke off; nil forgets it (C12).
    func setBookmark(_ bookmark: Bookmark?, of mailbox: MailboxID) async throws
    func bookmark(of mailbox: MailboxID) async throws -> Bookmark?

    // Sending (C5, C6)
    /// Whom `number` stands for when the owner of `mailbox` types it; "0" is everyone, for those who may broadcast.
    func addressee(_ number: String, for mailbox: MailboxID) async throws -> Addressee?
    func lists(of mailbox: MailboxID) async throws -> [DistributionList]
    /// Who is on one of the owner's own lists, by number; nobody while it has not been made.
    func members(ofOwnList number: Int, of mailbox: MailboxID) async throws -> [Mailbox]
    /// Changes one of the owner's own lists, 1 to 9, in one transaction, and makes it when it is not there yet. Mailboxes
    /// that the organisation does not have, or no longer, are left out.
    /// - Throws: `StoreError.badNumber`, `.unknownMailbox`.
    func changeOwnList(
        _ number: Int, of mailbox: MailboxID, adding: [MailboxID], removing: [MailboxID]
    ) async throws
    /// Makes one message of the parts in the mailbox, in one transaction: all of it, or a reason why not. The parts
    /// stay as they are.
    func deliver(_ sending: Sending, to mailbox: MailboxID) async throws -> Delivery

    // Recordings (B4, B5): messages, greetings and names are made the same way
    /// Bytes still free under the quota.
    func room(in mailbox: MailboxID) async throws -> Int
    /// Starts a recording. What is appended is kept from the next commit on, whatever happens to the process.
    func openRecording(_ new: NewRecording) async throws -> any OpenRecording
    func greeting(_ kind: GreetingKind, of mailbox: MailboxID) async throws -> Greeting?
    /// All that are recorded, by kind.
    func greetings(of mailbox: MailboxID) async throws -> [Greeting]
    /// With what was chosen about it: that callers hear it, and when it ends. False when there is none.
    func deleteGreeting(_ kind: GreetingKind, of mailbox: MailboxID) async throws -> Bool
    /// Callers hear this numbered greeting, 1 to 9, in place of the unavailable one; nil: they do not any more. False when
    /// it is not recorded, and then nothing changes.
    func chooseGreeting(_ number: Int?, of mailbox: MailboxID) async throws -> Bool
    /// Up to `range.count` audio bytes of a recording from `range.lowerBound` on.
    func audio(of recording: RecordingID, in range: Range<Int>) async throws -> [UInt8]

    /// Commits what is waiting and closes the database.
    func close() async throws
}

/// What of it the registrar and the lamps need (F1, F2).
public protocol PhoneStore: Sendable {
    func organisations() async throws -> [Organisation]
    func organisation(domain: String) async throws -> Organisation?
    func account(number: String, domain: String) async throws -> Extension?
    /// What a name that no account has is challenged with, so that challenges do not tell which there are (G4): the
    /// same as one of the organisation's accounts, chosen by the name under a secret of the store. Where there are no
    /// accounts it is the organisation's.
    func digest(ofStranger name: String, in organisation: Organisation) async throws -> DigestAlgorithm
    /// - Returns: nil when it was removed.
    func account(_ id: ExtensionID) async throws -> Extension?
    func mailbox(_ id: MailboxID) async throws -> Mailbox?
    func mailbox(number: String, domain: String) async throws -> Mailbox?
    func counts(of mailbox: MailboxID) async throws -> MessageCounts
    /// Mailboxes whose counts have changed, each told after the commit; every caller gets a stream of its own.
    func changes() -> AsyncStream<MailboxID>
    /// All extensions of an organisation by number; none where there is no such organisation.
    func accounts(domain: String) async throws -> [Extension]
    /// Extensions that are new, were removed, came back, or have another mailbox or other settings, told in the same way.
    func extensionChanges() -> AsyncStream<ExtensionID>
    func bindings() async throws -> [StoredBinding]
    /// Replaces all bindings of an account.
    func replaceBindings(of account: ExtensionID, with bindings: [StoredBinding]) async throws
    /// In the order in which they were kept first.
    func subscriptions() async throws -> [StoredSubscription]
    /// Keeps a subscription over a restart, in the place of what was kept under its tag before.
    func keep(_ subscription: StoredSubscription) async throws
    /// Those of these tags are over; some may not be there.
    func forgetSubscriptions(_ tags: [String]) async throws
    /// Those that wait after wrong passwords now (G4).
    func passwordLockouts() async throws -> [PasswordLockout]
    /// Keeps it over a restart and shows it to administrators, in the place of one that there was.
    func keep(_ lockout: PasswordLockout) async throws
    /// False when an administrator has ended it.
    func isKept(_ subject: PasswordLockout.Subject) async throws -> Bool
}

/// A recording being made.
public protocol OpenRecording: Sendable {
    var id: RecordingID { get }
    /// Takes about a second of audio (at most 64 kB) into the next group commit and returns how many bytes of it
    /// fit under the quota, as this recording's place in the transaction decides.
    func append(_ audio: [UInt8]) async throws -> Int
    /// Cuts off everything from this byte on (B2); what was appended before is on disk when it returns.
    func trim(to bytes: Int) async throws
    /// Delivers it: a message becomes new, also in the mailboxes it is copied to; a greeting replaces the one before.
    /// The recording that this one replaces is gone. A draft cannot be kept. Durable on return.
    /// - Returns: what came of each copy, in the order of `NewRecording.copies`.
    @discardableResult func keep(urgent: Bool) async throws -> [Delivery]
    /// Takes it back, audio and quota included.
    func discard() async throws
}

public struct NewRecording: Sendable {
    public enum Purpose: Sendable, Hashable {
        case message(callerNumber: String?, callerName: String?)
        case greeting(GreetingKind)
        /// A part of something to be sent: never a message by itself, so a crash removes it (C5, C6).
        case draft
    }
    public var mailbox: MailboxID
    public var purpose: Purpose
    public var encoding: StoredEncoding
    /// The mailbox that a message is from.
    public var sender: MailboxID?
    /// Mailboxes that get the same message when it is kept, or delivered after a crash (B6).
    public var copies: [MailboxID] = []
    /// An open recording that this one stands in for as soon as this is kept; until then, and after a crash that leaves
    /// too little of this one, that one counts (B3).
    public var replaces: RecordingID?
    public init(mailbox: MailboxID, purpose: Purpose, encoding: StoredEncoding) {
        self.mailbox = mailbox
        self.purpose = purpose
        self.encoding = encoding
    }
}

public enum PINVerdict: Hashable, Sendable {
    case accepted
    case wrong
    /// Too many wrong ones: not even the right PIN helps before this many seconds have passed.
    case locked(seconds: Int)
}

public struct NewOrganisation: Sendable {
    public var domain: String
    public var name: String
    public var timeZone: String
    public var language: String
    public var digest: DigestAlgorithm
    public init(
        domain: String, name: String, timeZone: String = "UTC", language: String = "en", digest: DigestAlgorithm = .md5
    ) {
        self.domain = domain
        self.name = name
        self.timeZone = timeZone
        self.language = language
        self.digest = digest
    }
}

public struct NewExtension: Sendable {
    public var domain: String
    public var number: String
    public var displayName: String?
    public var password: String
    /// Nil: what the organisation chose for new mailboxes, temporary (D1).
    public var pin: String?
    /// Nil: the organisation's.
    public var digest: DigestAlgorithm?
    public var quota: Int
    public var emails: [String]
    public init(
        domain: String, number: String, displayName: String? = nil, password: String, pin: String? = nil,
        digest: DigestAlgorithm? = nil, quota: Int = Mailbox.defaultQuota, emails: [String] = []
    ) {
        self.emails = emails
        self.domain = domain
        self.number = number
        self.displayName = displayName
        self.password = password
        self.pin = pin
        self.digest = digest
        self.quota = quota
    }
}

public struct NewMailbox: Sendable {
    public var domain: String
    public var number: String
    public var name: String?
    /// Nil: what the organisation chose for new mailboxes, temporary (D1).
    public var pin: String?
    public var quota: Int
    public var emails: [String]
    /// Accounts of the organisation that may open it (E2).
    public var members: [ExtensionID]
    public init(
        domain: String, number: String, name: String? = nil, pin: String? = nil, quota: Int = Mailbox.defaultQuota,
        emails: [String] = [], members: [ExtensionID] = []
    ) {
        self.name = name
        self.emails = emails
        self.members = members
        self.domain = domain
        self.number = number
        self.pin = pin
        self.quota = quota
    }
}

extension Mailbox {
    /// 10 MB: 10,000,000 bytes.
    public static let defaultQuota = 10_000_000
}
