// Decides which lamps to tell what and when (F2, F3), as a pure machine. A lamp is only ever told counts that were
// read after the event that made it wrong, so it cannot show what the store does not hold: whatever happens first
// puts the lamp on its mailbox's waiting list; one read at a time serves the whole list with the same counts.

internal import Mailboxes
internal import SIP

struct LampPlanner: Sendable {
    struct Contact: Sendable {
        var contact: LampContact
        /// The number of the NOTIFY that is on its way.
        var sending: UInt64?
        /// The counts changed while one was on its way.
        var isStale = false
        /// NOTIFYs in a row that failed.
        var failures = 0
        var lastSent: Double?
    }

    /// The reads of the same mailboxes: at most one at a time, and who waits for the next.
    struct Reading: Sendable {
        var served: Set<LampTarget>?
        var waiting: Set<LampTarget> = []
        var failures = 0
    }

    enum Due: Hashable, Sendable {
        case contact(LampContact.ID)
        case read([MailboxID])
        case backlog
    }

    let limits: LampLimits
    var contacts: [LampContact.ID: Contact] = [:]
    var subscriptions: [LampSubscription.ID: LampSubscription] = [:]
    var contactsOfAccount: [ExtensionID: Set<LampContact.ID>] = [:]
    var subscriptionsOfAccount: [ExtensionID: Set<LampSubscription.ID>] = [:]
    var watchers: [MailboxID: Set<LampTarget>] = [:]
    var readings: [[MailboxID]: Reading] = [:]
    var backlog: Set<LampTarget> = []
    var deadlines = Deadlines<Due>()
    var sendings: UInt64 = 0

    init(limits: LampLimits) { self.limits = limits }

    /// When `timePassed` is wanted next.
    var nextDeadline: Double? { mutating get { deadlines.next } }

    mutating func handle(_ event: LampEvent, now: Double) -> [LampAction] {
        switch event {
        case .changed(let mailbox): return changed(mailbox)
        case .registered(let contact, let fresh): return registered(contact, fresh: fresh, now: now)
        case .restored(let contact): restored(contact, now: now)
        case .unregistered(let id): unregistered(id, now: now)
        case .subscribed(let subscription): return subscribed(subscription)
        case .resumed(let subscription): resumed(subscription, now: now)
        case .refreshed(let id, let origin): return refreshed(id, origin)
        case .ended(let id, let told): return ended(id, told: told, now: now)
        case .resettled(let account, let display): resettle(account, on: display, now: now)
        case .removed(let account): return removed(account)
        case .read(let mailboxes, let counts): return wereRead(mailboxes, counts, now: now)
        case .readFailed(let mailboxes): readFailed(mailboxes, now: now)
        case .answered(let id, let sending, let answer): return answered(id, sending: sending, answer, now: now)
        case .timePassed: return timePassed(now: now)
        }
        return []
    }

    // MARK: What happens

    private func isWaitingToRetry(_ target: LampTarget) -> Bool {
        guard case .contact(let id) = target, let state = contacts[id] else { return false }
        return state.failures > 0 && state.failures <= limits.retries && deadlines[.contact(id)] != nil
    }

    private mutating func changed(_ mailbox: MailboxID) -> [LampAction] {
        let wrong = (watchers[mailbox] ?? []).filter { !isWaitingToRetry($0) }
        return Dictionary(grouping: wrong, by: mailboxes(of:)).flatMap { mailboxes, targets in
            want(Set(targets), of: mailboxes)
        }
    }

    private mutating func registered(_ contact: LampContact, fresh: Bool, now: Double) -> [LampAction] {
        let id = contact.id
        var state = contacts[id] ?? Contact(contact: contact)
        let since = state.lastSent.map { now - $0 } ?? .infinity
        let isDue = fresh || state.failures > 0 || since >= limits.refreshInterval
        if fresh {
            state.sending = nil
            state.isStale = false
        }
        state.failures = 0
        insert(state, contact)
        if isDue || contact.unsolicited == .off {
            deadlines.cancel(.contact(id))
            // A phone that was restarted may have forgotten its subscription: a NOTIFY there finds out.
            return want(Set([.contact(id)] + subscriptions(covering: contact)), of: contact.display.mailboxes)
        }
        deadlines.set(.contact(id), at: now + limits.refreshInterval - since)
        return []
    }

    private mutating func restored(_ contact: LampContact, now: Double) {
        guard contacts[contact.id] == nil else { return }
        insert(Contact(contact: contact), contact)
        postpone(.contact(contact.id), now: now)
    }

    private mutating func unregistered(_ id: LampContact.ID, now: Double) {
        remove(id)
        tellTrunk(of: id.account, now: now)
    }

    /// Whoever has the account's phones may not have heard of it while one of them was known here.
    private mutating func tellTrunk(of account: ExtensionID, now: Double) {
        for id in contactsOfAccount[account] ?? [] where contacts[id]?.contact.isTrunk == true {
            postpone(.contact(id), now: now)
        }
    }

    private mutating func resumed(_ subscription: LampSubscription, now: Double) {
        insert(subscription)
        if !subscription.isAwaited { postpone(.subscription(subscription.id), now: now) }
    }

    /// The endpoint has told the newest state again, unless there is none yet.
    private mutating func refreshed(_ id: LampSubscription.ID, _ origin: LampOrigin) -> [LampAction] {
        guard var subscription = subscriptions[id] else { return [] }
        let isDue = backlog.remove(.subscription(id)) != nil || subscription.isAwaited
        subscription.contact = origin.contact
        subscription.flow = origin.flow
        subscription.isProxied = origin.isProxied
        subscription.isAwaited = false
        subscriptions[id] = subscription
        return isDue ? want([.subscription(id)], of: subscription.display.mailboxes) : []
    }

    private mutating func subscribed(_ new: LampSubscription) -> [LampAction] {
        let replaced = subscriptions(replacedBy: new)
        for id in replaced { remove(id) }
        insert(new)
        // A phone that does hold two subscriptions shall not bring this one back.
        return replaced.map { .terminate($0, reason: "rejected") }
            + want([.subscription(new.id)], of: new.display.mailboxes)
    }

    /// The one from the same contact, which a restarted phone left behind, and the oldest of too many.
    private func subscriptions(replacedBy new: LampSubscription) -> [LampSubscription.ID] {
        let all = (subscriptionsOfAccount[new.account] ?? []).sorted()
        let same = all.filter { id in
            guard let other = subscriptions[id], let contact = new.contact else { return false }
            return other.display.mailboxes == new.display.mailboxes && other.contact?.isEquivalent(to: contact) == true
        }
        let others = all.filter { !same.contains($0) }
        return same + others.prefix(max(0, others.count + 1 - limits.subscriptionsPerAccount))
    }

    private mutating func ended(_ id: LampSubscription.ID, told: Bool, now: Double) -> [LampAction] {
        guard let subscription = subscriptions[id] else { return [] }
        remove(id)
        tellTrunk(of: subscription.account, now: now)
        guard !told else { return [] }
        let uncovered = (contactsOfAccount[subscription.account] ?? []).filter { id in
            contacts[id].map { subscription.covers($0.contact) } ?? false
        }
        return want(Set(uncovered.map { .contact($0) }), of: subscription.display.mailboxes)
    }

    private mutating func removed(_ account: ExtensionID) -> [LampAction] {
        for id in contactsOfAccount[account] ?? [] { remove(id) }
        let ended = (subscriptionsOfAccount[account] ?? []).sorted()
        for id in ended { remove(id) }
        return ended.map { .terminate($0, reason: "noresource") }
    }

    private mutating func resettle(_ account: ExtensionID, on display: LampDisplay, now: Double) {
        for id in contactsOfAccount[account] ?? [] {
            guard let state = contacts[id] else { continue }
            var contact = state.contact
            contact.display = display
            insert(state, contact)
            postpone(.contact(id), now: now)
        }
        for id in subscriptionsOfAccount[account] ?? [] {
            guard var subscription = subscriptions[id], subscription.isOwn else { continue }
            remove(id)
            subscription.display = display
            insert(subscription)
            postpone(.subscription(id), now: now)
        }
    }

    private mutating func timePassed(now: Double) -> [LampAction] {
        var actions: [LampAction] = []
        while let due = deadlines.popDue(now: now) {
            switch due {
            case .contact(let id):
                if let state = contacts[id] { actions += want([.contact(id)], of: state.contact.display.mailboxes) }
            case .read(let mailboxes):
                actions += startReading(mailboxes)
            case .backlog:
                actions += takeFromBacklog(now: now)
            }
        }
        return actions
    }

    // MARK: Pacing

    /// Puts a lamp on the list that is worked off at `resendRate`.
    private mutating func postpone(_ target: LampTarget, now: Double) {
        backlog.insert(target)
        if deadlines[.backlog] == nil { deadlines.set(.backlog, at: now) }
    }

    private mutating func takeFromBacklog(now: Double) -> [LampAction] {
        var actions: [LampAction] = []
        for _ in 0..<max(1, limits.resendRate / 10) {
            guard let target = backlog.popFirst() else { return actions }
            actions += want([target], of: mailboxes(of: target))
        }
        if !backlog.isEmpty { deadlines.set(.backlog, at: now + 0.1) }
        return actions
    }
}
