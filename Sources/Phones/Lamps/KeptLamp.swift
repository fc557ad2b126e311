// A lamp's subscription as the store keeps it over a restart.

internal import Foundation
internal import Mailboxes
internal import SIP

extension StoredSubscription {
    /// - Parameters:
    ///   - expires: seconds until it runs out.
    ///   - now: seconds since 1970.
    init(_ kept: KeptSubscription, of lamp: LampSubscription, expires: Int, now: Double) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            account: lamp.account, tag: kept.id.localTag, mailbox: lamp.isOwn ? nil : lamp.display.mailboxes.first,
            expiresAt: now + Double(expires), keptAt: now,
            dialog: String(decoding: try encoder.encode(kept), as: UTF8.self))
    }

    /// Nil when it cannot be read, as after a change of notation: the phone will subscribe again.
    var kept: KeptSubscription? { try? JSONDecoder().decode(KeptSubscription.self, from: Data(dialog.utf8)) }
}

extension LampOrigin {
    init(_ kept: KeptSubscription) {
        self.init(contact: kept.remoteTarget, flow: kept.flow, isProxied: kept.isProxied)
    }
}

/// A subscription of the last run, and what it is to show now.
struct RestoredLamp: Sendable {
    var stored: StoredSubscription
    var kept: KeptSubscription
    var display: LampDisplay
}
