// The planner's way from "this lamp may be wrong" to a NOTIFY: waiting lists, reads, NOTIFYs on their way, retries.

internal import Mailboxes

extension LampPlanner {
    /// What this lamp shows; nothing when it is gone.
    func mailboxes(of target: LampTarget) -> [MailboxID] {
        switch target {
        case .contact(let id): contacts[id]?.contact.display.mailboxes ?? []
        case .subscription(let id): subscriptions[id]?.display.mailboxes ?? []
        }
    }

    /// Puts lamps on the waiting list of their mailboxes and starts a read, unless one is under way or waits to be
    /// tried again.
    mutating func want(_ targets: Set<LampTarget>, of mailboxes: [MailboxID]) -> [LampAction] {
        guard !targets.isEmpty, !mailboxes.isEmpty else { return [] }
        var reading = readings[mailboxes] ?? Reading()
        reading.waiting.formUnion(targets)
        readings[mailboxes] = reading
        guard reading.served == nil, deadlines[.read(mailboxes)] == nil else { return [] }
        return startReading(mailboxes)
    }

    mutating func startReading(_ mailboxes: [MailboxID]) -> [LampAction] {
        guard var reading = readings[mailboxes], reading.served == nil, !reading.waiting.isEmpty else { return [] }
        reading.served = reading.waiting
        reading.waiting = []
        readings[mailboxes] = reading
        return [.read(mailboxes)]
    }

    mutating func wereRead(_ mailboxes: [MailboxID], _ counts: MessageCounts, now: Double) -> [LampAction] {
        guard var reading = readings[mailboxes], let served = reading.served else { return [] }
        reading.served = nil
        reading.failures = 0
        readings[mailboxes] = reading.waiting.isEmpty ? nil : reading
        return served.flatMap { tell($0, counts, of: mailboxes, now: now) } + startReading(mailboxes)
    }

    /// The store does not answer: everybody keeps waiting, up to half a minute at a time.
    mutating func readFailed(_ mailboxes: [MailboxID], now: Double) {
        guard var reading = readings[mailboxes], let served = reading.served else { return }
        reading.waiting.formUnion(served)
        reading.served = nil
        reading.failures += 1
        readings[mailboxes] = reading
        let pause = min(30, Double(1 << min(reading.failures - 1, 5)))
        deadlines.set(.read(mailboxes), at: now + pause)
    }

    private mutating func tell(
        _ target: LampTarget, _ counts: MessageCounts, of mailboxes: [MailboxID], now: Double
    ) -> [LampAction] {
        switch target {
        case .subscription(let id):
            guard let subscription = subscriptions[id], subscription.display.mailboxes == mailboxes,
                !subscription.isAwaited
            else { return [] }
            return [.notify(subscription, counts)]
        case .contact(let id):
            guard var state = contacts[id], state.contact.display.mailboxes == mailboxes,
                state.contact.unsolicited != .off, !isToldOtherwise(state.contact)
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

    private func isToldOtherwise(_ contact: LampContact) -> Bool {
        guard contact.isTrunk else { return !subscriptions(covering: contact).isEmpty }
        return subscriptionsOfAccount[contact.account] != nil
            || (contactsOfAccount[contact.account]?.count ?? 0) > 1
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
        // Its phones come and go without a word to us, so it is asked again, seldom.
        if answer != .delivered, state.contact.isTrunk { deadlines.set(.contact(id), at: now + limits.trunkInterval) }
        return wasStale && answer == .delivered ? want([.contact(id)], of: state.contact.display.mailboxes) : []
    }

    // MARK: Who there is

    mutating func insert(_ state: Contact, _ contact: LampContact) {
        let id = contact.id
        unwatch(.contact(id), mailboxes(of: .contact(id)))
        var state = state
        state.contact = contact
        contacts[id] = state
        contactsOfAccount[contact.account, default: []].insert(id)
        watch(.contact(id), contact.display.mailboxes)
    }

    mutating func remove(_ id: LampContact.ID) {
        guard let state = contacts.removeValue(forKey: id) else { return }
        deadlines.cancel(.contact(id))
        unwatch(.contact(id), state.contact.display.mailboxes)
        contactsOfAccount[id.account]?.remove(id)
        if contactsOfAccount[id.account]?.isEmpty == true { contactsOfAccount[id.account] = nil }
    }

    mutating func insert(_ subscription: LampSubscription) {
        subscriptions[subscription.id] = subscription
        subscriptionsOfAccount[subscription.account, default: []].insert(subscription.id)
        watch(.subscription(subscription.id), subscription.display.mailboxes)
    }

    mutating func remove(_ id: LampSubscription.ID) {
        guard let subscription = subscriptions.removeValue(forKey: id) else { return }
        unwatch(.subscription(id), subscription.display.mailboxes)
        subscriptionsOfAccount[subscription.account]?.remove(id)
        if subscriptionsOfAccount[subscription.account]?.isEmpty == true {
            subscriptionsOfAccount[subscription.account] = nil
        }
    }

    private mutating func watch(_ target: LampTarget, _ mailboxes: [MailboxID]) {
        for mailbox in mailboxes { watchers[mailbox, default: []].insert(target) }
    }

    private mutating func unwatch(_ target: LampTarget, _ mailboxes: [MailboxID]) {
        for mailbox in mailboxes {
            watchers[mailbox]?.remove(target)
            if watchers[mailbox]?.isEmpty == true { watchers[mailbox] = nil }
        }
    }
}
