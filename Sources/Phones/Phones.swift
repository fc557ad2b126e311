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
    private let pending = Mutex(0)
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
        rules = SubscribeRules(limits: settings.lamps, pilotNumbers: settings.pilotNumbers)
        registrations = Registrations(store: store, limits: settings.registrar, logger: logger, now: now, sleep: sleep)
        gatekeeper = Gatekeeper(
            store: store, settings: settings, registrations: registrations, logger: logger, random: random, now: now)
        lamps = Lamps(
            store: store, limits: settings.lamps, logger: logger, random: random, now: now, sleep: sleep)
    }

    /// Takes up the registrations of the last run. To be called once, before the endpoint starts.
    /// - Throws: what the store throws.
    public func load() async throws {
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
    }

    /// Begins to tell lamps, those of the loaded registrations first, and lets registrations run out.
    public func start(_ endpoint: SIPEndpoint) async {
        let changes = store.extensionChanges()
        watcher.withLock { watcher in
            watcher = Task { [weak self] in
                for await account in changes { await self?.extensionChanged(account) }
            }
        }
        await lamps.start(endpoint)
        await registrations.start { [lamps] account, bindings in await lamps.unregistered(bindings, of: account) }
    }

    /// Says who sent a call.
    public func admit(_ request: SIPRequest, by flow: Flow) async -> Admission {
        await gatekeeper.admit(request, by: flow)
    }

    /// Tells its phones again, with what they show now; those of an extension that was removed are forgotten.
    private func extensionChanged(_ id: ExtensionID) async {
        do {
            if let account = try await store.account(id) {
                await lamps.resettled(id, on: try await display(of: account))
            } else {
                await lamps.removed(id)
                await registrations.remove(id)
            }
        } catch {
            logger.error("A change of an extension was not taken up", metadata: ["error": "\(error)"])
        }
    }

    /// Ends all subscriptions with a NOTIFY that makes phones subscribe again at once, and waits until they are told,
    /// but no longer than `limit`. The endpoint has to be running still.
    public func shutDown(within limit: Duration) async {
        watcher.withLock { $0?.cancel() }
        await registrations.stop()
        await lamps.shutDown(within: limit)
    }

    // MARK: For the requests

    func display(of account: Extension) async throws -> LampDisplay {
        var mailboxes = [account.mailbox]
        for number in account.settings.alsoShows {
            // One that was removed has nothing to show.
            if let mailbox = try await store.mailbox(number: number, domain: account.domain),
                mailbox.kind == .general, !mailboxes.contains(mailbox.id)
            {
                mailboxes.append(mailbox.id)
            }
        }
        return LampDisplay(
            mailboxes: mailboxes, messageAccount: try await messageAccount(of: account),
            unsolicited: account.settings.unsolicited)
    }

    func contact(_ binding: Binding, of account: Extension, _ display: LampDisplay) -> LampContact {
        LampContact(
            binding, account: account.id, display: display, habit: settings.unsolicited(for: binding.agent))
    }

    /// The URI by which an account's phones reach the account's own mailbox.
    private func messageAccount(of account: Extension) async throws -> String {
        if settings.messageAccount == .pilot, let pilot = settings.pilotNumbers.first {
            return "sip:\(pilot)@\(account.domain)"
        }
        let number = try await store.mailbox(account.mailbox)?.number ?? account.number
        return "sip:\(number)@\(account.domain)"
    }

    /// Counts a request in; false when there are too many already.
    func begin() -> Bool {
        pending.withLock { count in
            guard count < settings.maximumPending else { return false }
            count += 1
            return true
        }
    }

    func end() { pending.withLock { $0 -= 1 } }
}
