// Sounds for tests, as samples of 8 kHz, and what is measured of them.

import Glibc
import Testing

@testable import Media

/// A sine, or the sum of several, each with an equal part of `peak`.
func tone(_ pitches: Double..., seconds: Double, peak: Double = 8_000) -> [Int16] {
    (0..<Int(seconds * 8_000)).map { index in
        let sum = pitches.reduce(0) { $0 + sin($1 * Double(index) / 8_000 * 2 * .pi) }
        return Int16(sum * peak / Double(pitches.count))
    }
}

func pause(seconds: Double) -> [Int16] {
    [Int16](repeating: 0, count: Int(seconds * 8_000))
}

/// The level in decibels, against a mean square of 1.
func decibels(of samples: [Int16]) -> Double {
    let energy = samples.reduce(0) { $0 + Double($1) * Double($1) }
    return 10 * log10(energy / Double(max(1, samples.count)))
}

/// How much of the energy is at one pitch, 0 to 1: the mean of blocks of 100 ms, since a phase may jump.
func share(of pitch: Double, in samples: [Int16]) -> Double {
    let blocks = samples.pieces(of: 800).filter { $0.count == 800 }
    let shares = blocks.map { block in
        var real = 0.0
        var imaginary = 0.0
        var energy = 0.0
        for (index, sample) in block.enumerated() {
            let angle = pitch * Double(index) / 8_000 * 2 * .pi
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
            energy += Double(sample) * Double(sample)
        }
        return energy == 0 ? 0 : 2 * (real * real + imaginary * imaginary) / (energy * Double(block.count))
    }
    return shares.reduce(0, +) / Double(max(1, shares.count))
}
