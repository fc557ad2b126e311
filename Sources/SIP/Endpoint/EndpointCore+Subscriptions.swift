// Subscriptions: new SUBSCRIBEs, what the handles of a subscription ask for, and what its notifier wants done.

extension EndpointCore {
    func receiveSubscribe(
        _ request: SIPRequest, _ key: ServerTransactionKey, over flow: Flow, user: any SIPUser, door: CoreReference
    ) {
        guard subscriptions.count < limits.maximumSubscriptions else { return shed(request, over: flow) }
        guard case .address? = request.head.contacts.first else { return reply(400, to: request, over: flow) }
        open(key, for: request, over: flow)
        let id = DialogID(
            callID: request.head.callID, localTag: randomToken(), remoteTag: request.head.from.tag ?? "")
        user.received(IncomingSubscribe(request: request, flow: flow, dialog: id, transaction: key, core: door))
    }

    func receive(_ request: SIPRequest, _ key: ServerTransactionKey, over flow: Flow, inSubscription id: DialogID) {
        guard let record = subscriptions[id] else { return }
        switch request.method {
        case .subscribe:
            record.path = DialogPath(request, flow: flow)
            handle(.refresh(request, key), inSubscription: id)
        case .options:
            respond(request.response(200, adding: [SIPCapabilities.allow]), to: key)
        default:
            respond(request.response(481), to: key)
        }
    }

    func accept(_ subscription: IncomingSubscribe, expires: Int, events: EventQueue<SubscriptionEvent>) {
        let (id, request, key) = (subscription.dialog, subscription.request, subscription.transaction)
        guard serverTransactions[key]?.unanswered != nil, subscriptions[id] == nil,
            let dialog = dialog(of: subscription)
        else {
            // Answered or given up meanwhile.
            events.push(.ended(.stopped))
            return events.finish()
        }
        let notifier = NotifierState(
            subscribe: request, transaction: key, dialog: dialog,
            limits: limits.minimumSubscriptionExpires...limits.maximumSubscriptionExpires)
        subscriptions[id] = SubscriptionRecord(
            notifier, path: DialogPath(request, flow: subscription.flow), events: events)
        handle(.accepted(expires: expires), inSubscription: id)
    }

    private func dialog(of subscription: IncomingSubscribe) -> DialogState? {
        let request = subscription.request
        let contact = contact(user: request.uri.user, for: subscription.flow, secure: request.wantsSecureContact)
        return DialogState(answering: request, localTag: subscription.dialog.localTag, contact: contact)
    }

    // MARK: Over a restart

    /// What would be kept of a subscription if it were accepted now.
    func kept(_ subscription: IncomingSubscribe) -> KeptSubscription? {
        dialog(of: subscription)?.kept(
            event: subscription.request.head["event"] ?? "",
            path: DialogPath(subscription.request, flow: subscription.flow))
    }

    func kept(_ id: DialogID) -> KeptSubscription? {
        subscriptions[id].flatMap { $0.notifier.kept(path: $0.path) }
    }

    /// Takes up a subscription of an earlier run.
    /// - Parameters:
    ///   - left: until it runs out.
    ///   - skipped: CSeq numbers that may have been used since it was kept.
    /// - Returns: nil when it cannot be read, or is one too many.
    func restore(
        _ kept: KeptSubscription, left: Duration, skipping skipped: UInt32
    ) -> (events: EventQueue<SubscriptionEvent>, isReachable: Bool)? {
        guard subscriptions.count < limits.maximumSubscriptions, subscriptions[kept.id] == nil,
            let dialog = DialogState(kept, skipping: skipped)
        else { return nil }
        let notifier = NotifierState(
            restored: dialog, event: kept.event,
            limits: limits.minimumSubscriptionExpires...limits.maximumSubscriptionExpires, until: now + left)
        let path = DialogPath(kept.flow, isProxied: kept.isProxied, isSymmetric: kept.isSymmetric)
        let events = EventQueue<SubscriptionEvent>(limit: SubscriptionRecord.eventLimit)
        let record = SubscriptionRecord(notifier, path: path, events: events)
        subscriptions[kept.id] = record
        setTimer(&record.timer, to: notifier.deadline, owner: .subscription(kept.id))
        return (events, path.remains(to: notifier.nextHop))
    }

    func handle(_ event: NotifierState.Event, inSubscription id: DialogID) {
        guard let record = subscriptions[id] else { return }
        for action in record.notifier.handle(event, now: now) {
            switch action {
            case .respond(let response, let key):
                respond(response, to: key)
            case .notify(let request):
                start(request, by: record.path.ways(to: record.notifier.nextHop), owner: .notify(id))
            case .tell(.refreshed(let expires)):
                _ = record.events.offer(.refreshed(expires: expires))
            case .tell(.ended(let reason)):
                record.events.push(.ended(reason))
                record.events.finish()
            case .closed:
                subscriptions[id] = nil
                record.events.finish()
            }
        }
        let isAlive = subscriptions[id] === record
        setTimer(&record.timer, to: isAlive ? record.notifier.deadline : nil, owner: .subscription(id))
    }
}
