// Tells speech from silence by energy, 20 ms at a time. The threshold is −42 dBm0: some 20 dB below ordinary
// telephone speech, some 20 dB above the noise of a quiet line.

struct SpeechMeter {
    private static let frame = 160
    /// Root mean square of a frame at −42 dBm0, where a sine at full scale of G.711 is +3.14 dBm0 (ITU-T G.711 §4).
    private static let threshold = 128

    private let linear: [Int16]
    private var energy = 0
    private var filled = 0
    /// How much was louder than the threshold, in bytes.
    private(set) var voiced = 0
    /// Silence since the last frame that was louder, in bytes.
    private(set) var silent = 0

    init(codec: Codec) {
        linear = codec.linear
    }

    mutating func take(_ audio: ArraySlice<UInt8>) {
        for byte in audio {
            let sample = Int(linear[Int(byte)])
            energy += sample * sample
            filled += 1
            if filled == Self.frame { close() }
        }
    }

    private mutating func close() {
        if energy >= Self.threshold * Self.threshold * Self.frame {
            voiced += Self.frame
            silent = 0
        } else {
            silent += Self.frame
        }
        energy = 0
        filled = 0
    }
}
