// The registrar (RFC 3261 §10.3) as a pure machine: a REGISTER of an authenticated account and the time go in, a
// verdict comes out; the new bindings count from the moment they are committed, after the store has them.

internal import Mailboxes
internal import SIP

struct Registrar: Sendable {
    /// What a REGISTER does to the bindings of an account: all of it or nothing (§10.3 step 7).
    struct Change: Hashable, Sendable {
        /// All bindings of the account from now on, the longest unrefreshed first.
        var bindings: [Binding]
        /// Those that are new, come from another device, or by another way: their lamps may be wrong.
        var fresh: [Binding] = []
        /// Those that were there before and have a new expiry only.
        var refreshed: [Binding] = []
        /// Those that are gone, or are written otherwise now (RFC 3261 §19.1.4 calls more URIs equal than text does).
        var removed: [Binding] = []
    }

    enum Verdict: Hashable, Sendable {
        case refused(status: Int, headers: [HeaderField] = [])
        /// A query: 200 with the bindings as they are.
        case listed
        case changed(Change)
    }

    /// Proxies between a phone and us: more than there ever are.
    private static let longestPath = 8

    private let limits: RegistrarLimits
    private(set) var bindings: [ExtensionID: [Binding]] = [:]
    private var deadlines = Deadlines<ExtensionID>()

    init(limits: RegistrarLimits) { self.limits = limits }

    /// When the next binding runs out.
    var nextExpiry: Double? { mutating get { deadlines.next } }

    func bindings(of account: ExtensionID, now: Double) -> [Binding] {
        (bindings[account] ?? []).filter { $0.expiresAt > now }
    }

    func judge(_ request: SIPRequest, of account: Extension, by flow: Flow, now: Double) -> Verdict {
        let head = request.head
        let current = bindings(of: account.id, now: now)
        if head.contacts.isEmpty { return .listed }
        if head.contacts.contains(.everything) {
            guard head.contacts.count == 1, head["Expires"].flatMap(deltaSeconds) == 0 else {
                return .refused(status: 400)
            }
            guard !current.contains(where: { $0.isNotOlder(than: head) }) else { return .refused(status: 500) }
            return .changed(Change(bindings: [], removed: current))
        }
        guard head.contacts.count <= limits.contactsPerAccount else { return .refused(status: 403) }
        guard let path = try? head.path(), path.count <= Self.longestPath else { return .refused(status: 400) }
        var wishes: [(contact: NameAddress, expiry: Int)] = []
        for case .address(let contact) in head.contacts {
            guard contact.uri.scheme.isSIP else { return .refused(status: 400) }
            let expiry = expiry(of: contact, in: head)
            guard expiry == 0 || expiry >= limits.minimumExpiry else {
                return .refused(
                    status: 423, headers: [HeaderField("Min-Expires", String(limits.minimumExpiry))])
            }
            guard !current.contains(where: { $0.isSameContact(as: contact.uri) && $0.isNotOlder(than: head) }) else {
                return .refused(status: 500)
            }
            wishes.append((contact, min(expiry, limits.maximumExpiry)))
        }
        let owner = AddressOfRecord(number: account.number, domain: account.domain)
        let new = wishes.map { wish in
            var contact = wish.contact
            contact.parameters["expires"] = nil
            let way = request.returnFlow(flow, to: contact.uri)
            return Binding(
                owner: owner, contact: contact, callID: head.callID, cseq: head.cseq.number,
                expiresAt: now + Double(wish.expiry), flow: way, path: path,
                source: way == flow ? nil : flow.remote,
                agent: head["User-Agent"].map { String($0.prefix(100)) })
        }
        return .changed(merge(new, into: current, direct: head.vias.count == 1, now: now))
    }

    /// Makes a change the present state; the store has it by now.
    mutating func commit(_ change: Change, of account: ExtensionID) {
        bindings[account] = change.bindings.isEmpty ? nil : change.bindings
        if let first = change.bindings.map(\.expiresAt).min() {
            deadlines.set(account, at: first)
        } else {
            deadlines.cancel(account)
        }
    }

    /// The next account of which a binding has run out; what is left of it has to be committed then.
    mutating func popExpired(now: Double) -> ExtensionID? { deadlines.popDue(now: now) }

    /// What is left of an account when the bindings that have run out are taken away.
    func expiry(of account: ExtensionID, now: Double) -> Change {
        let all = bindings[account] ?? []
        return Change(
            bindings: all.filter { $0.expiresAt > now }, removed: all.filter { $0.expiresAt <= now })
    }

    private func merge(_ new: [Binding], into current: [Binding], direct: Bool, now: Double) -> Change {
        var change = Change(bindings: current)
        for binding in new {
            let before = current.first { $0.isSameContact(as: binding.contact.uri) }
            change.bindings.removeAll { old in
                old.isSameContact(as: binding.contact.uri)
                    || binding.expiresAt > now && binding.supersedes(old, direct: direct, among: new)
            }
            guard binding.expiresAt > now else { continue }
            change.bindings.append(binding)
            if let before, before.callID == binding.callID, before.flow == binding.flow,
                before.path == binding.path
            {
                change.refreshed.append(binding)
            } else {
                change.fresh.append(binding)
            }
        }
        change.bindings.removeFirst(max(0, change.bindings.count - limits.contactsPerAccount))
        change.fresh = change.fresh.filter(change.bindings.contains)
        change.refreshed = change.refreshed.filter(change.bindings.contains)
        change.removed = current.filter { old in !change.bindings.contains { $0.contact.uri == old.contact.uri } }
        return change
    }

    /// §10.3 step 7: the contact's own time, else the header's, else ours; a malformed one counts as none (§20.10).
    private func expiry(of contact: NameAddress, in head: MessageHead) -> Int {
        contact.parameters["expires"].flatMap(deltaSeconds) ?? head["Expires"].flatMap(deltaSeconds)
            ?? limits.defaultExpiry
    }
}

extension Binding {
    /// §10.3 steps 6 and 7: a REGISTER of the same Call-ID has to carry a higher CSeq than the last one.
    fileprivate func isNotOlder(than head: MessageHead) -> Bool {
        callID == head.callID && cseq >= head.cseq.number
    }

    /// Whether `old` is what the same phone left behind, as by a restart: the same instance and connection
    /// (RFC 5626 §6), or another Call-ID from the very socket that the phone itself names, with no proxy between.
    fileprivate func supersedes(_ old: Binding, direct: Bool, among new: [Binding]) -> Bool {
        guard !new.contains(where: { $0.isSameContact(as: old.contact.uri) }) else { return false }
        if let instance, instance == old.instance { return true }
        return direct && old.callID != callID && old.flow.transport == flow.transport
            && old.flow.remote == flow.remote && old.contact.uri.host == contact.uri.host
            && old.contact.uri.port == contact.uri.port
    }
}

/// delta-seconds (RFC 3261 §25.1); what is above 2^31 counts as 2^31. Nil: not a number.
func deltaSeconds(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return min(Int(text) ?? .max, 1 << 31)
}
