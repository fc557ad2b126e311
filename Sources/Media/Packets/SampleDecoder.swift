// A codec's bytes to linear samples and back, a piece at a time: G.711 by tables, G.722 by spandsp, which remembers
// what came before. G.722 can be had at 8 kHz, one sample a byte: only its lower band is then decoded, which is all that
// a telephone's 8 kHz can hold and a quarter of the work.

internal import CSpanDSP

/// For one stream and one user at a time.
final class SampleDecoder {
    /// 1, or 2 for G.722 at 16 kHz.
    let samplesPerByte: Int
    private let table: [Int16]
    private let state: UnsafeMutablePointer<g722_decode_state_t>?

    /// - Parameter rate: 8,000, or the rate of the codec.
    init(_ codec: Codec, rate: Int) {
        table = codec == .pcma ? Codec.linearOfPCMA : Codec.linearOfPCMU
        samplesPerByte = codec == .g722 && rate == codec.sampleRate ? 2 : 1
        let options = samplesPerByte == 1 ? Int32(G722_SAMPLE_RATE_8000) : 0
        state = codec == .g722 ? g722_decode_init(nil, 64_000, options) : nil
        if let state { state.pointee.band = G722.bandsAfterSilence }
    }

    deinit {
        if let state { g722_decode_free(state) }
    }

    /// Writes `samplesPerByte` samples for each byte.
    func decode(_ bytes: UnsafeBufferPointer<UInt8>, into samples: UnsafeMutablePointer<Int16>) {
        if let state {
            _ = g722_decode(state, samples, bytes.baseAddress, Int32(bytes.count))
            return
        }
        table.withUnsafeBufferPointer { table in
            for index in bytes.indices { samples[index] = table[Int(bytes[index])] }
        }
    }

    func decode(_ bytes: [UInt8]) -> [Int16] {
        let count = bytes.count * samplesPerByte
        guard count > 0 else { return [] }
        return [Int16](unsafeUninitializedCapacity: count) { samples, initialized in
            guard let start = samples.baseAddress else { return }
            bytes.withUnsafeBufferPointer { decode($0, into: start) }
            initialized = count
        }
    }
}

/// For one stream and one user at a time.
final class SampleEncoder {
    /// 1, or 2 for G.722 from 16 kHz.
    let samplesPerByte: Int
    private let codec: Codec
    private let state: UnsafeMutablePointer<g722_encode_state_t>?

    /// - Parameter rate: 8,000, or the rate of the codec.
    init(_ codec: Codec, rate: Int) {
        self.codec = codec
        samplesPerByte = codec == .g722 && rate == codec.sampleRate ? 2 : 1
        let options = samplesPerByte == 1 ? Int32(G722_SAMPLE_RATE_8000) : 0
        state = codec == .g722 ? g722_encode_init(nil, 64_000, options) : nil
        if let state { state.pointee.band = G722.bandsAfterSilence }
    }

    deinit {
        if let state { g722_encode_free(state) }
    }

    /// Writes a byte for each `samplesPerByte` samples. An odd sample at the end of 16 kHz is left out.
    func encode(_ samples: UnsafeBufferPointer<Int16>, into bytes: UnsafeMutablePointer<UInt8>) {
        let count = samples.count / samplesPerByte
        switch codec {
        case .pcmu: for index in 0..<count { bytes[index] = linear_to_ulaw(Int32(samples[index])) }
        case .pcma: for index in 0..<count { bytes[index] = linear_to_alaw(Int32(samples[index])) }
        case .g722:
            guard let state else { return }
            _ = g722_encode(state, bytes, samples.baseAddress, Int32(count * samplesPerByte))
        }
    }

    func encode(_ samples: [Int16]) -> [UInt8] {
        let count = samples.count / samplesPerByte
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
            guard let start = bytes.baseAddress else { return }
            samples.withUnsafeBufferPointer { encode($0, into: start) }
            initialized = count
        }
    }
}

private enum G722 {
    /// What both sides remember after a second of the byte of silence. A stream that we make is put together of clips
    /// with silence between them, so each clip is encoded as what comes after silence: a listener who remembers
    /// something else hears its first tenth of a second rough, and ten decibels too loud when it is a tone.
    static let bandsAfterSilence: (g722_band_t, g722_band_t) = {
        let decoder = g722_decode_init(nil, 64_000, 0)
        defer { g722_decode_free(decoder) }
        var samples = [Int16](repeating: 0, count: 16_000)
        let silence = [UInt8](repeating: Codec.g722.silence, count: 8_000)
        _ = g722_decode(decoder, &samples, silence, 8_000)
        return decoder?.pointee.band ?? (g722_band_t(), g722_band_t())
    }()
}
