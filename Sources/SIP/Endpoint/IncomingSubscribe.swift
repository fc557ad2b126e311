// A subscription that came in (RFC 6665): the request to judge, then the notifier's side of it.

/// A SUBSCRIBE outside a dialog. It waits for exactly one of `reject` and `accept`; after 30 s it gets 500.
public final class IncomingSubscribe: Sendable {
    public let request: SIPRequest
    /// The way it came.
    public let flow: Flow
    /// That of the subscription's dialog.
    public var id: DialogID { dialog }
    let dialog: DialogID
    let transaction: ServerTransactionKey
    let core: CoreReference

    init(
        request: SIPRequest, flow: Flow, dialog: DialogID, transaction: ServerTransactionKey, core: CoreReference
    ) {
        self.request = request
        self.flow = flow
        self.dialog = dialog
        self.transaction = transaction
        self.core = core
    }

    /// The event package without parameters, lower case; nil when the header is missing.
    public var event: String? {
        request.head.tokens(of: "event").first.map { String($0.prefix { $0 != ";" && $0 != " " }) }
    }

    /// Expires in seconds as it was asked for; nil when it was not said or makes no sense.
    public var requestedExpires: Int? { request.head["expires"].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 } }

    /// Sends a final response of 300 or more, for instance 489 with Allow-Events or 423 with Min-Expires.
    public func reject(_ status: Int, _ reason: String? = nil, headers: [HeaderField] = []) {
        let status = (300...699).contains(status) ? status : 500
        let response = request.response(status, reason, toTag: dialog.localTag, adding: headers)
        core.run { [transaction] in $0.respond(response, to: transaction) }
    }

    /// What is to be kept of the subscription before it is accepted, if it is to outlive this process; nil when there
    /// would be none. See `SIPEndpoint.restore`.
    public func kept() async -> KeptSubscription? { await core.call { [self] in $0.kept(self) } }

    /// Sends 200. Call `notify` with the present state at once (RFC 6665 §4.2.1.2).
    /// - Parameter expires: seconds granted; 0 for a fetch, which ends with its first NOTIFY.
    public func accept(expires: Int) -> NotifierSubscription {
        let events = EventQueue<SubscriptionEvent>(limit: SubscriptionRecord.eventLimit)
        core.run { [self] in $0.accept(self, expires: expires, events: events) }
        return NotifierSubscription(id: dialog, events: events.stream, core: core)
    }
}

/// A subscription that we notify. NOTIFY goes out one at a time; of several states that wait only the newest is sent.
public struct NotifierSubscription: Sendable {
    public let id: DialogID
    /// For one reader. `.ended` is the last event.
    public let events: EventStream<SubscriptionEvent>
    /// False for one of an earlier run whose connection is gone, and can only be made by the subscriber: until he
    /// refreshes, a NOTIFY would fail and end it.
    public var isReachable = true
    let core: CoreReference

    /// What is to be kept of it now; nil when it is over.
    public func kept() async -> KeptSubscription? { await core.call { [id] in $0.kept(id) } }

    public func notify(contentType: String, body: [UInt8]) {
        core.run { [id] in $0.handle(.notify(contentType: contentType, body: body), inSubscription: id) }
    }

    /// Sends the last NOTIFY with `Subscription-State: terminated;reason=…` (RFC 6665 §4.2.2: "deactivated",
    /// "noresource", …) and forgets the subscription.
    public func terminate(reason: String) {
        core.run { [id] in $0.handle(.terminate(reason: reason), inSubscription: id) }
    }
}

public enum SubscriptionEvent: Sendable, Hashable {
    /// Seconds granted. The newest state has been sent again already.
    case refreshed(expires: Int)
    case ended(EndReason)

    public enum EndReason: Sendable, Hashable {
        /// The subscriber asked for the end, or it was a fetch.
        case unsubscribed
        case expired
        /// By `NotifierSubscription.terminate`.
        case terminated
        /// NOTIFY got no answer or one that ends the subscription (RFC 6665 §4.2.2), for instance 481.
        case notifyFailed
        case stopped
    }
}
