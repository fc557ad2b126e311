// Stored audio as a listener wants it: slower or faster at the same pitch, by spandsp, and louder or softer. What
// would be louder than full scale is turned down for as long as it lasts, so that it neither wraps around nor rattles.

internal import CSpanDSP
internal import Glibc

/// Takes a recording a piece at a time and gives it back shaped, in another codec where that is wanted; the sound goes
/// on over the pieces' borders. For one user at a time.
public final class AudioShaper {
    /// How much faster than recorded, 0.5 to 2.
    public let speed: Double

    private let linear: [Int16]
    private let target: Codec
    private var limiter: Limiter?
    /// nil when the speed stays as it is.
    private let scale: OpaquePointer?
    /// Samples that came in, and bytes that went out.
    private var taken = 0
    private var given = 0

    /// Samples that spandsp may keep back: two periods of the lowest voice, 60 Hz.
    private static let keptBack = 2 * Codec.bytesPerSecond / 60
    /// Samples that are shaped at once.
    private static let block = 800

    /// - Parameters:
    ///   - speed: 0.5 to 2; what is outside counts as the nearest, what is no number as 1.
    ///   - gain: decibels, -18 to 18; what is outside counts as the nearest, what is no number as 0.
    public init(from source: Codec, to target: Codec, speed: Double, gain: Double) {
        self.speed = speed.isNaN ? 1 : min(max(speed, 0.5), 2)
        self.target = target
        linear = source.linear
        limiter = gain.isNaN || gain == 0 ? nil : Limiter(gain: min(max(gain, -18), 18))
        scale = self.speed == 1 ? nil : time_scale_init(nil, Int32(Codec.bytesPerSecond), Float(1 / self.speed))
    }

    deinit {
        if let scale { time_scale_free(scale) }
    }

    /// The next piece, without what waits for the piece after it.
    public func shape(_ bytes: [UInt8]) -> [UInt8] {
        taken += bytes.count
        let shaped = scaled(bytes.map { linear[Int($0)] })
        given += shaped.count
        return encode(shaped)
    }

    /// What was kept back. With the pieces before it is as long as their audio takes at this speed, or longer by less
    /// than a period of the voice.
    public func flush() -> [UInt8] {
        let missing = max(0, Int((Double(taken) / speed).rounded()) - given)
        var rest: [Int16] = []
        while rest.count < missing { rest += scaled([Int16](repeating: 0, count: Self.block)) }
        given += missing
        return encode(Array(rest.prefix(missing)))
    }

    private func encode(_ samples: [Int16]) -> [UInt8] {
        guard limiter != nil else { return target.encode(samples) }
        return target.encode(samples.map { limiter?.next($0) ?? $0 })
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
                let room = Int(Double(block.count + Self.keptBack) / speed) + Self.keptBack
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
    private static let recovery = 1 / (0.03 * Double(Codec.bytesPerSecond))

    private let gain: Double
    private var current: Double

    /// - Parameter gain: in decibels.
    init(gain: Double) {
        self.gain = pow(10, gain / 20)
        current = self.gain
    }

    mutating func next(_ sample: Int16) -> Int16 {
        current += (gain - current) * Self.recovery
        let magnitude = Double(sample.magnitude)
        if magnitude * current > Self.fullScale { current = Self.fullScale / magnitude }
        return Int16((Double(sample) * current).rounded())
    }
}
