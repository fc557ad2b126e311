// Tells speech from silence by energy, 20 ms of 8 kHz at a time. The threshold is −42 dBm0: some 20 dB below ordinary
// telephone speech, some 20 dB above the noise of a quiet line. It remembers the last two minutes, so that it can say
// what is worth keeping also when the recording is found to have been worthless for a while.

struct SpeechMeter {
    static let frame = 160
    /// Root mean square of a frame at −42 dBm0, where a sine at full scale of G.711 is +3.14 dBm0 (ITU-T G.711 §4).
    static let threshold = 128
    /// A pause of 1 s or more at the end is cut to 400 ms; a shorter one stays, so that most recordings are kept as
    /// they came.
    private static let pause = 8_000
    private static let tail = 3_200

    private var energy = 0
    private var filled = 0
    /// How much was louder than the threshold, in bytes.
    private(set) var voiced = 0
    /// Silence since the last frame that was louder, in bytes.
    private(set) var silent = 0
    /// Whether each of the last frames was louder: a ring of bits.
    private var history = [UInt64](repeating: 0, count: 100)
    private var frames = 0

    mutating func take(_ samples: UnsafeBufferPointer<Int16>) {
        var rest = samples[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.frame - filled)
            // At most 2^30 each: 160 of them fit 64 bits, and the compiler adds many at once.
            energy &+= piece.reduce(0) { $0 &+ Int(Int32($1) &* Int32($1)) }
            filled += piece.count
            rest = rest.dropFirst(piece.count)
            if filled == Self.frame { close() }
        }
    }

    /// How much of what was heard before `position` was louder than the threshold, and how much of it is worth keeping:
    /// up to the last that was louder and a short tail. All of it counts as loud that is longer ago than two minutes.
    func account(upTo position: Int) -> (voiced: Int, worthwhile: Int) {
        let end = min(frames, (position + Self.frame / 2) / Self.frame)
        let oldest = max(0, frames - history.count * 64)
        var after = 0
        for index in max(end, oldest)..<max(frames, oldest) where isVoiced(index) { after += Self.frame }
        var last = end
        while last > oldest, !isVoiced(last - 1) { last -= 1 }
        let spoken = last * Self.frame
        let left = max(0, voiced - after)
        guard left > 0 else { return (0, 0) }
        return (left, position - spoken < Self.pause ? position : spoken + Self.tail)
    }

    private func isVoiced(_ index: Int) -> Bool {
        history[index / 64 % history.count] & (1 << UInt64(index % 64)) != 0
    }

    private mutating func close() {
        let word = frames / 64 % history.count
        if frames % 64 == 0 { history[word] = 0 }
        if energy >= Self.threshold * Self.threshold * Self.frame {
            voiced += Self.frame
            silent = 0
            history[word] |= 1 << UInt64(frames % 64)
        } else {
            silent += Self.frame
        }
        frames += 1
        energy = 0
        filled = 0
    }
}
