// Chance that can be had again: SplitMix64 (Steele, Lea, Flood 2014), a stream for each who draws.

@testable import SIP

struct Chance: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter stream: who draws, so that nobody changes what another gets.
    init(seed: UInt64, stream: UInt64) {
        state = seed
        state = next() ^ (stream &* 0xD134_2543_DE82_EF95)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

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
