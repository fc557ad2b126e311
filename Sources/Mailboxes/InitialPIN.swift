// The PIN that a new mailbox begins with, and the one that a reset draws (D1, D2). Pure but for the random numbers.

import Foundation

/// A PIN ready to be stored: hashed, which is slow, before the transaction begins.
struct PreparedPIN: Sendable {
    var hash: PINHash
    /// Its owner must choose another at the first log-in.
    var isTemporary: Bool
    /// What is shown once to whoever asked for it; nil when somebody knows it already.
    var drawn: String?
    /// The organisation's default PIN, for the notice; nil when it is none, or the key that it was sealed with is lost.
    var standard: String?
    /// Of a drawn one, until it is changed: no two owners of an organisation are given the same.
    var fingerprint: Data?
}

extension PINPolicy {
    /// What a default PIN has, whatever owners may choose.
    static let defaultPINLength = 7

    /// 7 digits where the policy leaves a choice.
    var drawnLength: Int { lengths.contains(7) ? 7 : lengths.lowerBound }

    /// A random PIN that the policy has nothing against. A policy that leaves none is asked in vain: then nil.
    func draw(mailboxNumber: String) -> String? {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1_000 {
            let pin = String((0..<drawnLength).map { _ in Character(String(Int.random(in: 0...9, using: &generator))) })
            if weakness(of: pin, mailboxNumber: mailboxNumber) == nil { return pin }
        }
        return nil
    }

    /// What is wrong with a PIN for everybody's first log-in.
    func weakness(ofDefault pin: String) -> PINWeakness? {
        var policy = self
        policy.exactly = Self.defaultPINLength
        return policy.weakness(of: pin, mailboxNumber: "")
    }
}
