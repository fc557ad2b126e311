// Keys heard in the audio, by spandsp. Used only where no telephone-event was agreed.

internal import CSpanDSP

/// Belongs to one media session and to the thread that runs it.
final class ToneDetector {
    /// spandsp looks at blocks of so many samples.
    private static let block = 102
    /// Longest packet that is looked at.
    private static let longest = 1_500

    let codec: Codec
    private let state: OpaquePointer
    private let decoder: SampleDecoder
    /// Samples of the block that has begun.
    private var begun = 0

    init?(codec: Codec) {
        guard let state = dtmf_rx_init(nil, nil, nil) else { return nil }
        // A little more than ITU-T Q.24 asks for, 8 and 4 dB, so that a key at the limit is heard; -1 and -99 change nothing.
        dtmf_rx_parms(state, -1, 10, 6, -99)
        self.codec = codec
        self.state = state
        decoder = SampleDecoder(codec, rate: 8_000)
    }

    deinit {
        dtmf_rx_free(state)
    }

    /// The key whose tone was recognised within `payload`, at most one packet of audio, and how many samples before the
    /// end of it the tone may have begun. It takes two blocks that hold nothing else, so the tone began in the block
    /// before these, and swelled up, if it did, in the one before that.
    func take(_ payload: UnsafeBufferPointer<UInt8>) -> (key: Character, back: Int)? {
        let count = min(payload.count, Self.longest)
        var found: (key: Character, back: Int)?
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: count) { samples in
            guard let first = samples.baseAddress else { return }
            decoder.decode(UnsafeBufferPointer(rebasing: payload[..<count]), into: first)
            var start = 0
            while start < count {
                let length = min(Self.block - begun, count - start)
                _ = dtmf_rx(state, first + start, Int32(length))
                start += length
                begun = (begun + length) % Self.block
                var digit: CChar = 0
                if found == nil, dtmf_rx_get(state, &digit, 1) == 1 {
                    let key = Character(UnicodeScalar(UInt8(bitPattern: digit)))
                    found = (key, 4 * Self.block + payload.count - start)
                }
            }
        }
        return found
    }
}
