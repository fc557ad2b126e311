// The room's door: what the composition root wires between the endpoint and the store. How requests are answered is
// in `Phones+Requests.swift`.

internal import Foundation
public import Logging
public import Mailboxes
public import SIP
internal import Synchronization

public final class Phones: Sendable {
    let store: any PhoneStore
    let settings: PhoneSettings
    let rules: SubscribeRules
    let logger: Logger
    let registrations: Registrations
    let gatekeeper: Gatekeeper
    let lamps: Lamps
    let now: @Sendable () -> Double
    let sleep: Alarm.Sleep
    private let backlog: Mutex<Backlog>
    let isShutDown = Mutex(false)
    /// Accounts that the store will be asked about again.
    let untold = Mutex<Set<ExtensionID>>([])
    private let watcher = Mutex<Task<Void, Never>?>(nil)

    public convenience init(store: any PhoneStore, settings: PhoneSettings, logger: Logger) {
        self.init(store: store, settings: settings, logger: logger, now: { Date().timeIntervalSince1970 })
    }

    /// - Parameter now: seconds since 1970.
    init(
        store: any PhoneStore, settings: PhoneSettings, logger: Logger, random: RandomSource = .system,
        now: @escaping @Sendable () -> Double, sleep: @escaping Alarm.Sleep = Alarm.sleep
    ) {
        self.store = store
        self.settings = settings
        self.logger = logger
        self.now = now
        self.sleep = sleep
        backlog = Mutex(Backlog(limit: settings.maximumPending, random: random))
        rules = SubscribeRules(limits: settings.lamps, pilotNumbers: settings.pilotNumbers)
        registrations = Registrations(store: store, limits: settings.registrar, logger: logger, now: now, sleep: sleep)
        gatekeeper = Gatekeeper(
            store: store, settings: settings, registrations: registrations, logger: logger, random: random, now: now)
        lamps = Lamps(
            store: store, limits: settings.lamps, logger: logger, random: random, now: now, sleep: sleep)
    }

    /// Takes up the registrations, subscriptions and locks of the last run. To be called once, before the endpoint starts;
    /// again after it has thrown.
    /// - Throws: what the store throws.
    public func load(into endpoint: SIPEndpoint) async throws {
        for lockout in try await store.passwordLockouts() { await gatekeeper.locked(lockout) }
        for (id, bindings) in try await registrations.load() {
            guard let owner = bindings.first?.owner,
                let account = try await store.account(number: owner.number, domain: owner.domain), account.id == id
            else { continue }
            let display = try await display(of: account)
            for binding in bindings {
                await gatekeeper.proved(owner, from: (binding.source ?? binding.flow.remote).host)
            }
            for binding in bindings { await lamps.restored(contact(binding, of: account, display)) }
        }
        try await loadSubscriptions(into: endpoint)
    }

    private func loadSubscriptions(into endpoint: SIPEndpoint) async throws {
        var restored: [RestoredLamp] = []
        var over: [String] = []
        for stored in try await store.subscriptions() {
            if stored.expiresAt > now(), let kept = stored.kept, let account = try await store.account(stored.account),
                let display = try await display(of: account, showing: stored.mailbox)
            {
                restored.append(RestoredLamp(stored: stored, kept: kept, display: display))
            } else {
                over.append(stored.tag)
            }
        }
        for lamp in restored { await lamps.resumed(lamp, by: endpoint) }
        if !over.isEmpty { await lamps.forget(over) }
    }

    /// Begins to tell lamps, those of the last run first, and lets registrations run out.
    public func start(_ endpoint: SIPEndpoint) async {
        let changes = store.extensionChanges()
        watcher.withLock { watcher in
            watcher = Task { [weak self] in
                for await account in changes { await self?.extensionChanged(account) }
            }
        }
        await lamps.start(endpoint)
        await registrations.start { [lamps] account, bindings in await lamps.unregistered(bindings, of: account) }
        await startTrunks()
    }

    /// Says who sent a call.
    public func admit(_ request: SIPRequest, by flow: Flow) async -> Admission {
        await gatekeeper.admit(request, by: flow)
    }

    /// Ends all subscriptions with a NOTIFY that makes phones subscribe again at once, and waits until they are told,
    /// but no longer than `limit`. The endpoint has to be running still.
    public func shutDown(within limit: Duration) async {
        isShutDown.withLock { $0 = true }
        watcher.withLock { $0?.cancel() }
        await registrations.stop()
        await lamps.shutDown(within: limit)
    }

    // MARK: For the requests

    /// Does the work for a request in a Task, or has it sent away when there are too many already.
    func work(
        _ errand: Backlog.Errand, _ body: @escaping @Sendable () async -> Void,
        orSendAway sendAway: (HeaderField) -> Void
    ) {
        let begun = now()
        if let pause = backlog.withLock({ $0.begin(errand, now: begun) }) {
            return sendAway(HeaderField("Retry-After", String(pause)))
        }
        Task {
            await body()
            let end = now()
            backlog.withLock { $0.end(errand, after: end - begun, now: end) }
        }
    }
}
