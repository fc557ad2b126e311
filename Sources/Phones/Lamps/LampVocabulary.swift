// The words of the lamp planner: who has a lamp, what happens, and what is to be done about it.

internal import Mailboxes
internal import SIP

/// What the phones of an account show.
struct LampDisplay: Hashable, Sendable {
    /// Those whose messages are counted together; the one that the lamp is named for comes first.
    var mailboxes: [MailboxID]
    /// What the phone is to dial.
    var messageAccount: String
    /// How they are told outside a subscription, where the account says so.
    var unsolicited: UnsolicitedState?
}

/// A registered contact: what a NOTIFY outside a subscription is sent to.
struct LampContact: Hashable, Sendable {
    struct ID: Hashable, Sendable {
        var account: ExtensionID
        /// The Contact URI as text.
        var uri: String
    }
    var account: ExtensionID
    var owner: AddressOfRecord
    var display: LampDisplay
    /// How phones of its make are told, where the account does not say it.
    var habit: UnsolicitedState
    var uri: SIPURI
    /// The proxies on the way to it.
    var path: [NameAddress]
    /// Of a trunk: our end of it is found out when something is sent.
    var flow: Flow
    /// Not a phone but whoever has the account's phones: told while none of them is known here.
    var isTrunk = false

    var id: ID { ID(account: account, uri: uri.description) }
    var unsolicited: UnsolicitedState { display.unsolicited ?? habit }

    init(_ binding: Binding, account: ExtensionID, display: LampDisplay, habit: UnsolicitedState) {
        self.account = account
        owner = binding.owner
        self.display = display
        self.habit = habit
        uri = binding.contact.uri
        path = binding.path
        flow = binding.flow
    }

    init(_ trunk: LampTrunk, of account: Extension, display: LampDisplay, habit: UnsolicitedState) {
        self.account = account.id
        owner = AddressOfRecord(number: account.number, domain: account.domain)
        self.display = display
        self.habit = habit
        uri = SIPURI(user: account.number, at: trunk.address, by: trunk.transport)
        path = []
        flow = Flow(transport: trunk.transport, local: HostPort(host: "", port: 0), remote: trunk.address)
        isTrunk = true
    }
}

/// A live subscription, as far as planning needs it; the endpoint owns the dialog.
struct LampSubscription: Hashable, Sendable {
    /// Counted up from the first one.
    struct ID: Hashable, Sendable, Comparable {
        var number: UInt64
        static func < (left: ID, right: ID) -> Bool { left.number < right.number }
    }
    var id: ID
    var account: ExtensionID
    var display: LampDisplay
    /// Whether it follows what the account's phones show, whatever that is.
    var isOwn: Bool
    var contact: SIPURI?
    var flow: Flow
    /// The flow is a proxy's, which many phones share.
    var isProxied = false
    /// The way to it is gone with an earlier run, and only the phone can make it anew: nothing is told until it does.
    var isAwaited = false

    /// Whether what this subscription is told reaches the phone at `other` too.
    func covers(_ other: LampContact) -> Bool {
        !isAwaited && account == other.account && display.mailboxes == other.display.mailboxes
            && (contact?.isEquivalent(to: other.uri) == true
                || !isProxied && flow.transport == other.flow.transport && flow.remote == other.flow.remote)
    }
}

/// Where a subscription's last SUBSCRIBE came from.
struct LampOrigin: Hashable, Sendable {
    var contact: SIPURI?
    var flow: Flow
    var isProxied: Bool
}

enum LampTarget: Hashable, Sendable {
    case contact(LampContact.ID)
    case subscription(LampSubscription.ID)
}

/// How a NOTIFY outside a subscription ended.
enum NotifyAnswer: Hashable, Sendable {
    case delivered
    /// No answer, or one that may be another next time.
    case failed
    /// The phone does not want it.
    case refused

    init(status: Int?) {
        switch status {
        case .some(200...299): self = .delivered
        case nil, 408, 480, 481, 500, 503, 504: self = .failed
        default: self = .refused
        }
    }
}

enum LampEvent: Hashable, Sendable {
    /// The counts of a mailbox are no longer what they were.
    case changed(MailboxID)
    /// A phone registered; `fresh` when it is new or may have been restarted.
    case registered(LampContact, fresh: Bool)
    /// A registration from before our own start.
    case restored(LampContact)
    case unregistered(LampContact.ID)
    case subscribed(LampSubscription)
    /// A subscription from before our own start.
    case resumed(LampSubscription)
    /// A SUBSCRIBE in its dialog, from there and by that way.
    case refreshed(LampSubscription.ID, LampOrigin)
    /// A subscription is over; `told` when its last NOTIFY arrived.
    case ended(LampSubscription.ID, told: Bool)
    /// An account's phones show something else from now on, or are to be told again.
    case resettled(ExtensionID, LampDisplay)
    /// The account is no more.
    case removed(ExtensionID)
    case read([MailboxID], MessageCounts)
    case readFailed([MailboxID])
    case answered(LampContact.ID, sending: UInt64, NotifyAnswer)
    case timePassed
}

enum LampAction: Hashable, Sendable {
    /// Read the counts, all together, and come back with `read` or `readFailed`.
    case read([MailboxID])
    case notify(LampSubscription, MessageCounts)
    /// Send a NOTIFY of its own and come back with `answered`.
    case send(LampContact, sending: UInt64, MessageCounts)
    /// End a subscription, for a reason of RFC 6665 §4.1.3.
    case terminate(LampSubscription.ID, reason: String)
}
