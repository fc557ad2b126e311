// G.711 in its two flavours (ITU-T G.711, RFC 3551 §4.5.14): the codecs that audio is kept, played and
// recorded in. One sample is one byte and one RTP timestamp unit, so bytes, samples and timestamps of 8 kHz
// are the same number everywhere in this module. The conversions are spandsp's.

internal import CSpanDSP

/// A codec by its RTP encoding name (RFC 3551 §6). Each takes 8,000 bytes a second.
public enum Codec: String, Sendable, Hashable, CaseIterable {
    case pcmu = "PCMU"
    case pcma = "PCMA"

    public static let bytesPerSecond = 8_000

    /// The byte that decodes to no sound.
    public var silence: UInt8 {
        switch self {
        case .pcmu: 0xFF
        case .pcma: 0xD5
        }
    }

    /// 16-bit linear samples of 8 kHz to this codec.
    public func encode(_ samples: [Int16]) -> [UInt8] {
        switch self {
        case .pcmu: samples.map { linear_to_ulaw(Int32($0)) }
        case .pcma: samples.map { linear_to_alaw(Int32($0)) }
        }
    }

    /// This codec to 16-bit linear samples of 8 kHz.
    public func decode(_ bytes: [UInt8]) -> [Int16] {
        let table = linear
        return bytes.map { table[Int($0)] }
    }

    /// `bytes` of one codec as bytes of another, by the tables of ITU-T G.711; the same bytes when they are equal.
    public static func transcode(_ bytes: [UInt8], from source: Codec, to target: Codec) -> [UInt8] {
        guard let table = source.table(to: target) else { return bytes }
        return bytes.map { table[Int($0)] }
    }

    /// What each of the 256 bytes of this codec is in another; nil when it is the same.
    func table(to target: Codec) -> [UInt8]? {
        switch (self, target) {
        case (.pcmu, .pcma): Codec.tableToPCMA
        case (.pcma, .pcmu): Codec.tableToPCMU
        case (.pcmu, .pcmu), (.pcma, .pcma): nil
        }
    }

    private static let tableToPCMA = (0...255).map { ulaw_to_alaw(UInt8($0)) }
    private static let tableToPCMU = (0...255).map { alaw_to_ulaw(UInt8($0)) }

    /// The linear value of each of the 256 bytes.
    var linear: [Int16] {
        switch self {
        case .pcmu: Codec.linearOfPCMU
        case .pcma: Codec.linearOfPCMA
        }
    }

    private static let linearOfPCMU = (0...255).map { ulaw_to_linear(UInt8($0)) }
    private static let linearOfPCMA = (0...255).map { alaw_to_linear(UInt8($0)) }
}

/// A piece of audio in one codec: immutable, shared by every call that plays it.
public struct AudioBuffer: Sendable, Hashable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
