// What the phones of an account show, and what becomes of it when the account, its phones or the store change.

internal import Logging
internal import Mailboxes
internal import SIP
internal import Synchronization

extension Phones {
    /// The shortest and the longest wait until a store that has failed is asked again, in seconds.
    private static let retryIntervals = 1.0...30.0

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

    /// - Parameter mailbox: the one that it subscribed to; nil: its own display.
    /// - Returns: nil when there is no such mailbox for it.
    func display(of account: Extension, showing mailbox: MailboxID?) async throws -> LampDisplay? {
        guard let mailbox else { return try await display(of: account) }
        guard let mailbox = try await store.mailbox(mailbox), mayWatch(mailbox, account) else { return nil }
        return LampDisplay(mailboxes: [mailbox.id], messageAccount: "sip:\(mailbox.number)@\(account.domain)")
    }

    /// A phone may watch its own mailbox and the general ones of its organisation (F3).
    func mayWatch(_ mailbox: Mailbox, _ account: Extension) -> Bool {
        mailbox.organisation == account.organisation && mailbox.kind == .general || mailbox.id == account.mailbox
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

    // MARK: Changes

    /// After a REGISTER, before the next one of this account.
    func tellLamps(of account: Extension, _ change: Registrar.Change) async {
        await lamps.unregistered(change.removed, of: account.id)
        do {
            let display = try await display(of: account)
            for (bindings, fresh) in [(change.fresh, true), (change.refreshed, false)] {
                for binding in bindings {
                    await lamps.registered(contact(binding, of: account, display), fresh: fresh)
                }
            }
        } catch {
            tellLater(account.id, error)
        }
    }

    /// Tells its phones again, with what they show now; those of an extension that was removed are forgotten.
    func extensionChanged(_ id: ExtensionID) async {
        do { _ = try await takeUp(id) } catch { tellLater(id, error) }
    }

    /// - Returns: nil when the account is gone.
    private func takeUp(_ id: ExtensionID) async throws -> (Extension, LampDisplay)? {
        guard let account = try await store.account(id) else {
            await lamps.removed(id)
            await registrations.remove(id)
            return nil
        }
        let display = try await display(of: account)
        await lamps.resettled(id, on: display)
        await addTrunk(of: account, display)
        return (account, display)
    }

    /// The store did not say what an account's phones show: it is asked until it does, and then they are told, as if all
    /// of them had just registered.
    private func tellLater(_ id: ExtensionID, _ error: any Error) {
        logger.error("The store did not say what phones are to show", metadata: ["error": "\(error)"])
        guard untold.withLock({ $0.insert(id).inserted }) else { return }
        Task { [weak self, sleep] in
            var pause = Self.retryIntervals.lowerBound
            repeat {
                await sleep(pause)
                pause = min(pause * 2, Self.retryIntervals.upperBound)
            } while await self?.isStillUntold(id) ?? false
        }
    }

    private func isStillUntold(_ id: ExtensionID) async -> Bool {
        guard !isShutDown.withLock(\.self) else { return false }
        // What fails from here on asks for itself.
        untold.withLock { _ = $0.remove(id) }
        do {
            guard let (account, display) = try await takeUp(id) else { return false }
            await registrations.withBindings(of: id) { bindings in
                for binding in bindings { await lamps.registered(contact(binding, of: account, display), fresh: true) }
            }
            return false
        } catch {
            return untold.withLock { $0.insert(id).inserted }
        }
    }

    // MARK: Trunks

    /// Tells those who have the phones of whole organisations (F2).
    func startTrunks() async {
        for trunk in settings.lampTrunks {
            do {
                for account in try await store.accounts(domain: trunk.domain) {
                    await addTrunk(of: account, try await display(of: account))
                }
            } catch {
                logger.error("A trunk was not told the lamps", metadata: ["error": "\(error)"])
            }
        }
    }

    private func addTrunk(of account: Extension, _ display: LampDisplay) async {
        for trunk in settings.lampTrunks where trunk.domain == account.domain {
            await lamps.restored(
                LampContact(trunk, of: account, display: display, habit: settings.unsolicited))
        }
    }
}
