// The room's door: what the composition root wires between the endpoint and the store. Requests come in on the
// endpoint's event loop, so every handler returns at once and does its work in a Task.

public import Logging
public import Mailboxes
public import SIP
internal import Synchronization
internal import Foundation

public final class Phones: Sendable {
    /// Requests being worked on at once; one more gets 503.
    private static let maximumPending = 2_000

    private let store: any Store
    private let settings: PhoneSettings
    private let rules: SubscribeRules
    private let logger: Logger
    private let registrations: Registrations
    private let gatekeeper: Gatekeeper
    private let lamps: Lamps
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

    // MARK: REGISTER

    /// Answers a REGISTER (F1). Returns at once.
    public func register(_ incoming: IncomingRequest) {
        let request = incoming.request
        guard begin() else { return incoming.respond(request.refusal(503, [Self.busy])) }
        Task {
            await answer(incoming)
            end()
        }
    }

    private func answer(_ incoming: IncomingRequest) async {
        let request = incoming.request
        let account: Extension
        switch await gatekeeper.admit(request, by: incoming.flow) {
        case .phone(let phone): account = phone
        case .challenge(let headers): return incoming.respond(request.refusal(401, headers))
        case .peer: return incoming.respond(request.refusal(403))
        case .reject(let status, let headers): return incoming.respond(request.refusal(status, headers))
        }
        let outcome = await registrations.register(request, of: account, by: incoming.flow)
        var response = request.refusal(outcome.status, outcome.headers)
        response.head.contacts = outcome.contacts
        incoming.respond(response)
        guard let change = outcome.change else { return }
        await lamps.unregistered(change.removed, of: account.id)
        guard let name = try? await messageAccount(of: account) else { return }
        for (bindings, fresh) in [(change.fresh, true), (change.refreshed, false)] {
            for binding in bindings {
                let contact = LampContact(
                    binding, account: account.id, mailbox: account.mailbox, messageAccount: name)
                await lamps.registered(contact, fresh: fresh)
            }
        }
    }

    // MARK: SUBSCRIBE

    /// Answers a SUBSCRIBE outside a dialog (F2). Returns at once.
    public func subscribe(_ incoming: IncomingSubscribe) {
        guard begin() else { return incoming.reject(503, headers: [Self.busy]) }
        Task {
            await answer(incoming)
            end()
        }
    }

    private func answer(_ incoming: IncomingSubscribe) async {
        let expires: Int
        switch rules.judge(incoming.request) {
        case .refused(let status, let headers): return incoming.reject(status, headers: headers)
        case .granted(let seconds): expires = seconds
        }
        let account: Extension
        switch await gatekeeper.admit(incoming.request, by: incoming.flow) {
        case .phone(let phone): account = phone
        case .challenge(let headers): return incoming.reject(401, headers: headers)
        case .peer: return incoming.reject(403)
        case .reject(let status, let headers): return incoming.reject(status, headers: headers)
        }
        do {
            try await subscribe(account, by: incoming, expires: expires)
        } catch {
            logger.error("A mailbox was not found out", metadata: ["error": "\(error)"])
            incoming.reject(503, headers: [Self.busy])
        }
    }

    /// A phone may watch its own mailbox and the general ones of its organisation (F3).
    private func subscribe(_ account: Extension, by incoming: IncomingSubscribe, expires: Int) async throws {
        let uri = incoming.request.uri
        var watched = account.mailbox
        var name = try await messageAccount(of: account)
        let resource = rules.resource(of: uri, for: account)
        if uri.host != account.domain, try await store.organisation(domain: uri.host) != nil {
            return incoming.reject(403)
        }
        if case .mailbox(let number) = resource {
            guard let mailbox = try await store.mailbox(number: number, domain: account.domain) else {
                return incoming.reject(404)
            }
            guard mailbox.kind == .general || mailbox.id == account.mailbox else { return incoming.reject(403) }
            watched = mailbox.id
            name = "sip:\(number)@\(account.domain)"
        }
        let contact: SIPURI? =
            if case .address(let address) = incoming.request.head.contacts.first { address.uri } else { nil }
        let (mailbox, messageAccount) = (watched, name)
        await lamps.subscribed(incoming, expires: expires) { id in
            LampSubscription(
                id: id, account: account.id,
                owner: AddressOfRecord(number: account.number, domain: account.domain), mailbox: mailbox,
                isOwn: resource == .own, messageAccount: messageAccount, contact: contact, flow: incoming.flow)
        }
    }

    // MARK: Small things

    private static let busy = HeaderField("Retry-After", "5")

    /// The URI by which an account's phones reach the account's own mailbox.
    private func messageAccount(of account: Extension) async throws -> String {
        if settings.messageAccount == .pilot, let pilot = settings.pilotNumbers.first {
            return "sip:\(pilot)@\(account.domain)"
        }
        let number = try await store.mailbox(account.mailbox)?.number ?? account.number
        return "sip:\(number)@\(account.domain)"
    }

    private func begin() -> Bool {
        pending.withLock { count in
            guard count < Self.maximumPending else { return false }
            count += 1
            return true
        }
    }

    private func end() { pending.withLock { $0 -= 1 } }
}

extension SIPRequest {
    fileprivate func refusal(_ status: Int, _ headers: [HeaderField] = []) -> SIPResponse {
        var response = response(status)
        response.head.other += headers
        return response
    }
}
