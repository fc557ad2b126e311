// What the tests of this target share: packets as bytes, and time by hand.

import Testing

@testable import Media

/// An RTP packet as it is on the wire (RFC 3550 §5.1).
func rtpBytes(
    type: UInt8 = 0, marker: Bool = false, sequence: UInt16, timestamp: UInt32, source: UInt32 = 0xABCD,
    _ payload: [UInt8]
) -> [UInt8] {
    var bytes: [UInt8] = [0x80, type | (marker ? 0x80 : 0)]
    bytes += [UInt8(sequence >> 8), UInt8(sequence & 0xFF)]
    for word in [timestamp, source] { bytes += (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    return bytes + payload
}

/// The four bytes of a telephone event (RFC 4733 §2.3).
func eventBytes(_ key: Character, duration: UInt16, end: Bool = false) -> [UInt8] {
    let code = "0123456789*#ABCD".firstIndex(of: key).map { "0123456789*#ABCD".distance(from: "0".startIndex, to: $0) }
    return [UInt8(code ?? 255), (end ? 0x80 : 0) | 10, UInt8(duration >> 8), UInt8(duration & 0xFF)]
}

func parsed(_ bytes: [UInt8]) -> RTPHeader? {
    RTPHeader(bytes.span)
}

func reportLength(of bytes: [UInt8]) -> Int? {
    leadingReportLength(bytes.span)
}

extension TelephoneEvents {
    /// The keys that a packet presses.
    mutating func keys(_ payload: [UInt8], timestamp: UInt32, source: UInt32 = 1, at time: Int64 = 0) -> String {
        String(take(payload.span, timestamp: timestamp, source: source, at: milliseconds(time)).map(\.key))
    }
}

func milliseconds(_ value: Int64) -> MediaTime {
    MediaTime(nanoseconds: value * 1_000_000)
}

/// Audio that is nowhere the same: what comes back can be compared byte for byte. It is loud.
func speech(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
    }
}

func silence(_ count: Int, _ codec: Codec = .pcmu) -> [UInt8] {
    [UInt8](repeating: codec.silence, count: count)
}

extension [UInt8] {
    /// A recording without the time that passed before its first packet, which a busy machine may make longer.
    func withoutLeadingSilence(_ codec: Codec = .pcmu) -> [UInt8] {
        Array(drop { $0 == codec.silence })
    }
}

extension Array {
    func pieces(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

/// Feeds a recorder as a network would and gathers what comes out of it.
struct RecorderBench {
    var recorder: Recorder
    var audio: [UInt8] = []
    var chunkSizes: [Int] = []
    var summary: RecordingSummary?

    init(_ request: RecordingRequest = RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(100))) {
        recorder = Recorder(request, codec: .pcmu, start: milliseconds(0))
    }

    mutating func packet(
        _ sequence: UInt16, _ timestamp: UInt32, _ payload: [UInt8], source: UInt32 = 0xABCD, at time: Int64
    ) throws {
        let bytes = rtpBytes(sequence: sequence, timestamp: timestamp, source: source, payload)
        let header = try #require(parsed(bytes))
        recorder.take(header, payload.span, at: milliseconds(time))
        gather()
    }

    mutating func advance(to time: Int64) {
        recorder.advance(to: milliseconds(time))
        gather()
    }

    mutating func stop() {
        recorder.stop(.stopped)
        gather()
    }

    mutating func gather() {
        while let output = recorder.nextOutput() {
            switch output {
            case .chunk(let bytes):
                audio += bytes
                chunkSizes.append(bytes.count)
            case .ended(let ended): summary = ended
            }
        }
    }
}
