// Who there is: organisations (SIP domains, A8), their extensions (SIP accounts) and mailboxes (E1).

public import BoxedValues

public struct Organisation: Hashable, Sendable {
    public var id: OrganisationID
    /// The SIP domain, lower case; also the digest realm.
    public var domain: String
    public var name: String
    /// IANA name of the time zone in which dates are spoken.
    public var timeZone: String
    /// "en": a folder of `prompts/`.
    public var language: String
    /// Whether challenges offer SHA-256 (RFC 8760) instead of MD5 alone.
    public var digest: DigestAlgorithm
    @Boxed public var settings = OrganisationSettings()
}

public enum DigestAlgorithm: String, Hashable, Sendable, Codable { case md5 = "MD5", sha256 = "SHA-256" }

/// A SIP account. Its user name is its number.
@dynamicMemberLookup
public struct Extension: Hashable, Sendable {
    /// Behind one reference, as frames hold it for as long as a call lasts. Each is read and written as if it were
    /// the extension's own.
    @Boxed public var fields: Fields

    @inlinable
    public subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
        get { fields[keyPath: field] }
        set { fields[keyPath: field] = newValue }
    }

    init(_ fields: Fields) { self.fields = fields }

    public struct Fields: Hashable, Sendable {
        public var id: ExtensionID
        public var organisation: OrganisationID
        public var domain: String
        /// 2 to 10 digits; the SIP user.
        public var number: String
        public var displayName: String?
        /// H(user:realm:password), lower-case hex (RFC 7616 §3.4.2); the password itself is not kept.
        public var ha1MD5: String
        public var ha1SHA256: String
        /// H(user@domain:realm:password), for phones whose digest user name is the whole address; nil: not known.
        public var addressHA1MD5: String? = nil
        public var addressHA1SHA256: String? = nil
        /// The account's own choice before the organisation's.
        public var digest: DigestAlgorithm
        /// The mailbox that 5001 opens and whose state lights the lamp.
        public var mailbox: MailboxID
        public var settings = ExtensionSettings()
    }
}

@dynamicMemberLookup
public struct Mailbox: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, Codable { case personal, general }

    /// Behind one reference, as frames hold it for as long as a call lasts. Each is read and written as if it were
    /// the mailbox's own.
    @Boxed public var fields: Fields

    @inlinable
    public subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
        get { fields[keyPath: field] }
        set { fields[keyPath: field] = newValue }
    }

    init(_ fields: Fields) { self.fields = fields }

    public struct Fields: Hashable, Sendable {
        public var id: MailboxID
        public var organisation: OrganisationID
        public var domain: String
        public var number: String
        public var kind: Kind
        /// Bytes that messages, greetings and names together may take (B4).
        public var quota: Int
        public var language: String
        public var timeZone: String
        /// A file of `dialplan/keymaps/`, without its ending.
        public var keymap: String
        /// A PIN that an administrator set and the owner must change (D1).
        public var pinIsTemporary: Bool
        /// Its owner's name, or what a general mailbox is called.
        public var name: String? = nil
        /// `language`, `timeZone` and `keymap` above are these or else the organisation's.
        @Boxed public var settings = MailboxSettings()
        @Boxed public var organisationSettings = OrganisationSettings()
    }

    /// Whether a message can be left or sent there, as far as its settings go.
    public var takesMessages: Bool { fields.settings.isEnabled && !fields.settings.isAnnouncementOnly }
}
