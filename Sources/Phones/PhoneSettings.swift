// What an administrator can set about phones: who may call, how long a registration lives and how lamps are told.

public import Mailboxes
public import SIP

/// Who may call without credentials (G4). REGISTER and SUBSCRIBE always need digest.
public enum CallPolicy: String, Hashable, Sendable {
    /// Every call from a phone is challenged.
    case digest
    /// A call from the address, port and user of a live binding is taken as that phone's; any other is challenged.
    case binding
}

/// What phones of one make want of a NOTIFY outside a subscription (F4).
public struct PhoneHabit: Hashable, Sendable {
    /// How the User-Agent of their REGISTER begins, upper or lower case.
    public var agent: String
    public var unsolicited: UnsolicitedState

    public init(agent: String, unsolicited: UnsolicitedState) {
        self.agent = agent
        self.unsolicited = unsolicited
    }
}

/// What `Message-Account` names (RFC 3842 §5.2): the address that a phone dials to hear the messages.
public enum MessageAccount: String, Hashable, Sendable {
    /// The first pilot number for a phone's own mailbox; the mailbox's number for any other.
    case pilot
    /// Always the mailbox's number.
    case mailbox
}

/// A proxy or PBX trunk that is believed by its address (G4).
public struct TrustedPeer: Hashable, Sendable {
    public var name: String
    public var networks: [AddressRange]
    /// The organisation that all its calls belong to; nil: the one that the Request-URI names.
    public var domain: String?

    public init(name: String, networks: [AddressRange], domain: String? = nil) {
        self.name = name
        self.networks = networks
        self.domain = domain
    }
}

/// Who has the phones of an organisation, where that is not us: their lamps are told there (F2).
public struct LampTrunk: Hashable, Sendable {
    public var domain: String
    public var address: HostPort
    public var transport: Transport

    public init(domain: String, address: HostPort, transport: Transport = .udp) {
        self.domain = domain
        self.address = address
        self.transport = transport
    }
}

/// Bounds of RFC 3261 §10.3; times in seconds.
public struct RegistrarLimits: Hashable, Sendable {
    public var contactsPerAccount: Int
    /// A shorter time than this is refused with 423.
    public var minimumExpiry: Int
    /// A longer one is cut to this.
    public var maximumExpiry: Int
    /// Used where the phone names none.
    public var defaultExpiry: Int

    public init(
        contactsPerAccount: Int = 10, minimumExpiry: Int = 60, maximumExpiry: Int = 7200, defaultExpiry: Int = 3600
    ) {
        self.contactsPerAccount = contactsPerAccount
        self.minimumExpiry = minimumExpiry
        self.maximumExpiry = maximumExpiry
        self.defaultExpiry = defaultExpiry
    }
}

/// How lamps are told; times in seconds.
public struct LampLimits: Hashable, Sendable {
    /// The shortest subscription; one that asks for less gets 423.
    public var minimumExpiry = 60
    /// The longest; one that asks for more gets this.
    public var maximumExpiry = 3600
    /// The time of one that asks for none (RFC 3842 §3.4).
    public var defaultExpiry = 3600
    /// The oldest subscription of an account makes place for one more.
    public var subscriptionsPerAccount = 10
    /// A phone that refreshes its registration is told again, but not more often than this.
    public var refreshInterval = 30.0
    /// NOTIFYs a second after a start or a change of settings, so that they do not leave in one burst.
    public var resendRate = 1_000
    /// How often a NOTIFY outside a subscription is tried again before the phone is left alone until something happens.
    public var retries = 5
    /// The wait before the first retry; each later one is twice as long.
    public var retryInterval = 4.0
    /// How often a trunk that does not take a NOTIFY is asked again when all retries are used up.
    public var trunkInterval = 600.0

    public init() {}
}

public struct PhoneSettings: Sendable {
    /// The organisation of phones that use an address instead of a domain; nil: the only one, when there is only one.
    public var defaultDomain: String?
    public var callPolicy: CallPolicy
    public var trustedPeers: [TrustedPeer]
    public var registrar: RegistrarLimits
    /// Numbers that open the caller's own mailbox; a SUBSCRIBE to one of them means that mailbox (F4).
    public var pilotNumbers: [String]
    public var messageAccount: MessageAccount
    public var unsolicited: UnsolicitedState
    /// Makes of phones that are told otherwise; the first that fits counts, and an extension's own setting before it.
    public var habits: [PhoneHabit]
    public var lamps: LampLimits
    /// Those whose phones are registered elsewhere; one for each organisation.
    public var lampTrunks: [LampTrunk] = []
    /// So many wrong passwords in a row lock an account, and the address that they come from.
    public var wrongPasswords = 10
    /// REGISTERs and SUBSCRIBEs being worked on at once; one more gets 503. See `Backlog`.
    public var maximumPending = 2_000

    public init(
        defaultDomain: String? = nil, callPolicy: CallPolicy = .digest, trustedPeers: [TrustedPeer] = [],
        registrar: RegistrarLimits = RegistrarLimits(), pilotNumbers: [String] = ["5001"],
        messageAccount: MessageAccount = .pilot, unsolicited: UnsolicitedState = .active,
        habits: [PhoneHabit] = [], lamps: LampLimits = LampLimits()
    ) {
        self.defaultDomain = defaultDomain
        self.callPolicy = callPolicy
        self.trustedPeers = trustedPeers
        self.registrar = registrar
        self.pilotNumbers = pilotNumbers
        self.messageAccount = messageAccount
        self.unsolicited = unsolicited
        self.habits = habits
        self.lamps = lamps
    }

    func unsolicited(for agent: String?) -> UnsolicitedState {
        let agent = agent?.lowercased() ?? ""
        return habits.first { agent.hasPrefix($0.agent.lowercased()) }?.unsolicited ?? unsolicited
    }
}

/// Errors of this room.
public enum PhonesError: Error, Hashable, Sendable {
    /// Not an IPv4 or IPv6 address with an optional prefix length.
    case invalidAddressRange(String)
}
