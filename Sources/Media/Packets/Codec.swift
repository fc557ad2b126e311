// The codecs that audio is kept, played and recorded in: G.711 in its two flavours (ITU-T G.711, RFC 3551 §4.5.14) and
// G.722 at 64 kbit/s (ITU-T G.722, RFC 3551 §4.5.2). One byte of each is 125 µs and one RTP timestamp unit, of G.722
// too, whose clock is 8 kHz though it carries 16 kHz; so bytes and timestamps are the same number everywhere in this
// module. The conversions are spandsp's. What follows a state from byte to byte, as G.722 does, is in `SampleDecoder`,
// `SampleEncoder` and `Transcoder`; here are whole pieces.

internal import CSpanDSP

/// A codec by its RTP encoding name (RFC 3551 §6). Each takes 8,000 bytes a second.
public enum Codec: String, Sendable, Hashable, CaseIterable {
    case pcmu = "PCMU"
    case pcma = "PCMA"
    case g722 = "G722"

    public static let bytesPerSecond = 8_000

    /// Samples a second that the codec carries.
    public var sampleRate: Int { self == .g722 ? 16_000 : 8_000 }

    /// The static payload type (RFC 3551 §6, Table 4).
    var staticPayloadType: UInt8 {
        switch self {
        case .pcmu: 0
        case .pcma: 8
        case .g722: 9
        }
    }

    /// The byte that decodes to no sound. For G.722 it is the smallest step in both bands: whatever was heard before it
    /// has died away within 40 ms.
    public var silence: UInt8 {
        switch self {
        case .pcmu: 0xFF
        case .pcma: 0xD5
        case .g722: 0xFD
        }
    }

    /// A whole piece of 16-bit linear samples of 8 kHz to this codec.
    public func encode(_ samples: [Int16]) -> [UInt8] {
        SampleEncoder(self, rate: 8_000).encode(samples)
    }

    /// A whole piece of this codec to 16-bit linear samples of 8 kHz.
    public func decode(_ bytes: [UInt8]) -> [Int16] {
        SampleDecoder(self, rate: 8_000).decode(bytes)
    }

    /// A whole piece of one codec as bytes of another: by the tables of ITU-T G.711, or by linear samples of 8 kHz where
    /// one of them is G.722; the same bytes when they are equal.
    public static func transcode(_ bytes: [UInt8], from source: Codec, to target: Codec) -> [UInt8] {
        guard let transcoder = Transcoder(from: source, to: target) else { return bytes }
        return transcoder.transcode(bytes)
    }

    /// What each of the 256 bytes of one G.711 codec is in the other.
    static let pcmuToPCMA = (0...255).map { ulaw_to_alaw(UInt8($0)) }
    static let pcmaToPCMU = (0...255).map { alaw_to_ulaw(UInt8($0)) }

    /// The linear value of each of the 256 bytes of G.711.
    static let linearOfPCMU = (0...255).map { ulaw_to_linear(UInt8($0)) }
    static let linearOfPCMA = (0...255).map { alaw_to_linear(UInt8($0)) }
}

/// A piece of audio in one codec: immutable, shared by every call that plays it.
public struct AudioBuffer: Sendable, Hashable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
