// Runs the lamp planner: reads counts from the store, sends NOTIFYs by the endpoint, and brings back what became of
// them. Holds the handles of the live subscriptions.

internal import Logging
internal import Mailboxes
internal import SIP

actor Lamps {
    private let store: any PhoneStore
    private let logger: Logger
    private let now: @Sendable () -> Double
    private let sleep: Alarm.Sleep
    private(set) var planner: LampPlanner
    private var alarm: Alarm
    private let random: RandomSource
    private var endpoint: SIPEndpoint?
    private var watcher: Task<Void, Never>?
    private(set) var handles: [LampSubscription.ID: NotifierSubscription] = [:]
    /// Until the start.
    private var fromLastRun: [(LampSubscription, NotifierSubscription)] = []
    private var lastSubscription: UInt64 = 0

    init(
        store: any PhoneStore, limits: LampLimits, logger: Logger, random: RandomSource,
        now: @escaping @Sendable () -> Double, sleep: @escaping Alarm.Sleep
    ) {
        self.sleep = sleep
        alarm = Alarm(sleep: sleep)
        self.random = random
        self.store = store
        self.logger = logger
        self.now = now
        planner = LampPlanner(limits: limits)
    }

    func start(_ endpoint: SIPEndpoint) {
        self.endpoint = endpoint
        for (subscription, handle) in fromLastRun { follow(subscription, by: handle) }
        fromLastRun = []
        let changes = store.changes()
        watcher = Task { [weak self] in
            for await mailbox in changes { await self?.take(.changed(mailbox)) }
        }
        setAlarm()
    }

    /// Tells all subscribers that their subscriptions are over for now, so that they subscribe again at once
    /// (RFC 6665 §4.2.2), and waits until they have been told, but no longer than `limit`.
    func shutDown(within limit: Duration) async {
        guard let endpoint else { return }
        self.endpoint = nil
        watcher?.cancel()
        alarm.cancel()
        let tags = handles.values.map(\.id.localTag)
        for handle in handles.values { handle.terminate(reason: "deactivated") }
        let pause = 0.02
        for _ in 0..<Int(limit / .seconds(pause)) where await endpoint.statistics.subscriptions > 0 {
            await sleep(pause)
        }
        // They are over: nothing is to go on after the next start (RFC 6665 §4.4.1).
        await forget(tags)
    }

    // MARK: What happens

    func registered(_ contact: LampContact, fresh: Bool) {
        if endpoint != nil { return take(.registered(contact, fresh: fresh)) }
        // Nothing can be sent yet: it waits for the start like those of the last run.
        take(.unregistered(contact.id))
        take(.restored(contact))
    }

    func restored(_ contact: LampContact) {
        take(.restored(contact))
    }

    func unregistered(_ bindings: [Binding], of account: ExtensionID) {
        for binding in bindings {
            take(.unregistered(LampContact.ID(account: account, uri: binding.contact.uri.description)))
        }
    }

    func resettled(_ account: ExtensionID, on display: LampDisplay) { take(.resettled(account, display)) }

    func removed(_ account: ExtensionID) { take(.removed(account)) }

    /// Answers a SUBSCRIBE that is in order with 200 and the present counts. What a phone is told to have is kept first,
    /// so that it still has it after a restart.
    func subscribed(
        _ incoming: IncomingSubscribe, expires: Int,
        _ details: @Sendable (LampSubscription.ID) -> LampSubscription
    ) async {
        guard endpoint != nil else { return incoming.reject(503, headers: [HeaderField("Retry-After", "10")]) }
        let subscription = details(nextSubscription())
        guard expires > 0 else { return fetch(subscription, by: incoming.accept(expires: expires)) }
        if let kept = await incoming.kept() { await keep(kept, of: subscription, expires: expires) }
        guard endpoint != nil else {
            await forget([incoming.id.localTag])
            return incoming.reject(503, headers: [HeaderField("Retry-After", "10")])
        }
        follow(subscription, by: incoming.accept(expires: expires))
        take(.subscribed(subscription))
    }

    private func nextSubscription() -> LampSubscription.ID {
        lastSubscription += 1
        return LampSubscription.ID(number: lastSubscription)
    }

    /// Takes up what the last run has left; to be told from the start on.
    func resumed(_ lamp: RestoredLamp, by endpoint: SIPEndpoint) async {
        let time = now()
        let handle = await endpoint.restore(
            lamp.kept, left: .seconds(lamp.stored.expiresAt - time), age: .seconds(time - lamp.stored.keptAt))
        guard let handle else { return await forget([lamp.stored.tag]) }
        let origin = LampOrigin(lamp.kept)
        let subscription = LampSubscription(
            id: nextSubscription(), account: lamp.stored.account, display: lamp.display,
            isOwn: lamp.stored.mailbox == nil, contact: origin.contact, flow: origin.flow,
            isProxied: origin.isProxied, isAwaited: !handle.isReachable)
        fromLastRun.append((subscription, handle))
        take(.resumed(subscription))
    }

    /// Until it is over.
    private func follow(_ subscription: LampSubscription, by handle: NotifierSubscription) {
        handles[subscription.id] = handle
        Task {
            var reason: SubscriptionEvent.EndReason?
            for await event in handle.events {
                switch event {
                case .refreshed(let expires):
                    guard let kept = await handle.kept() else { continue }
                    take(.refreshed(subscription.id, LampOrigin(kept)))
                    await keep(kept, of: subscription, expires: expires)
                case .ended(let why): reason = why
                }
            }
            handles[subscription.id] = nil
            take(.ended(subscription.id, told: reason != .notifyFailed))
            // One that only our own stop ended goes on after the next start.
            if reason != .stopped { await forget([handle.id.localTag]) }
        }
    }

    // What cannot be kept, or be forgotten, is found out after a restart: the phone subscribes again, or answers 481.

    private func keep(_ kept: KeptSubscription, of subscription: LampSubscription, expires: Int) async {
        do {
            try await store.keep(StoredSubscription(kept, of: subscription, expires: expires, now: now()))
        } catch {
            logger.error("A subscription will not outlive a restart", metadata: ["error": "\(error)"])
        }
    }

    func forget(_ tags: [String]) async {
        do { try await store.forgetSubscriptions(tags) } catch {
            logger.error("A subscription that is over is still kept", metadata: ["error": "\(error)"])
        }
    }

    /// A question for the present state: over with its first NOTIFY (RFC 6665 §4.4.3), so there is nothing to plan.
    private func fetch(_ subscription: LampSubscription, by handle: NotifierSubscription) {
        Task {
            guard let counts = try? await counts(of: subscription.display.mailboxes) else { return }
            let summary = MessageSummary(account: subscription.display.messageAccount, counts: counts)
            handle.notify(contentType: MessageSummary.contentType, body: summary.body)
        }
    }

    // MARK: What is done

    private func take(_ event: LampEvent) {
        for action in planner.handle(event, now: now()) where endpoint != nil { perform(action) }
        setAlarm()
    }

    private func setAlarm() {
        guard endpoint != nil else { return }
        alarm.set(planner.nextDeadline, now: now()) { [weak self] in await self?.alarmRang() }
    }

    private func alarmRang() {
        alarm.rang()
        take(.timePassed)
    }

    private func perform(_ action: LampAction) {
        switch action {
        case .read(let mailboxes):
            Task { await read(mailboxes) }
        case .notify(let subscription, let counts):
            let summary = MessageSummary(account: subscription.display.messageAccount, counts: counts)
            handles[subscription.id]?.notify(contentType: MessageSummary.contentType, body: summary.body)
        case .send(let contact, let sending, let counts):
            Task { await send(counts, to: contact, sending: sending) }
        case .terminate(let id, let reason):
            handles[id]?.terminate(reason: reason)
        }
    }

    private func read(_ mailboxes: [MailboxID]) async {
        do {
            take(.read(mailboxes, try await counts(of: mailboxes)))
        } catch {
            logger.error("Counts were not read", metadata: ["error": "\(error)"])
            take(.readFailed(mailboxes))
        }
    }

    private func counts(of mailboxes: [MailboxID]) async throws -> MessageCounts {
        var sum = MessageCounts()
        for mailbox in mailboxes { sum += try await store.counts(of: mailbox) }
        return sum
    }

    private func send(_ counts: MessageCounts, to contact: LampContact, sending: UInt64) async {
        guard let endpoint else { return }
        var contact = contact
        if contact.isTrunk {
            guard let flow = await endpoint.flow(to: contact.flow.remote, by: contact.flow.transport) else {
                return take(.answered(contact.id, sending: sending, .failed))
            }
            contact.flow = flow
        }
        let summary = MessageSummary(account: contact.display.messageAccount, counts: counts)
        let state = contact.unsolicited == .terminated ? "terminated;reason=noresource" : "active"
        let request = UnsolicitedNotify.request(
            to: contact, summary: summary, state: state,
            origin: endpoint.contact(user: contact.owner.number, for: contact.flow),
            token: random.token() + random.token())
        let status = await endpoint.request(request, over: contact.flow)?.status
        let answer = NotifyAnswer(status: status)
        if answer != .delivered {
            logger.debug(
                "A NOTIFY was not taken", metadata: ["contact": "\(contact.uri)", "status": "\(status ?? 0)"])
        }
        take(.answered(contact.id, sending: sending, answer))
    }
}
