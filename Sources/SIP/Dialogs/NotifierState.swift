// The notifier's side of one subscription (RFC 6665 §4.2): how long it lasts, and what its subscriber is told.
// A state is a whole, so of several that wait only the newest is sent, and only one NOTIFY is out at a time.

struct NotifierState: Sendable {
    enum Event: Sendable {
        /// The user has taken the SUBSCRIBE that made the subscription.
        case accepted(expires: Int)
        /// A SUBSCRIBE inside the dialog.
        case refresh(SIPRequest, ServerTransactionKey)
        case notify(contentType: String, body: [UInt8])
        case terminate(reason: String)
        /// The response to our NOTIFY; nil when there will be none.
        case answered(SIPResponse?)
        case stop
        case time
    }

    enum Action: Sendable {
        case respond(SIPResponse, ServerTransactionKey)
        case notify(SIPRequest)
        case tell(SubscriptionEvent)
        /// Nothing is left of the subscription.
        case closed
    }

    private struct Content: Hashable {
        let type: String
        let body: [UInt8]
    }

    private enum Phase {
        case pending(SIPRequest, ServerTransactionKey)
        case active(until: Duration)
        /// The last NOTIFY is still to be sent, at the latest at `by` with or without a state.
        case ending(reason: String, by: Duration)
        /// The last NOTIFY is out.
        case ended
    }

    private static let retryInterval = 30
    private static let maximumFailures = 3
    /// How long a fetch waits for the state that it asks for.
    private static let firstStateTimeout = Duration.seconds(10)

    private var dialog: DialogState
    private let event: String
    private let limits: ClosedRange<Int>
    private var phase: Phase
    private var newest: Content?
    private var inFlight: Content?
    private var isWaitingForAnswer = false
    private var isDue = false
    private var failures = 0
    private var retryAt: Duration?

    /// - Parameter limits: the seconds between which a refresh is granted.
    init(subscribe: SIPRequest, transaction: ServerTransactionKey, dialog: DialogState, limits: ClosedRange<Int>) {
        self.dialog = dialog
        self.limits = limits
        event = subscribe.head["event"] ?? ""
        phase = .pending(subscribe, transaction)
    }

    /// One that was kept over a restart. It is told again by `.notify`.
    /// - Parameter end: when it runs out.
    init(restored dialog: DialogState, event: String, limits: ClosedRange<Int>, until end: Duration) {
        self.dialog = dialog
        self.limits = limits
        self.event = event
        phase = .active(until: end)
    }

    /// As it can be kept; nil when it is over.
    func kept(path: DialogPath) -> KeptSubscription? {
        guard case .active = phase else { return nil }
        return dialog.kept(event: event, path: path)
    }

    /// When `.time` is to be handled next.
    var deadline: Duration? {
        switch phase {
        case .active(let end): earlier(end, retryAt)
        case .ending(_, let end): isWaitingForAnswer ? nil : end
        case .pending, .ended: nil
        }
    }

    /// Where NOTIFY goes first.
    var nextHop: SIPURI { dialog.nextHop }

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch event {
        case .accepted(let expires):
            return accepted(expires, now: now)
        case .refresh(let request, let key):
            return refresh(request, key, now: now)
        case .notify(let type, let body):
            let content = Content(type: type, body: body)
            // A refresh repeats the newest state by itself; the user saying the same then adds nothing.
            // It may also take back another state that is still waiting behind the one under way.
            newest = content
            isDue = !(isWaitingForAnswer && inFlight == content)
            guard isDue else { return [] }
            return send(now)
        case .terminate(let reason):
            return end(reason, .terminated, now: now)
        case .answered(let response):
            return answered(response, now: now)
        case .stop:
            isWaitingForAnswer = false
            guard case .active = phase else { return [.tell(.ended(.stopped)), .closed] }
            return end("deactivated", .stopped, now: now) + [.closed]
        case .time:
            return timePassed(now)
        }
    }

    // MARK: The subscriber

    private mutating func accepted(_ expires: Int, now: Duration) -> [Action] {
        guard case .pending(let subscribe, let transaction) = phase else { return [] }
        let granted = min(max(expires, 0), limits.upperBound)
        let response = Action.respond(success(subscribe, granted), transaction)
        guard granted > 0 else {
            phase = .ending(reason: "timeout", by: now + Self.firstStateTimeout)
            return [response, .tell(.ended(.unsubscribed))]
        }
        phase = .active(until: now + .seconds(granted))
        return [response]
    }

    private mutating func refresh(_ request: SIPRequest, _ key: ServerTransactionKey, now: Duration) -> [Action] {
        guard case .active = phase else { return [.respond(request.response(481), key)] }
        guard dialog.admits(request) else { return [.respond(request.response(500, "CSeq Out Of Order"), key)] }
        guard normalised(request.head["event"] ?? "") == normalised(event) else {
            let package = String(event.prefix { $0 != ";" })
            return [.respond(request.response(489, "Bad Event", adding: [HeaderField("Allow-Events", package)]), key)]
        }
        let expires = request.head["expires"]
        // What is no number must not end a subscription; one that is too long for us is only too long.
        guard expires?.utf8.allSatisfy({ (0x30...0x39).contains($0) }) ?? true, expires != "" else {
            return [.respond(request.response(400, "Bad Expires"), key)]
        }
        let asked = expires.flatMap { Int($0) } ?? limits.upperBound
        guard asked == 0 || asked >= limits.lowerBound else {
            let minimum = HeaderField("Min-Expires", String(limits.lowerBound))
            return [.respond(request.response(423, "Interval Too Brief", adding: [minimum]), key)]
        }
        dialog.refreshTarget(by: request)
        let granted = min(asked, limits.upperBound)
        let response = Action.respond(success(request, granted), key)
        failures = 0
        retryAt = nil
        guard granted > 0 else { return [response] + end("timeout", .unsubscribed, now: now) }
        phase = .active(until: now + .seconds(granted))
        isDue = newest != nil
        return [response] + send(now) + [.tell(.refreshed(expires: granted))]
    }

    private func normalised(_ event: String) -> String {
        event.split(separator: " ").joined().lowercased()
    }

    private func success(_ request: SIPRequest, _ expires: Int) -> SIPResponse {
        var response = request.response(
            200, toTag: dialog.id.localTag, adding: [HeaderField("Expires", String(expires))])
        response.head.contacts = [.address(dialog.contact)]
        return response
    }

    // MARK: NOTIFY

    private mutating func end(_ reason: String, _ told: SubscriptionEvent.EndReason, now: Duration) -> [Action] {
        guard case .active = phase else { return [] }
        phase = .ending(reason: reason, by: now)
        isDue = true
        retryAt = nil
        return [.tell(.ended(told))] + send(now)
    }

    private mutating func send(_ now: Duration) -> [Action] {
        guard isDue, !isWaitingForAnswer, retryAt == nil else { return [] }
        let state: String
        switch phase {
        case .active(let end):
            state = "active;expires=\(max(0, (end - now).components.seconds))"
        case .ending(let reason, _):
            state = "terminated;reason=\(reason)"
            phase = .ended
        case .pending, .ended:
            return []
        }
        isDue = false
        isWaitingForAnswer = true
        inFlight = newest
        var notify = dialog.request(.notify)
        notify.head.other += [HeaderField("Event", event), HeaderField("Subscription-State", state)]
        if let newest {
            notify.head.other.append(HeaderField("Content-Type", newest.type))
            notify.head.body = newest.body
        }
        return [.notify(notify)]
    }

    private mutating func answered(_ response: SIPResponse?, now: Duration) -> [Action] {
        guard isWaitingForAnswer else { return [] }
        isWaitingForAnswer = false
        inFlight = nil
        if case .ended = phase { return [.closed] }
        if let response, response.status < 300 {
            failures = 0
            return send(now)
        }
        failures += 1
        guard let response, failures <= Self.maximumFailures, !Self.endsSubscription(response) else {
            // An end that is still to be told has been told to the user already.
            guard case .active = phase else { return [.closed] }
            phase = .ended
            return [.tell(.ended(.notifyFailed)), .closed]
        }
        if case .ending = phase { return [.closed] }
        let pause = response.head["retry-after"].flatMap { Int($0.prefix { $0.isNumber }) } ?? Self.retryInterval
        retryAt = now + .seconds(min(max(pause, 1), limits.upperBound))
        isDue = true
        return []
    }

    /// Whether this answer to NOTIFY means that the subscriber is gone (RFC 6665 §4.2.2, RFC 5057 §5.1).
    private static func endsSubscription(_ response: SIPResponse) -> Bool {
        switch response.status {
        case 404, 405, 408, 410, 416, 480...485, 489, 501, 604: true
        default: false
        }
    }

    private mutating func timePassed(_ now: Duration) -> [Action] {
        switch phase {
        case .active(let end) where now >= end:
            return self.end("timeout", .expired, now: now)
        case .active:
            guard let retryAt, now >= retryAt else { return [] }
            self.retryAt = nil
            return send(now)
        case .ending(_, let end) where now >= end:
            isDue = true
            return send(now)
        case .pending, .ending, .ended:
            return []
        }
    }
}
