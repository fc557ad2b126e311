// The room's door: what the composition root wires between the endpoint and the store. How requests are answered is
// in `Phones+Requests.swift`.

internal import Foundation
public import Logging
public import Mailboxes
public import SIP
internal import Synchronization

public final class Phones: Sendable {
    /// Requests being worked on at once; one more gets 503.
    private static let maximumPending = 2_000

    let store: any Store
    let settings: PhoneSettings
    let rules: SubscribeRules
    let logger: Logger
    let registrations: Registrations
    let gatekeeper: Gatekeeper
    let lamps: Lamps
    private let pending = Mutex(0)

    public convenience init(store: any Store, settings: PhoneSettings, logger: Logger) {
        self.init(store: store, settings: settings, logger: logger, now: { Date().timeIntervalSince1970 })
    }

    /// - Parameter now: seconds since 1970.
    init(store: any Store, settings: PhoneSettings, logger: Logger, now: @escaping @Sendable () -> Double) {
        self.store = store
        self.settings = settings
        self.logger = logger
        rules = SubscribeRules(limits: settings.lamps, pilotNumbers: settings.pilotNumbers)
        registrations = Registrations(store: store, limits: settings.registrar, logger: logger, now: now)
        gatekeeper = Gatekeeper(
            store: store, settings: settings, registrations: registrations, logger: logger, now: now)
        lamps = Lamps(
            store: store, limits: settings.lamps, unsolicited: settings.unsolicited, logger: logger, now: now)
    }

    /// Takes up the registrations of the last run. To be called once, before the endpoint starts.
    /// - Throws: what the store throws.
    public func load() async throws {
        for (id, bindings) in try await registrations.load() {
            guard let owner = bindings.first?.owner,
                let account = try await store.account(number: owner.number, domain: owner.domain), account.id == id
            else { continue }
            let name = try await messageAccount(of: account)
            for binding in bindings {
                await lamps.restored(
                    LampContact(binding, account: id, mailbox: account.mailbox, messageAccount: name))
            }
        }
    }

    /// Begins to tell lamps, those of the loaded registrations first, and lets registrations run out.
    public func start(_ endpoint: SIPEndpoint) async {
        await lamps.start(endpoint)
        await registrations.start { [lamps] account, bindings in await lamps.unregistered(bindings, of: account) }
    }

    /// Says who sent a call.
    public func admit(_ request: SIPRequest, by flow: Flow) async -> Admission {
        await gatekeeper.admit(request, by: flow)
    }

    /// Tells all lamps again, with the mailboxes that the accounts have now: for changes that the store does not
    /// announce, such as another mailbox for an extension.
    public func settingsChanged() async {
        for owner in await lamps.accounts {
            guard let account = try? await store.account(number: owner.number, domain: owner.domain),
                let name = try? await messageAccount(of: account)
            else { continue }
            await lamps.resettled(account.id, on: account.mailbox, messageAccount: name)
        }
    }

    /// Ends all subscriptions with a NOTIFY that makes phones subscribe again at once, and waits until they are told,
    /// but no longer than `limit`. The endpoint has to be running still.
    public func shutDown(within limit: Duration) async {
        await registrations.stop()
        await lamps.shutDown(within: limit)
    }

    // MARK: For the requests

    /// The URI by which an account's phones reach the account's own mailbox.
    func messageAccount(of account: Extension) async throws -> String {
        if settings.messageAccount == .pilot, let pilot = settings.pilotNumbers.first {
            return "sip:\(pilot)@\(account.domain)"
        }
        let number = try await store.mailbox(account.mailbox)?.number ?? account.number
        return "sip:\(number)@\(account.domain)"
    }

    /// Counts a request in; false when there are too many already.
    func begin() -> Bool {
        pending.withLock { count in
            guard count < Self.maximumPending else { return false }
            count += 1
            return true
        }
    }

    func end() { pending.withLock { $0 -= 1 } }
}
