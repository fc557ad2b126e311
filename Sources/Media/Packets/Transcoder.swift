// One codec's bytes as another's, a piece at a time and byte for byte: what begins in the middle of a stream, or goes
// on after a piece, fits to what was before it.

/// For one stream and one user at a time.
public final class Transcoder {
    private enum Way {
        case table([UInt8])
        case samples(SampleDecoder, SampleEncoder)
    }

    /// Bytes that are converted at once.
    private static let block = 800

    public let source: Codec
    public let target: Codec
    private let way: Way

    /// nil when the two are the same.
    public init?(from source: Codec, to target: Codec) {
        guard source != target else { return nil }
        self.source = source
        self.target = target
        way =
            switch (source, target) {
            case (.pcmu, .pcma): .table(Codec.pcmuToPCMA)
            case (.pcma, .pcmu): .table(Codec.pcmaToPCMU)
            default: .samples(SampleDecoder(source, rate: 8_000), SampleEncoder(target, rate: 8_000))
            }
    }

    public func transcode(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBufferPointer { transcode($0) }
        return bytes
    }

    /// In place; allocates nothing.
    func transcode(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
        switch way {
        case .table(let table):
            table.withUnsafeBufferPointer { table in
                for index in bytes.indices { bytes[index] = table[Int(bytes[index])] }
            }
        case .samples(let decoder, let encoder):
            withUnsafeTemporaryAllocation(of: Int16.self, capacity: Self.block) { samples in
                guard let start = samples.baseAddress else { return }
                for first in stride(from: 0, to: bytes.count, by: Self.block) {
                    let piece = UnsafeMutableBufferPointer(
                        rebasing: bytes[first..<min(first + Self.block, bytes.count)])
                    guard let place = piece.baseAddress else { continue }
                    decoder.decode(UnsafeBufferPointer(piece), into: start)
                    encoder.encode(UnsafeBufferPointer(start: start, count: piece.count), into: place)
                }
            }
        }
    }
}

/// A transcoder that is made when it is needed, and anew when other codecs are.
struct TranscoderInUse {
    private var transcoder: Transcoder?

    /// In place. Allocates only when the codecs are others than the last time.
    mutating func convert(_ bytes: UnsafeMutableBufferPointer<UInt8>, from source: Codec, to target: Codec) {
        guard source != target else { return }
        if transcoder?.source != source || transcoder?.target != target {
            transcoder = Transcoder(from: source, to: target)
        }
        transcoder?.transcode(bytes)
    }
}
