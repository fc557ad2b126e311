// Listens to a recording for what says that nobody speaks there: busy and dial tones, a fax machine, an announcement
// that comes again and again (B7). All are told apart from speech by their steadiness, which costs next to nothing
// to see, so that speech is seldom looked at more closely.

internal import Glibc

/// Belongs to one recording and the thread that runs it.
struct LineListener {
    struct Finding: Equatable {
        var ending: RecordingSummary.Ending
        /// Where in the recording it began, in bytes.
        var beganAt: Int
    }

    private static let frame = SpeechMeter.frame
    /// Decibels that a tone changes by between two frames, at most: two tones that beat, in some noise.
    private static let unsteadiness = 1.5
    /// After so many frames without a change it is looked at what it is: one voiced frame of speech in ten.
    private static let suspicious = 3
    private static let loud = 20 * log10(Double(SpeechMeter.threshold))

    private let bank = ToneBank()
    private let fax = FaxDetector()
    private var cadence = CadenceDetector()
    private var loop = LoopDetector()
    /// The last three frames; the newest is being filled.
    private var samples = [Int16](repeating: 0, count: 3 * frame)
    private var filled = 2 * frame
    private var frames = 0
    private var lastLevel = 0.0
    /// For how many frames the level has not changed.
    private var steady = 0

    /// The first finding in the audio, of 8 kHz, that follows what was heard before.
    mutating func take(_ audio: UnsafeBufferPointer<Int16>) -> Finding? {
        var taken = 0
        while let source = audio.baseAddress, taken < audio.count {
            let count = min(samples.count - filled, audio.count - taken)
            let start = filled
            samples.withUnsafeMutableBufferPointer { samples in
                samples.baseAddress.map { $0 + start }?.update(from: source + taken, count: count)
            }
            filled += count
            taken += count
            if filled == samples.count, let finding = close() { return finding }
        }
        return nil
    }

    private mutating func close() -> Finding? {
        let finding = look()
        samples.withUnsafeMutableBufferPointer { samples in
            guard let start = samples.baseAddress else { return }
            start.update(from: start + Self.frame, count: 2 * Self.frame)
        }
        filled = 2 * Self.frame
        frames += 1
        return finding
    }

    private mutating func look() -> Finding? {
        let (energy, change) = energies()
        let level = 10 * log10(energy / Double(Self.frame) + 1)
        steady = level >= Self.loud && abs(level - lastLevel) < Self.unsteadiness ? steady + 1 : 0
        lastLevel = level
        let tone =
            steady >= Self.suspicious
            ? samples.withUnsafeBufferPointer { bank.tone(in: newest($0), energy: energy) } : nil
        if let start = cadence.take(tone, steadyFor: steady, level: level) {
            return Finding(ending: .busyTone, beganAt: start * Self.frame)
        }
        if steady >= Self.suspicious, tone == nil, hearsFax() {
            return Finding(ending: .faxTone, beganAt: max(0, frames - steady) * Self.frame)
        }
        if let start = loop.take(energy: energy, change: change) {
            return Finding(ending: .loop, beganAt: start * Self.frame)
        }
        return nil
    }

    private func hearsFax() -> Bool {
        let isNew = steady == Self.suspicious
        return samples.withUnsafeBufferPointer { fax.hears(isNew ? $0 : newest($0), isNew: isNew) }
    }

    private func newest(_ samples: UnsafeBufferPointer<Int16>) -> UnsafeBufferPointer<Int16> {
        UnsafeBufferPointer(rebasing: samples[(2 * Self.frame)...])
    }

    /// The sums of the squares of the newest frame and of its first difference. Each square is divided by 256, so that
    /// the sums of a frame fit 32 bits, which is twice as fast.
    private func energies() -> (energy: Double, change: Double) {
        var energy: Int32 = 0
        var change: Int32 = 0
        samples.withUnsafeBufferPointer { samples in
            for index in 2 * Self.frame..<3 * Self.frame {
                let sample = Int32(samples[index])
                let half = (sample &- Int32(samples[index - 1])) >> 1
                energy &+= (sample &* sample) >> 8
                change &+= (half &* half) >> 6
            }
        }
        return (Double(energy) * 256, Double(change) * 256)
    }
}
