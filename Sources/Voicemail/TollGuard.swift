// Which numbers may be called from a mailbox (C7). A caller's number is whatever the caller's network says, so it is
// called only when it looks like a number and the organisation allows it.
import Mailboxes

struct TollGuard {
    /// E.164 numbers have at most 15 digits; one more for the plus sign.
    static let longest = 16

    private let mailbox: Mailbox
    private let store: any Store

    init(_ mailbox: Mailbox, _ store: any Store) {
        self.mailbox = mailbox
        self.store = store
    }

    func permits(_ number: String) async throws -> Bool {
        guard Self.isCallable(number) else { return false }
        if Self.begins(number, withOneOf: mailbox.organisationSettings.callableNumbers) { return true }
        return try await store.account(number: number, domain: mailbox.domain) != nil
    }

    /// Digits, after a plus sign perhaps. Stars and number signs are feature codes, which nobody shall trigger from here.
    static func isCallable(_ number: String) -> Bool {
        let digits = number.hasPrefix("+") ? number.dropFirst() : number[...]
        return !digits.isEmpty && number.utf8.count <= longest && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// An empty beginning allows nothing.
    static func begins(_ number: String, withOneOf beginnings: [String]) -> Bool {
        beginnings.contains { !$0.isEmpty && number.hasPrefix($0) }
    }
}
