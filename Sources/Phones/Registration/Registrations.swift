// Runs the registrar: the requests of one account one after the other, the store written before the change counts and
// before the phone hears of it, so that what a phone was told survives a restart (F1).

internal import Logging
internal import Mailboxes
internal import SIP

actor Registrations {
    /// What to answer, and what the lamps have to know afterwards.
    struct Outcome: Sendable {
        var status: Int
        var headers: [HeaderField] = []
        /// What a 200 lists (RFC 3261 §10.3 step 8).
        var contacts: [Contact] = []
        var change: Registrar.Change?
    }

    /// Requests of one account that may wait for each other; one more gets 503.
    private static let maximumWaiting = 16
    private static let tryLater = Outcome(status: 503, headers: [HeaderField("Retry-After", "5")])

    private let store: any PhoneStore
    private let logger: Logger
    private let now: @Sendable () -> Double
    private(set) var registrar: Registrar
    private var alarm: Alarm
    /// Accounts with a change under way, and who waits for it to end.
    private(set) var waiting: [ExtensionID: [CheckedContinuation<Void, Never>]] = [:]
    private var whenGone: (@Sendable (ExtensionID, [Binding]) async -> Void)?

    init(
        store: any PhoneStore, limits: RegistrarLimits, logger: Logger, now: @escaping @Sendable () -> Double,
        sleep: @escaping Alarm.Sleep = Alarm.sleep
    ) {
        alarm = Alarm(sleep: sleep)
        self.store = store
        self.logger = logger
        self.now = now
        registrar = Registrar(limits: limits)
    }

    /// Takes up the bindings of the last run.
    /// - Returns: those that are still good.
    func load() async throws -> [ExtensionID: [Binding]] {
        let time = now()
        var accounts: [ExtensionID: [Binding]] = [:]
        for stored in try await store.bindings() where stored.expiresAt > time {
            if let binding = Binding(stored) {
                accounts[stored.account, default: []].append(binding)
            } else {
                logger.warning("A stored binding cannot be read", metadata: ["contact": "\(stored.contact)"])
            }
        }
        for (account, bindings) in accounts { registrar.commit(Registrar.Change(bindings: bindings), of: account) }
        return accounts
    }

    /// Takes away bindings that run out, from now on, and tells which.
    func start(whenGone: @escaping @Sendable (ExtensionID, [Binding]) async -> Void) {
        self.whenGone = whenGone
        setAlarm()
    }

    func stop() {
        whenGone = nil
        alarm.cancel()
    }

    /// Whether a phone of this account registered from this very address and port.
    func holds(_ account: ExtensionID, by flow: Flow) -> Bool {
        registrar.bindings(of: account, now: now()).contains {
            ($0.source ?? $0.flow.remote) == flow.remote && $0.flow.transport == flow.transport
        }
    }

    /// The bindings that are good now, the longest unrefreshed first.
    func bindings(of account: ExtensionID) -> [Binding] { registrar.bindings(of: account, now: now()) }

    /// Forgets the phones of an extension that is no more.
    func remove(_ account: ExtensionID) async {
        await enter(account)
        registrar.commit(Registrar.Change(bindings: []), of: account)
        leave(account)
        setAlarm()
    }

    /// - Parameter report: answers the phone and tells its lamp, before the account's next request is looked at.
    func register<Result: Sendable>(
        _ request: SIPRequest, of account: Extension, by flow: Flow,
        then report: @Sendable (Outcome) async -> Result
    ) async -> Result {
        guard (waiting[account.id]?.count ?? 0) < Self.maximumWaiting else { return await report(Self.tryLater) }
        await enter(account.id)
        defer { leave(account.id) }
        return await report(await outcome(of: request, of: account, by: flow))
    }

    /// - Parameter body: is given what is registered now, before the account's next request is looked at.
    func withBindings<Result: Sendable>(
        of account: ExtensionID, _ body: @Sendable ([Binding]) async -> Result
    ) async -> Result {
        await enter(account)
        defer { leave(account) }
        return await body(bindings(of: account))
    }

    private func outcome(of request: SIPRequest, of account: Extension, by flow: Flow) async -> Outcome {
        switch registrar.judge(request, of: account, by: flow, now: now()) {
        case .refused(let status, let headers): return Outcome(status: status, headers: headers)
        case .listed: return list(account.id)
        case .changed(let change):
            guard await write(change.bindings, of: account.id) else { return Self.tryLater }
            registrar.commit(change, of: account.id)
            setAlarm()
            var outcome = list(account.id)
            outcome.change = change
            // RFC 3327 §5.3: a phone that knows what it is sees the way that was taken.
            if request.head.tokens(of: "Supported").contains("path") {
                outcome.headers = request.head.values(of: "Path").map { HeaderField("Path", $0) }
            }
            return outcome
        }
    }

    private func list(_ account: ExtensionID) -> Outcome {
        let time = now()
        let contacts = registrar.bindings(of: account, now: time).map { binding in
            var contact = binding.contact
            contact.parameters["expires"] = String(max(1, Int((binding.expiresAt - time).rounded())))
            return Contact.address(contact)
        }
        return Outcome(status: 200, contacts: contacts)
    }

    private func write(_ bindings: [Binding], of account: ExtensionID) async -> Bool {
        do {
            try await store.replaceBindings(of: account, with: bindings.map { try $0.stored(for: account) })
            return true
        } catch {
            logger.error("Bindings were not stored", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func setAlarm() {
        guard whenGone != nil else { return }
        alarm.set(registrar.nextExpiry, now: now()) { [weak self] in await self?.dropExpired() }
    }

    private func dropExpired() async {
        alarm.rang()
        while let account = registrar.popExpired(now: now()) {
            await enter(account)
            let change = registrar.expiry(of: account, now: now())
            registrar.commit(change, of: account)
            // A failure leaves rows behind that the next start passes over.
            if !change.removed.isEmpty { _ = await write(change.bindings, of: account) }
            if !change.removed.isEmpty { await whenGone?(account, change.removed) }
            leave(account)
        }
        setAlarm()
    }

    // One change at a time for each account: the next one is let in by the one before.

    private func enter(_ account: ExtensionID) async {
        guard waiting[account] != nil else { return waiting[account] = [] }
        await withCheckedContinuation { waiting[account, default: []].append($0) }
    }

    private func leave(_ account: ExtensionID) {
        guard var line = waiting[account], !line.isEmpty else { return waiting[account] = nil }
        let next = line.removeFirst()
        waiting[account] = line
        next.resume()
    }
}
