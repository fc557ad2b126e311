// Says who sent a request (G4): a phone that proves itself by digest (RFC 3261 §22, RFC 8760), a phone that is
// registered from the very same address and port where that is enough, or a peer that is trusted by its address.
// Everybody else is challenged and then refused, with the same answers and the same work whether or not the account
// exists, or is locked after too many guesses.

internal import Logging
internal import Mailboxes
internal import SIP

actor Gatekeeper {
    private let store: any PhoneStore
    private let settings: PhoneSettings
    private let registrations: Registrations
    private let logger: Logger
    private let now: @Sendable () -> Double
    private var digest: DigestAuthenticator
    private var guesses: GuessLedger
    /// How many digests have been computed.
    private(set) var digestsComputed = 0
    /// Stands in for the secret of an account that there is not; nobody knows its password.
    private let dummySecret: String

    init(
        store: any PhoneStore, settings: PhoneSettings, registrations: Registrations, logger: Logger,
        random: RandomSource = .system, now: @escaping @Sendable () -> Double
    ) {
        var random = random
        digest = DigestAuthenticator(key: (0..<32).map { _ in .random(in: .min ... .max, using: &random) })
        dummySecret = (0..<4).map { _ in random.token() }.joined()
        self.store = store
        self.settings = settings
        self.registrations = registrations
        self.logger = logger
        self.now = now
        guesses = GuessLedger(threshold: settings.wrongPasswords)
    }

    /// A phone that was registered from there before a restart.
    func proved(_ account: AddressOfRecord, from address: String) {
        guesses.proved(.init(account: "\(account.number)@\(account.domain)", address: address), now: now())
    }

    /// A lock of before a restart.
    func locked(_ kept: PasswordLockout) {
        let subject: GuessLedger.Subject
        switch (kept.subject.account, kept.subject.address) {
        case (let account?, let address?):
            subject = .phone(.init(account: account, address: address, isPeer: isPeer(address)))
        case (let account?, nil): subject = .account(account)
        case (nil, let address?): subject = .source(address)
        case (nil, nil): return
        }
        guesses.restore(kept.lockout, of: subject)
    }

    func admit(_ request: SIPRequest, by flow: Flow) async -> Admission {
        do {
            return try await judge(request, by: flow)
        } catch {
            logger.error("The store did not say who is calling", metadata: ["error": "\(error)"])
            return .reject(status: 503, headers: [HeaderField("Retry-After", "5")])
        }
    }

    private func judge(_ request: SIPRequest, by flow: Flow) async throws -> Admission {
        let peer = settings.trustedPeers.first { $0.includes(flow.remote.host) }
        let needsDigest = request.method == .register || request.method == .subscribe
        let offered = DigestCredentials.all(in: request.head)
        if let peer, !needsDigest, offered.isEmpty { return try await admit(peer, request) }
        let organisation = try await organisation(of: request)
        let realm = organisation?.domain ?? request.uri.host
        let credentials = offered.first { $0.realm == realm }
        if let peer {
            let admission = try await admit(peer, request)
            // Credentials beside an assertion were for the peer.
            if case .peer(_, _, .some) = admission { return admission }
            if !needsDigest, credentials == nil { return admission }
        }
        if !needsDigest, credentials == nil {
            // What comes through a proxy has the proxy's address, whoever it is from.
            if settings.callPolicy == .binding, request.head.vias.count == 1, let organisation,
                let account = try await account(request.head.from.uri.number, of: organisation),
                await registrations.holds(account.id, by: flow)
            {
                return .phone(account)
            }
        }
        guard let credentials else {
            let name = request.claimedAddress.uri.number
            let account = try await account(name, of: organisation)
            return challenge(realm, try await algorithm(for: name, account, of: organisation))
        }
        return try await verify(credentials, of: request, organisation, realm: realm, by: flow)
    }

    // MARK: Digest

    private func verify(
        _ credentials: DigestCredentials, of request: SIPRequest, _ organisation: Organisation?, realm: String,
        by flow: Flow
    ) async throws -> Admission {
        let account = try await account(credentials.username, of: organisation)
        let algorithm = try await algorithm(for: credentials.username, account, of: organisation)
        guard credentials.algorithm == algorithm.sip else { return challenge(realm, algorithm) }
        let attempt = GuessLedger.Attempt(
            credentials.username, realm, flow.remote.host, isPeer: isPeer(flow.remote.host))
        // The right one would not open now either, and looks as wrong.
        if await isLocked(attempt) { return .reject(status: 403, headers: []) }
        let secret = account?.secret(for: credentials.username, algorithm) ?? dummySecret
        digestsComputed += 1
        let verdict = digest.verify(
            credentials, method: request.method, uri: request.uri, secret: secret, now: Int(now()))
        switch verdict {
        case .stale, .replayed: return challenge(realm, algorithm, stale: true)
        case .invalid:
            await countWrong(attempt)
            return .reject(status: 403, headers: [])
        case .valid:
            guesses.proved(attempt, now: now())
            // Whoever may use one account may not speak for another.
            guard let account, request.isAnonymousCall || request.claimedAddress.uri.number == account.number else {
                return .reject(status: 403, headers: [])
            }
            return .phone(account)
        }
    }

    /// The words and keys of these lines are what fail2ban/lamplighter.conf looks for: `address` is one that may be shut
    /// out, which a trunk's may not.
    private func countWrong(_ attempt: GuessLedger.Attempt) async {
        let place: Logger.Metadata = [attempt.isPeer ? "peer" : "address": "\(attempt.address)"]
        logger.notice("wrong password", metadata: place.merging(["account": "\(attempt.account)"]) { $1 })
        for lock in guesses.countWrong(attempt, now: now()) {
            logger.notice(
                "locked after wrong passwords", metadata: ["who": "\(lock.subject)", "seconds": "\(lock.seconds)"])
            do {
                try await store.keep(PasswordLockout(subject: lock.subject.stored, lockout: lock.lockout))
                guesses.kept(lock.subject)
            } catch {
                logger.error(
                    "a restart will forget this lock", metadata: ["who": "\(lock.subject)", "error": "\(error)"])
            }
        }
    }

    private func isLocked(_ attempt: GuessLedger.Attempt) async -> Bool {
        for (subject, isKept) in guesses.locks(on: attempt, now: now()) {
            // While the store does not say that an administrator has ended it, it holds.
            guard isKept, (try? await store.isKept(subject.stored)) == false else { return true }
            guesses.forget(subject)
        }
        return false
    }

    /// A name that no account has is asked as some account is. It is looked for either way, so that both take as long.
    private func algorithm(
        for name: String?, _ account: Extension?, of organisation: Organisation?
    ) async throws -> Mailboxes.DigestAlgorithm {
        guard let name, let organisation else { return organisation?.digest ?? .md5 }
        // What has both forms for an account has both for a stranger.
        let stranger = try await store.digest(ofStranger: organisation.number(in: name) ?? name, in: organisation)
        return account?.digest ?? stranger
    }

    private func isPeer(_ host: String) -> Bool { settings.trustedPeers.contains { $0.includes(host) } }

    private func challenge(_ realm: String, _ algorithm: Mailboxes.DigestAlgorithm, stale: Bool = false) -> Admission {
        let value = digest.challenge(realm: realm, algorithm: algorithm.sip, stale: stale, now: Int(now()))
        return .challenge([HeaderField("WWW-Authenticate", value)])
    }

    // MARK: Who there is

    /// The organisation that the sender's address or the Request-URI names, or the one for phones that use our address.
    private func organisation(of request: SIPRequest) async throws -> Organisation? {
        for host in [request.claimedAddress.uri.host, request.uri.host, settings.defaultDomain].compactMap(\.self) {
            if let organisation = try await store.organisation(domain: host) { return organisation }
        }
        guard settings.defaultDomain == nil else { return nil }
        let all = try await store.organisations()
        return all.count == 1 ? all.first : nil
    }

    private func account(_ name: String?, of organisation: Organisation?) async throws -> Extension? {
        guard let name, let organisation, let number = organisation.number(in: name) else { return nil }
        return try await store.account(number: number, domain: organisation.domain)
    }

    private func admit(_ peer: TrustedPeer, _ request: SIPRequest) async throws -> Admission {
        if let domain = peer.domain {
            // A trunk whose organisation is not there yet, or no longer, must not reach another's (A8).
            guard let organisation = try await store.organisation(domain: domain) else {
                return .reject(status: 404, headers: [])
            }
            return try await admit(peer, request, of: organisation)
        }
        for host in [request.uri.host, settings.defaultDomain].compactMap(\.self) {
            if let organisation = try await store.organisation(domain: host) {
                return try await admit(peer, request, of: organisation)
            }
        }
        let all = settings.defaultDomain == nil ? try await store.organisations() : []
        guard all.count == 1, let organisation = all.first else { return .reject(status: 404, headers: []) }
        return try await admit(peer, request, of: organisation)
    }

    private func admit(
        _ peer: TrustedPeer, _ request: SIPRequest, of organisation: Organisation
    ) async throws -> Admission {
        var asserted: Extension?
        for identity in request.head.assertedIdentities.prefix(2) where asserted == nil {
            // Another organisation's 100 is not ours.
            let other = try await store.organisation(domain: identity.uri.host)
            guard other == nil || other?.id == organisation.id else { continue }
            asserted = try await account(identity.uri.number, of: organisation)
        }
        // Nobody registers for somebody else (RFC 3261 §10.3 step 3).
        if request.method == .register, request.head.to.uri.number != asserted?.number { asserted = nil }
        return .peer(peer, domain: organisation.domain, account: asserted)
    }
}

extension SIPRequest {
    /// Whom the sender says to be: of a REGISTER the address that is registered (RFC 3261 §10.2), else From.
    fileprivate var claimedAddress: NameAddress { method == .register ? head.to : head.from }

    /// A phone that withholds its number still proves itself to us (RFC 3323 §4.1.1.3).
    fileprivate var isAnonymousCall: Bool { method == .invite && head.from.uri.isAnonymous }
}

extension GuessLedger.Attempt {
    /// The account is written down as it is, so signs that could forge a line of the log are not kept.
    fileprivate init(_ username: String, _ realm: String, _ address: String, isPeer: Bool) {
        let name = username.prefix { $0 != "@" }
        let account = "\(name.prefix(64))@\(realm.prefix(255))".unicodeScalars.map { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "@.-_+".unicodeScalars.contains(scalar)
                ? Character(scalar) : "?"
        }
        self.init(account: String(account), address: address, isPeer: isPeer)
    }
}

extension GuessLedger.Subject {
    fileprivate var stored: PasswordLockout.Subject {
        switch self {
        case .account(let account): .init(account: account, address: nil)
        case .source(let address): .init(account: nil, address: address)
        case .phone(let phone): .init(account: phone.account, address: phone.address)
        }
    }
}

extension TrustedPeer {
    fileprivate func includes(_ host: String) -> Bool { networks.contains { $0.contains(host) } }
}

extension Organisation {
    /// - Parameter name: `100` or `100@example.org`.
    fileprivate func number(in name: String) -> String? {
        let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 1 || parts[1].lowercased() == domain ? parts.first.map(String.init) : nil
    }
}

extension Extension {
    /// H(A1) for the user name that the phone chose, with or without the domain (RFC 7616 §3.4.2).
    fileprivate func secret(for username: String, _ algorithm: Mailboxes.DigestAlgorithm) -> String? {
        switch (algorithm, username.contains("@")) {
        case (.md5, false): fields.ha1MD5
        case (.md5, true): fields.addressHA1MD5
        case (.sha256, false): fields.ha1SHA256
        case (.sha256, true): fields.addressHA1SHA256
        }
    }
}

extension Mailboxes.DigestAlgorithm {
    fileprivate var sip: SIP.DigestAlgorithm {
        switch self {
        case .md5: .md5
        case .sha256: .sha256
        }
    }
}
