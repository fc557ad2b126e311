// A fax machine, by spandsp: the calling tone of 1,100 Hz (CNG), the answering tone of 2,100 Hz (CED) or the preamble
// at 300 bits a second (V.21) (ITU-T T.30 §4 and §5.3.1). The detectors are thorough and take their time, so they are
// given only audio that is steady and crosses zero as often as such a tone.

internal import CSpanDSP

final class FaxDetector {
    /// Zero crossings in 20 ms.
    private static let calling = 40...48
    private static let answering = 62...90
    private static let callingType = Int32(MODEM_CONNECT_TONES_FAX_CNG)
    private static let answeringType = Int32(MODEM_CONNECT_TONES_FAX_CED_OR_PREAMBLE)

    private let callingTone: OpaquePointer?
    private let answeringTone: OpaquePointer?
    /// The one that is listening.
    private var listening: OpaquePointer?

    init() {
        callingTone = modem_connect_tones_rx_init(nil, Self.callingType, nil, nil)
        answeringTone = modem_connect_tones_rx_init(nil, Self.answeringType, nil, nil)
    }

    deinit {
        if let callingTone { modem_connect_tones_rx_free(callingTone) }
        if let answeringTone { modem_connect_tones_rx_free(answeringTone) }
    }

    /// Whether a fax machine is heard with these samples, after those before them when they are not `isNew`.
    func hears(_ samples: UnsafeBufferPointer<Int16>, isNew: Bool) -> Bool {
        if isNew { listening = nil }
        let crossings = Self.crossings(samples.suffix(SpeechMeter.frame))
        if Self.calling.contains(crossings) { return hears(samples, callingTone, Self.callingType) }
        if Self.answering.contains(crossings) { return hears(samples, answeringTone, Self.answeringType) }
        return false
    }

    private func hears(_ samples: UnsafeBufferPointer<Int16>, _ detector: OpaquePointer?, _ type: Int32) -> Bool {
        guard let detector else { return false }
        if listening != detector {
            modem_connect_tones_rx_init(detector, type, nil, nil)
            listening = detector
        }
        _ = modem_connect_tones_rx(detector, samples.baseAddress, Int32(samples.count))
        return modem_connect_tones_rx_get(detector) != Int32(MODEM_CONNECT_TONES_NONE)
    }

    private static func crossings(_ samples: Slice<UnsafeBufferPointer<Int16>>) -> Int {
        zip(samples, samples.dropFirst()).count { ($0 < 0) != ($1 < 0) }
    }
}
