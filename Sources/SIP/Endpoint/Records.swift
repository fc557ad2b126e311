// What the endpoint keeps for each thing that lives in it: a machine, its deadline in the timer queue, and whom it
// concerns.

internal import BoxedValues
internal import NIOCore

/// Whose deadline it is. Most are server transactions, and they are the smallest.
enum TimerOwner {
    case server(ServerTransactionKey)
    indirect case client(ClientTransactionKey)
    indirect case call(DialogID)
    indirect case outgoing(String)
    indirect case subscription(DialogID)
    indirect case connection(Flow)
}

typealias TimerToken = TimerQueue<TimerOwner>.Token

/// One for every request of the last 32 s: what few of them have takes a word in the others.
final class ServerRecord {
    enum Machine {
        indirect case invite(ServerInviteTransaction)
        case other(ServerTransaction)
    }
    var machine: Machine
    /// Where responses go.
    let flow: Flow
    /// Where they go when that connection is gone.
    @Rarely private(set) var listening: Flow?
    /// The dialog that the request belongs to or makes.
    @Rarely private(set) var dialog: DialogID?
    let mergeKey: MergeKey?
    /// Until it is answered.
    @Rarely var unanswered: SIPRequest?
    var timer: TimerToken?

    init(_ request: SIPRequest, flow: Flow, dialog: DialogID?, now: Duration) {
        let reliable = flow.transport.isReliable
        machine =
            request.method == .invite
            ? .invite(ServerInviteTransaction(reliable: reliable))
            : .other(ServerTransaction(reliable: reliable, now: now))
        self.flow = flow
        listening = request.listeningFlow(flow)
        self.dialog = dialog
        mergeKey = request.head.to.tag == nil ? MergeKey(request) : nil
        unanswered = request
    }

    var deadline: Duration? {
        switch machine {
        case .invite(let machine): machine.deadline
        case .other(let machine): machine.deadline
        }
    }

    func handle(_ event: ServerTransactionEvent, now: Duration) -> [ServerTransactionAction] {
        switch machine {
        case .invite(var invite):
            defer { machine = .invite(invite) }
            return invite.handle(event, now: now)
        case .other(var other):
            defer { machine = .other(other) }
            return other.handle(event, now: now)
        }
    }
}

/// The same request by two paths has this in common (RFC 3261 §8.2.2.2): a hash of Call-ID, From tag and CSeq, seeded by
/// the process. Two requests that differ in these have the same one once in 2⁶⁴.
struct MergeKey: Hashable {
    private let hash: Int

    init(_ request: SIPRequest) {
        var hasher = Hasher()
        hasher.combine(request.head.callID)
        hasher.combine(request.head.from.tag)
        hasher.combine(request.head.cseq)
        hash = hasher.finalize()
    }
}

final class ClientRecord {
    enum Machine {
        case invite(ClientInviteTransaction)
        case other(ClientTransaction)
    }
    enum Owner {
        /// The Call-ID of a call that we make, and which INVITE of it this is.
        case outgoing(String, attempt: Int)
        case bye(DialogID)
        case refer(DialogID)
        case refresh(DialogID)
        case notify(DialogID)
        case request(CheckedContinuation<SIPResponse?, Never>)
    }
    private var machine: Machine
    /// An INVITE, for the ACK of its refusal.
    private let invite: SIPRequest?
    let flow: Flow
    /// Nil once it has got the outcome, and where nobody wants it.
    var owner: Owner?
    /// What else can be tried, until something is heard.
    var retry: (request: SIPRequest, ways: ArraySlice<Way>)?
    var timer: TimerToken?

    init(_ request: SIPRequest, flow: Flow, owner: Owner?, now: Duration) {
        let (bytes, reliable) = (request.encoded(), flow.transport.isReliable)
        let isInvite = request.method == .invite
        machine =
            isInvite
            ? .invite(ClientInviteTransaction(request: bytes, reliable: reliable, now: now))
            : .other(ClientTransaction(request: bytes, reliable: reliable, now: now))
        invite = isInvite ? request : nil
        self.flow = flow
        self.owner = owner
    }

    /// What is to be done first.
    var start: [ClientTransaction.Action] {
        switch machine {
        case .invite(let machine): machine.start
        case .other(let machine): machine.start
        }
    }

    var deadline: Duration? {
        switch machine {
        case .invite(let machine): machine.deadline
        case .other(let machine): machine.deadline
        }
    }

    func handle(_ event: ClientTransaction.Event, _ response: SIPResponse?, now: Duration) -> [ClientTransaction.Action]
    {
        switch machine {
        case .invite(var invite):
            defer { machine = .invite(invite) }
            switch event {
            case .response(let status):
                return invite.handle(.response(status: status, ack: acknowledgement(of: response)), now: now)
            case .transportFailed: return invite.handle(.transportFailed, now: now)
            case .time: return invite.handle(.time, now: now)
            }
        case .other(var other):
            defer { machine = .other(other) }
            return other.handle(event, now: now)
        }
    }

    private func acknowledgement(of response: SIPResponse?) -> [UInt8] {
        guard let invite, let response, response.status >= 300 else { return [] }
        return invite.acknowledgement(of: response).encoded()
    }
}

final class CallRecord {
    /// Events that a peer can cause at will and that may wait for the user.
    static let eventLimit = 32

    var session: InviteSession
    var path: DialogPath
    /// From the answer on.
    var events: EventQueue<DialogEvent>?
    var timer: TimerToken?

    init(_ session: InviteSession, path: DialogPath) {
        self.session = session
        self.path = path
    }
}

/// A call that we make, until its INVITE's transaction is over.
final class OutgoingRecord {
    var session: OutgoingSession
    /// With its Via.
    private(set) var invite: SIPRequest
    private(set) var flow: Flow
    let progress: EventQueue<CallProgress>
    /// Counts the INVITEs; of those before nothing is heard any more.
    var attempt = 0
    var timer: TimerToken?
    var path: DialogPath { DialogPath(flow) }

    init(_ session: OutgoingSession, invite: SIPRequest, flow: Flow, progress: EventQueue<CallProgress>) {
        self.session = session
        self.invite = invite
        self.flow = flow
        self.progress = progress
    }

    /// The INVITE goes another way, by another transaction.
    func rerouted(_ request: SIPRequest, _ flow: Flow) {
        session.invite = request
        invite = request
        self.flow = flow
    }
}

final class SubscriptionRecord {
    /// Events that a peer can cause at will and that may wait for the user.
    static let eventLimit = 8

    var notifier: NotifierState
    var path: DialogPath
    let events: EventQueue<SubscriptionEvent>
    var timer: TimerToken?

    init(_ notifier: NotifierState, path: DialogPath, events: EventQueue<SubscriptionEvent>) {
        self.notifier = notifier
        self.path = path
        self.events = events
    }
}

/// A TCP or TLS connection.
final class Connection {
    enum State {
        /// The number tells it from another try.
        case opening(Int)
        /// The TLS handshake is going on.
        case handshaking(any Channel)
        case open(any Channel)
    }
    var state: State
    /// Whether we have opened it, and not the peer.
    let isOurs: Bool
    /// What waits for it to be open.
    var unsent: [UInt8] = []
    /// Where its peer takes requests over it (RFC 5923).
    var alias: Flow?
    var framer = StreamFramer()
    /// It has sent a whole SIP message, so it is no mere open socket.
    var hasSpoken = false
    /// When the message that has begun must be whole.
    var messageDeadline: Duration?
    /// Our requests that wait for a response over it.
    var waiting: Set<ClientTransactionKey> = []
    var timer: TimerToken?

    init(_ state: State, isOurs: Bool) {
        self.state = state
        self.isOurs = isOurs
    }

    var channel: (any Channel)? {
        switch state {
        case .opening: nil
        case .handshaking(let channel), .open(let channel): channel
        }
    }

    func isOpening(_ number: Int) -> Bool {
        if case .opening(number) = state { true } else { false }
    }
}
