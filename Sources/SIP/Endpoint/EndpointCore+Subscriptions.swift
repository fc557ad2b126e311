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
        let contact = contact(user: request.uri.user, for: subscription.flow, secure: request.wantsSecureContact)
        guard serverTransactions[key]?.unanswered != nil, subscriptions[id] == nil,
            let dialog = DialogState(answering: request, localTag: id.localTag, contact: contact)
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
