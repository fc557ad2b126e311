// What the endpoint keeps for each thing that lives in it: a machine, its deadline in the timer queue, and whom it
// concerns.

internal import NIOCore

/// Whose deadline it is.
enum TimerOwner {
    case server(ServerTransactionKey)
    case client(ClientTransactionKey)
    case call(DialogID)
    case subscription(DialogID)
    case connection(Flow)
}

typealias TimerToken = TimerQueue<TimerOwner>.Token

final class ServerRecord {
    enum Machine {
        case invite(ServerInviteTransaction)
        case other(ServerTransaction)
    }
    var machine: Machine
    /// Where responses go.
    let flow: Flow
    /// The dialog that the request belongs to or makes.
    let dialog: DialogID?
    let mergeKey: MergeKey?
    /// Until it is answered.
    var unanswered: SIPRequest?
    var timer: TimerToken?

    init(_ request: SIPRequest, flow: Flow, dialog: DialogID?, now: Duration) {
        let reliable = flow.transport == .tcp
        machine =
            request.method == .invite
            ? .invite(ServerInviteTransaction(reliable: reliable))
            : .other(ServerTransaction(reliable: reliable, now: now))
        self.flow = flow
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

/// The same request by two paths has this in common (RFC 3261 §8.2.2.2).
struct MergeKey: Hashable {
    private let callID: String
    private let fromTag: String?
    private let cseq: CSeq

    init(_ request: SIPRequest) {
        callID = request.head.callID
        fromTag = request.head.from.tag
        cseq = request.head.cseq
    }
}

final class ClientRecord {
    enum Owner {
        case bye(DialogID)
        case refer(DialogID)
        case notify(DialogID)
        case request(CheckedContinuation<SIPResponse?, Never>)
    }
    var machine: ClientTransaction
    let flow: Flow
    /// Nil once it has got the outcome.
    var owner: Owner?
    var timer: TimerToken?

    init(_ machine: ClientTransaction, flow: Flow, owner: Owner) {
        self.machine = machine
        self.flow = flow
        self.owner = owner
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

final class SubscriptionRecord {
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

/// A TCP connection that a peer has made.
final class Connection {
    let channel: any Channel
    var framer = StreamFramer()
    /// It has sent a whole SIP message, so it is no mere open socket.
    var hasSpoken = false
    /// When the message that has begun must be whole.
    var messageDeadline: Duration?
    /// Our requests that wait for a response over it.
    var waiting: Set<ClientTransactionKey> = []
    var timer: TimerToken?

    init(_ channel: any Channel) { self.channel = channel }
}
