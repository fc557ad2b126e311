// A PIN as it is kept (D3): scrypt (RFC 7914) with a salt of its own, the parameters beside it so that they can
// be raised later. A few digits are guessed fast by whoever has the file; this makes each guess cost 16 MB and
// tens of milliseconds, and the lockouts see to guessing by telephone.

import Crypto
import CryptoExtras
import Foundation

struct PINHash: Sendable, Equatable {
    struct Cost: Sendable, Equatable {
        var rounds: Int
        var blockSize: Int
        var parallelism: Int
        /// 16 MB a hash.
        static let standard = Cost(rounds: 1 << 14, blockSize: 8, parallelism: 1)
    }

    var salt: [UInt8]
    var hash: [UInt8]
    var cost: Cost

    init(salt: [UInt8], hash: [UInt8], cost: Cost) {
        self.salt = salt
        self.hash = hash
        self.cost = cost
    }

    /// Slow on purpose: never on a thread that others wait for.
    init(of pin: String, cost: Cost) throws(StoreError) {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let key = try Self.key(pin, salt: salt, cost: cost)
        self.init(salt: salt, hash: key.withUnsafeBytes { Array($0) }, cost: cost)
    }

    /// Compares in constant time. Slow on purpose.
    func matches(_ pin: String) throws(StoreError) -> Bool {
        let key = try Self.key(pin, salt: salt, cost: cost)
        // SymmetricKey's equality does not stop at the first difference.
        return key == SymmetricKey(data: hash) && PINPolicy.isTypable(pin)
    }

    /// What a mailbox without a PIN is checked against: takes as long and matches nothing.
    static func unmatchable(_ cost: Cost) -> PINHash {
        PINHash(salt: Array(repeating: 0, count: 16), hash: Array(repeating: 0, count: 32), cost: cost)
    }

    private static func key(_ pin: String, salt: [UInt8], cost: Cost) throws(StoreError) -> SymmetricKey {
        // The library does not take an empty password.
        let bytes = pin.isEmpty ? [0] : Array(pin.utf8.prefix(64))
        do {
            return try KDF.Scrypt.deriveKey(
                from: bytes, salt: salt, outputByteCount: 32, rounds: cost.rounds, blockSize: cost.blockSize,
                parallelism: cost.parallelism)
        } catch {
            throw .failed("scrypt refused its parameters")
        }
    }
}
