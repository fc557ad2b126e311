// Chance that can be had again, a stream for each who draws.

import SeededNumbers

@testable import SIP

struct Chance: RandomNumberGenerator {
    private var numbers: SplitMix64

    /// - Parameter stream: who draws, so that nobody changes what another gets.
    init(seed: UInt64, stream: UInt64) {
        var seeds = SplitMix64(seed: seed)
        numbers = SplitMix64(seed: seeds.next() ^ (stream &* 0xD134_2543_DE82_EF95))
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// True in this share of cases.
    mutating func happens(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }

    /// A whole number of nanoseconds: event loops know nothing shorter.
    mutating func seconds(_ range: ClosedRange<Double>) -> Duration {
        .nanoseconds(Int64(Double.random(in: range, using: &self) * 1e9))
    }

    /// For what keeps it.
    func source() -> RandomSource {
        let box = Box(self)
        return RandomSource { box.chance.next() }
    }

    // Everything in this program happens on its one thread.
    private final class Box: @unchecked Sendable {
        var chance: Chance
        init(_ chance: Chance) { self.chance = chance }
    }
}
