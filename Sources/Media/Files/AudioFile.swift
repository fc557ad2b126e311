// Audio files by libsndfile: prompts in, recordings out.

internal import CSampleRate
internal import CSndFile
internal import Glibc

/// The audio of a file (WAV, FLAC, MP3 and what else libsndfile reads), mono; several channels are averaged.
public struct AudioFile: Sendable {
    private let path: String
    /// Full scale is 1.
    private let samples: [Float]
    private let rate: Int

    /// - Parameter longest: seconds; a longer file is refused.
    public init(reading path: String, longest: Int = 60) throws(MediaError) {
        // Opening a pipe would wait for somebody to write into it.
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .audioFile(path, reason: "not a file")
        }
        var info = SF_INFO()
        guard let file = sf_open(path, Int32(SFM_READ), &info) else {
            throw .audioFile(path, reason: String(cString: sf_strerror(nil)))
        }
        defer { sf_close(file) }
        let channels = Int(info.channels)
        rate = Int(info.samplerate)
        guard (8_000...192_000).contains(rate) else { throw .audioFile(path, reason: "\(rate) samples a second") }
        guard (1...8).contains(channels) else { throw .audioFile(path, reason: "\(channels) channels") }
        guard info.frames <= Int64(longest * rate) else {
            throw .audioFile(path, reason: "longer than \(longest) s")
        }
        let frames = max(0, Int(info.frames))
        samples = Self.read(file, frames: frames, channels: channels)
        guard !samples.isEmpty else { throw .audioFile(path, reason: "no audio in it") }
        guard samples.count == frames else {
            throw .audioFile(
                path, reason: "cut short: its header promises \(frames) samples, \(samples.count) can be read")
        }
        self.path = path
    }

    /// A block at a time: a small file whose header promises much must not have much memory.
    private static func read(_ file: OpaquePointer, frames: Int, channels: Int) -> [Float] {
        let scale = 1 / Float(channels)
        var samples: [Float] = []
        var block = [Float](repeating: 0, count: 4_096 * channels)
        while samples.count < frames {
            let count = Int(sf_readf_float(file, &block, Int64(min(4_096, frames - samples.count))))
            guard count > 0 else { break }
            guard channels > 1 else {
                samples.append(contentsOf: block[..<count])
                continue
            }
            for frame in 0..<count {
                samples.append(block[frame * channels..<(frame + 1) * channels].reduce(0, +) * scale)
            }
        }
        return samples
    }

    /// 16-bit samples, so many a second.
    public func samples(rate wanted: Int) throws(MediaError) -> [Int16] {
        try resampled(to: wanted).map { sample in
            sample.isFinite ? Int16(max(-32_768, min(32_767, (sample * 32_768).rounded()))) : 0
        }
    }

    /// All that `codec` can carry of it.
    public func encoded(in codec: Codec) throws(MediaError) -> [UInt8] {
        SampleEncoder(codec, rate: codec.sampleRate).encode(try samples(rate: codec.sampleRate))
    }

    /// 97 dB of signal to noise are far more than the 38 dB of G.711, and the fastest filter has them.
    private func resampled(to wanted: Int) throws(MediaError) -> [Float] {
        guard rate != wanted else { return samples }
        let ratio = Double(wanted) / Double(rate)
        var output = [Float](repeating: 0, count: Int(Double(samples.count) * ratio) + 16)
        let capacity = output.count
        let result = samples.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var data = SRC_DATA()
                data.data_in = source.baseAddress
                data.data_out = target.baseAddress
                data.input_frames = source.count
                data.output_frames = capacity
                data.src_ratio = ratio
                let code = src_simple(&data, Int32(SRC_SINC_FASTEST), 1)
                return (code: code, count: data.output_frames_gen)
            }
        }
        guard result.code == 0 else { throw .audioFile(path, reason: String(cString: src_strerror(result.code))) }
        return Array(output.prefix(result.count))
    }
}

/// Writes `bytes` of `codec` as a mono 16-bit PCM WAV file with all that the codec carries: of 8 kHz, or 16 kHz of G.722.
/// An existing file is replaced.
public func writeWave(_ bytes: [UInt8], codec: Codec, to path: String) throws(MediaError) {
    var info = SF_INFO()
    info.samplerate = Int32(codec.sampleRate)
    info.channels = 1
    info.format = Int32(SF_FORMAT_WAV) | Int32(SF_FORMAT_PCM_16)
    guard let file = sf_open(path, Int32(SFM_WRITE), &info) else {
        throw .audioFile(path, reason: String(cString: sf_strerror(nil)))
    }
    let samples = SampleDecoder(codec, rate: codec.sampleRate).decode(bytes)
    let written = sf_writef_short(file, samples, Int64(samples.count))
    let closed = sf_close(file)
    guard written == samples.count, closed == 0 else {
        throw .audioFile(path, reason: "could not be written to its end")
    }
}

extension MediaError {
    /// The reason alone, for where the file is named anyway.
    var reason: String {
        if case .audioFile(_, let reason) = self { return reason }
        return "\(self)"
    }
}
