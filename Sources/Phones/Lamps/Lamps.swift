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
        for handle in handles.values { handle.terminate(reason: "deactivated") }
        let pause = 0.02
        for _ in 0..<Int(limit / .seconds(pause)) where await endpoint.statistics.subscriptions > 0 {
            await sleep(pause)
        }
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

    /// Answers a SUBSCRIBE that is in order with 200 and the present counts.
    func subscribed(
        _ incoming: IncomingSubscribe, expires: Int, _ details: (LampSubscription.ID) -> LampSubscription
    ) {
        guard endpoint != nil else { return incoming.reject(503, headers: [HeaderField("Retry-After", "10")]) }
        lastSubscription += 1
        let subscription = details(LampSubscription.ID(number: lastSubscription))
        let handle = incoming.accept(expires: expires)
        guard expires > 0 else { return fetch(subscription, by: handle) }
        handles[subscription.id] = handle
        Task {
            var told = true
            for await event in handle.events {
                if case .ended(let reason) = event { told = reason != .notifyFailed }
            }
            handles[subscription.id] = nil
            take(.ended(subscription.id, told: told))
        }
        take(.subscribed(subscription))
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
