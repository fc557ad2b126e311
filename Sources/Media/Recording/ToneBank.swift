// The tones of telephone exchanges in a frame of 20 ms, by spandsp's Goertzel filters: busy, congestion and dial tone
// of the countries of ITU-T E.180 Supplement 2 are one tone of 400 to 450 Hz, those of North America 480 and 620 Hz,
// or 350 and 440 Hz for dial tone. A filter of 20 ms is 50 Hz wide.

internal import CSpanDSP

final class ToneBank {
    enum Tone: Equatable {
        case single
        case busyPair
        case dialPair
    }

    private static let pitches: [Float] = [350, 400, 425, 450, 480, 620]
    /// How much of the energy must be in the filters of a tone, and in each of two; white noise 10 dB softer than a tone
    /// leaves it as much.
    private static let share = 0.65
    private static let shareOfEach = 0.15

    private var filters: [goertzel_state_t]

    init() {
        filters = Self.pitches.map { pitch in
            var descriptor = goertzel_descriptor_t()
            make_goertzel_descriptor(&descriptor, pitch, Int32(SpeechMeter.frame))
            var filter = goertzel_state_t()
            goertzel_init(&filter, &descriptor)
            return filter
        }
    }

    /// - Parameter energy: the sum of the squares of the samples.
    func tone(in frame: UnsafeBufferPointer<Int16>, energy: Double) -> Tone? {
        var shares = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        withUnsafeMutableBytes(of: &shares) { shares in
            let shares = shares.assumingMemoryBound(to: Double.self)
            for index in filters.indices {
                _ = goertzel_update(&filters[index], frame.baseAddress, Int32(frame.count))
                shares[index] = Double(goertzel_result(&filters[index])) / (energy * Double(frame.count))
            }
        }
        let (at350, at400, at425, at450, at480, at620) = shares
        if max(at400, at425, at450) >= Self.share { return .single }
        if isPair(at480, at620) { return .busyPair }
        return isPair(at350, at450) ? .dialPair : nil
    }

    private func isPair(_ low: Double, _ high: Double) -> Bool {
        low + high >= Self.share && min(low, high) >= Self.shareOfEach
    }
}
