// Keys heard in the audio, by spandsp. Used only where no telephone-event was agreed.

internal import CSpanDSP

/// Belongs to one media session and to the thread that runs it.
final class ToneDetector {
    /// A tone is recognised in its second or third block of 102 samples; so far back can it have begun.
    static let delay = 3 * 102

    private let state: OpaquePointer
    private let linear: [Int16]

    init?(codec: Codec) {
        guard let state = dtmf_rx_init(nil, nil, nil) else { return nil }
        self.state = state
        linear = codec.linear
    }

    deinit {
        dtmf_rx_free(state)
    }

    /// The key whose tone was recognised within `payload`, at most one packet of audio.
    func take(_ payload: Span<UInt8>) -> Character? {
        let count = min(payload.count, 1_500)
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: count) { samples in
            for index in 0..<count { samples.initializeElement(at: index, to: linear[Int(payload[index])]) }
            _ = dtmf_rx(state, samples.baseAddress, Int32(count))
        }
        var digit: CChar = 0
        guard dtmf_rx_get(state, &digit, 1) == 1 else { return nil }
        return Character(UnicodeScalar(UInt8(bitPattern: digit)))
    }
}
