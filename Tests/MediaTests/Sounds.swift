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

/// The peak of a sine of so many dBm0: full scale is +3.14 dBm0 (ITU-T G.711 §4).
func amplitude(_ level: Double) -> Double {
    32_124 * pow(10, (level - 3.14) / 20)
}

/// Sines of which each has half the energy of the whole when there are two, at a level in dBm0.
func chord(_ pitches: [Double], seconds: Double, level: Double) -> [Int16] {
    let peak = amplitude(level) / Double(pitches.count).squareRoot()
    return (0..<Int(seconds * 8_000)).map { index in
        Int16(pitches.reduce(0) { $0 + peak * sin($1 * Double(index) / 8_000 * 2 * .pi) })
    }
}

/// A sine whose pitch is given for each sample.
func keyed(_ pitches: [Double], level: Double) -> [Int16] {
    var phase = 0.0
    return pitches.map { pitch in
        phase += pitch / 8_000 * 2 * .pi
        return Int16(amplitude(level) * sin(phase))
    }
}

extension [Int16] {
    /// Louder or softer by so many decibels.
    func changed(by gain: Double) -> [Int16] {
        let factor = pow(10, gain / 20)
        return map { Int16(clamping: Int(Double($0) * factor)) }
    }
}

/// Real speech: the English prompts of the product, one after the other.
enum Spoken {
    private static let prompts = Task {
        // The beep is no speech.
        let spoken = try files(["en"]).filter { !$0.hasSuffix("/beep.flac") }
        return try spoken.flatMap { try AudioFile(reading: $0).samples(rate: 8_000) + pause(seconds: 0.3) }
    }

    /// The paths of all prompts of some languages, in order.
    static func files(_ languages: [String]) throws -> [String] {
        let here = String(describing: #filePath).split(separator: "/").dropLast(3).joined(separator: "/")
        return try languages.flatMap { try files(in: "/\(here)/prompts/\($0)", ending: ".flac") }
    }

    /// What people have recorded in three languages, from Debian's packages.
    static func byPeople() throws -> [String] {
        let root = "/usr/share/asterisk/sounds"
        return try ["en_US_f_Allison", "es_MX_f_Allison", "fr_CA_f_June"].flatMap { voice in
            try ["", "/dictate", "/digits", "/followme", "/letters", "/phonetic"].flatMap { part in
                try files(in: "\(root)/\(voice)\(part)", ending: ".wav")
            }
        }
    }

    private static func files(in folder: String, ending: String) throws -> [String] {
        let directory = try #require(opendir(folder), "\(folder) is not there")
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(ending) { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }

    static func everything() async throws -> [Int16] {
        try await prompts.value
    }

    /// A part of it, from so many seconds on.
    static func words(seconds: Double, from start: Double = 0) async throws -> [Int16] {
        let all = try await everything()
        let first = Int(start * 8_000)
        let last = first + Int(seconds * 8_000)
        try #require(last <= all.count)
        return Array(all[first..<last])
    }
}
