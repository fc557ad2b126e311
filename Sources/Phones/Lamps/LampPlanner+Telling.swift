// The planner's way from "this lamp may be wrong" to a NOTIFY: waiting lists, reads, NOTIFYs on their way, retries.

internal import Mailboxes

extension LampPlanner {
    func mailbox(of target: LampTarget) -> MailboxID? {
        switch target {
        case .contact(let id): contacts[id]?.contact.mailbox
        case .subscription(let id): subscriptions[id]?.mailbox
        }
    }

    /// Puts lamps on the waiting list of their mailbox and starts a read, unless one is under way or waits to be
    /// tried again.
    mutating func want(_ targets: Set<LampTarget>, of mailbox: MailboxID) -> [LampAction] {
        guard !targets.isEmpty else { return [] }
        var reading = readings[mailbox] ?? Reading()
        reading.waiting.formUnion(targets)
        readings[mailbox] = reading
        guard reading.served == nil, deadlines[.read(mailbox)] == nil else { return [] }
        return startReading(mailbox)
    }

    mutating func startReading(_ mailbox: MailboxID) -> [LampAction] {
        guard var reading = readings[mailbox], reading.served == nil, !reading.waiting.isEmpty else { return [] }
        reading.served = reading.waiting
        reading.waiting = []
        readings[mailbox] = reading
        return [.read(mailbox)]
    }

    mutating func wereRead(_ mailbox: MailboxID, _ counts: MessageCounts, now: Double) -> [LampAction] {
        guard var reading = readings[mailbox], let served = reading.served else { return [] }
        reading.served = nil
        reading.failures = 0
        readings[mailbox] = reading.waiting.isEmpty ? nil : reading
        return served.flatMap { tell($0, counts, of: mailbox, now: now) } + startReading(mailbox)
    }

    /// The store does not answer: everybody keeps waiting, up to half a minute at a time.
    mutating func readFailed(_ mailbox: MailboxID, now: Double) {
        guard var reading = readings[mailbox], let served = reading.served else { return }
        reading.waiting.formUnion(served)
        reading.served = nil
        reading.failures += 1
        readings[mailbox] = reading
        let pause = min(30, Double(1 << min(reading.failures - 1, 5)))
        deadlines.set(.read(mailbox), at: now + pause)
    }

    private mutating func tell(
        _ target: LampTarget, _ counts: MessageCounts, of mailbox: MailboxID, now: Double
    ) -> [LampAction] {
        switch target {
        case .subscription(let id):
            guard let subscription = subscriptions[id], subscription.mailbox == mailbox else { return [] }
            return [.notify(subscription, counts)]
        case .contact(let id):
            guard var state = contacts[id], state.contact.mailbox == mailbox,
                subscriptions(covering: state.contact).isEmpty
            else { return [] }
            if state.sending != nil {
                state.isStale = true
                contacts[id] = state
                return []
            }
            sendings += 1
            state.sending = sendings
            state.lastSent = now
            contacts[id] = state
            deadlines.cancel(.contact(id))
            return [.send(state.contact, sending: sendings, counts)]
        }
    }

    /// The subscriptions by which the phone at this contact is told already.
    func subscriptions(covering contact: LampContact) -> [LampTarget] {
        (subscriptionsOfAccount[contact.account] ?? [])
            .filter { subscriptions[$0]?.covers(contact) ?? false }
            .map { .subscription($0) }
    }

    /// After a failure: again after 4, 8, 16 … seconds, with the counts of then; when all tries are used up the phone
    /// gets one try for each later change, and all of them again once it answers or registers.
    mutating func answered(
        _ id: LampContact.ID, sending: UInt64, _ answer: NotifyAnswer, now: Double
    ) -> [LampAction] {
        guard var state = contacts[id], state.sending == sending else { return [] }
        let wasStale = state.isStale
        state.sending = nil
        state.isStale = false
        switch answer {
        case .delivered: state.failures = 0
        case .failed: state.failures += 1
        case .refused: state.failures = limits.retries + 1
        }
        contacts[id] = state
        if answer == .failed, state.failures <= limits.retries {
            deadlines.set(.contact(id), at: now + limits.retryInterval * Double(1 << min(state.failures - 1, 20)))
            return []
        }
        return wasStale && answer == .delivered ? want([.contact(id)], of: state.contact.mailbox) : []
    }

    // MARK: Who there is

    mutating func insert(_ state: Contact, _ contact: LampContact) {
        let id = contact.id
        if let before = contacts[id]?.contact.mailbox, before != contact.mailbox { unwatch(.contact(id), before) }
        var state = state
        state.contact = contact
        contacts[id] = state
        contactsOfAccount[contact.account, default: []].insert(id)
        watchers[contact.mailbox, default: []].insert(.contact(id))
    }

    mutating func remove(_ id: LampContact.ID) {
        guard let state = contacts.removeValue(forKey: id) else { return }
        deadlines.cancel(.contact(id))
        unwatch(.contact(id), state.contact.mailbox)
        contactsOfAccount[id.account]?.remove(id)
        if contactsOfAccount[id.account]?.isEmpty == true { contactsOfAccount[id.account] = nil }
    }

    mutating func insert(_ subscription: LampSubscription) {
        subscriptions[subscription.id] = subscription
        subscriptionsOfAccount[subscription.account, default: []].insert(subscription.id)
        watchers[subscription.mailbox, default: []].insert(.subscription(subscription.id))
    }

    mutating func remove(_ id: LampSubscription.ID) {
        guard let subscription = subscriptions.removeValue(forKey: id) else { return }
        unwatch(.subscription(id), subscription.mailbox)
        subscriptionsOfAccount[subscription.account]?.remove(id)
        if subscriptionsOfAccount[subscription.account]?.isEmpty == true {
            subscriptionsOfAccount[subscription.account] = nil
        }
    }

    private mutating func unwatch(_ target: LampTarget, _ mailbox: MailboxID) {
        watchers[mailbox]?.remove(target)
        if watchers[mailbox]?.isEmpty == true { watchers[mailbox] = nil }
    }
}
