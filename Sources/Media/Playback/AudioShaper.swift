// Stored audio as a listener wants it: slower or faster at the same pitch, by spandsp, and louder or softer. What
// would be louder than full scale is turned down for as long as it lasts, so that it neither wraps around nor rattles.

internal import CSpanDSP
internal import Glibc

/// Takes a recording a piece at a time and gives it back shaped, in another codec where that is wanted; the sound goes
/// on over the pieces' borders. For one user at a time.
public final class AudioShaper {
    /// How much faster than recorded, 0.5 to 2.
    public let speed: Double

    private let decoder: SampleDecoder
    private let encoder: SampleEncoder
    private var limiter: Limiter?
    /// nil when the speed stays as it is.
    private let scale: OpaquePointer?
    /// Samples that are no whole byte yet.
    private var waiting: [Int16] = []
    /// Bytes that came in and went out.
    private var taken = 0
    private var given = 0

    /// Samples that spandsp may keep back: two periods of the lowest voice, 60 Hz.
    private let keptBack: Int
    /// Samples that are shaped at once.
    private static let block = 800

    /// - Parameters:
    ///   - speed: 0.5 to 2; what is outside counts as the nearest, what is no number as 1.
    ///   - gain: decibels, -18 to 18; what is outside counts as the nearest, what is no number as 0.
    public init(from source: Codec, to target: Codec, speed: Double, gain: Double) {
        self.speed = speed.isNaN ? 1 : min(max(speed, 0.5), 2)
        // Between two codecs the narrower one decides.
        let rate = min(source.sampleRate, target.sampleRate)
        decoder = SampleDecoder(source, rate: rate)
        encoder = SampleEncoder(target, rate: rate)
        keptBack = 2 * rate / 60
        limiter = gain.isNaN || gain == 0 ? nil : Limiter(gain: min(max(gain, -18), 18), rate: rate)
        scale = self.speed == 1 ? nil : time_scale_init(nil, Int32(rate), Float(1 / self.speed))
    }

    deinit {
        if let scale { time_scale_free(scale) }
    }

    /// The next piece, without what waits for the piece after it.
    public func shape(_ bytes: [UInt8]) -> [UInt8] {
        taken += bytes.count
        return encode(scaled(decoder.decode(bytes)))
    }

    /// What was kept back. With the pieces before it is as long as their audio takes at this speed, or longer by less
    /// than a period of the voice.
    public func flush() -> [UInt8] {
        let missing = max(0, Int((Double(taken) / speed).rounded()) - given) * encoder.samplesPerByte - waiting.count
        var rest: [Int16] = []
        while rest.count < missing { rest += scaled([Int16](repeating: 0, count: Self.block)) }
        return encode(Array(rest.prefix(max(0, missing))))
    }

    private func encode(_ samples: [Int16]) -> [UInt8] {
        let samples = waiting + (limiter == nil ? samples : samples.map { limiter?.next($0) ?? $0 })
        let whole = samples.count - samples.count % encoder.samplesPerByte
        waiting = Array(samples[whole...])
        given += whole / encoder.samplesPerByte
        return encoder.encode(Array(samples[..<whole]))
    }

    private func scaled(_ samples: [Int16]) -> [Int16] {
        guard let scale else { return samples }
        var output: [Int16] = []
        var samples = samples
        samples.withUnsafeMutableBufferPointer { samples in
            for start in stride(from: 0, to: samples.count, by: Self.block) {
                let block = UnsafeMutableBufferPointer(
                    rebasing: samples[start..<min(start + Self.block, samples.count)])
                // What spandsp's own `time_scale_max_output_len` says is too little: it forgets what was kept back.
                let room = Int(Double(block.count + keptBack) / speed) + keptBack
                output += [Int16](unsafeUninitializedCapacity: room) { buffer, count in
                    count = Int(time_scale(scale, buffer.baseAddress, block.baseAddress, Int32(block.count)))
                }
            }
        }
        return output
    }
}

/// Multiplies by a fixed gain; a peak above full scale lowers the gain at once to what just fits, and it comes back
/// within about 100 ms.
struct Limiter {
    /// The loudest that both kinds of G.711 can say, in 16-bit samples (ITU-T G.711, Tables 1 and 2).
    static let fullScale = 32_124.0

    private let gain: Double
    private let recovery: Double
    private var current: Double

    /// - Parameters:
    ///   - gain: in decibels.
    ///   - rate: samples a second.
    init(gain: Double, rate: Int) {
        recovery = 1 / (0.03 * Double(rate))
        self.gain = pow(10, gain / 20)
        current = self.gain
    }

    mutating func next(_ sample: Int16) -> Int16 {
        current += (gain - current) * recovery
        let magnitude = Double(sample.magnitude)
        if magnitude * current > Self.fullScale { current = Self.fullScale / magnitude }
        return Int16((Double(sample) * current).rounded())
    }
}
