// What the phones room keeps over a restart, in its own notation where nobody else has to read it.

/// A registered contact as it is kept over a restart (RFC 3261 §10).
public struct StoredBinding: Hashable, Sendable, Codable {
    public var account: ExtensionID
    /// The Contact value as registered, with its parameters.
    public var contact: String
    public var callID: String
    public var cseq: UInt32
    /// Seconds since 1970.
    public var expiresAt: Double
    /// The flow it came by, in the registrar's own notation.
    public var flow: String
    public init(account: ExtensionID, contact: String, callID: String, cseq: UInt32, expiresAt: Double, flow: String) {
        self.account = account
        self.contact = contact
        self.callID = callID
        self.cseq = cseq
        self.expiresAt = expiresAt
        self.flow = flow
    }
}

/// Who waits after wrong passwords (G4).
public struct PasswordLockout: Hashable, Sendable {
    /// An account for everybody, an address for all accounts, or an account from one address. Never neither.
    public struct Subject: Hashable, Sendable {
        /// `100@example.org`, whether there is one or not.
        public var account: String?
        /// A numeric address or network.
        public var address: String?
        public init(account: String?, address: String?) {
            self.account = account
            self.address = address
        }
    }
    public var subject: Subject
    public var lockout: Lockout
    public init(subject: Subject, lockout: Lockout) {
        self.subject = subject
        self.lockout = lockout
    }
}

/// A phone's subscription to a lamp as it is kept over a restart (RFC 6665).
public struct StoredSubscription: Hashable, Sendable, Codable {
    public var account: ExtensionID
    /// Unlike that of any other subscription.
    public var tag: String
    /// What it shows; nil: what the account's phones show.
    public var mailbox: MailboxID?
    /// Seconds since 1970.
    public var expiresAt: Double
    public var keptAt: Double
    /// Both ends of the dialog and the way between them.
    public var dialog: String
    public init(
        account: ExtensionID, tag: String, mailbox: MailboxID?, expiresAt: Double, keptAt: Double, dialog: String
    ) {
        self.account = account
        self.tag = tag
        self.mailbox = mailbox
        self.expiresAt = expiresAt
        self.keptAt = keptAt
        self.dialog = dialog
    }
}
