// One playback: a list of shared buffers and how far it has got, taken 20 ms at a time.

struct Player {
    /// Bytes: where `runsLow` begins, 1 s before the end.
    static let low = 8_000

    let id: PlaybackID
    let stoppedBy: Set<Character>
    private(set) var bytesPlayed = 0
    /// What is still to be played; a buffer goes when its last byte has been.
    private var buffers: [AudioBuffer]
    /// Where in the first of them to go on.
    private var offset = 0
    private var left: Int
    private var ends: Bool
    private var toldLow = false

    init(_ id: PlaybackID, _ buffers: [AudioBuffer], from byteOffset: Int, ends: Bool, stoppedBy: Set<Character>) {
        self.id = id
        self.stoppedBy = stoppedBy
        self.buffers = buffers
        self.ends = ends
        left = buffers.reduce(0) { $0 + $1.bytes.count }
        skip(min(max(byteOffset, 0), left))
    }

    /// Everything has been played and no more will come.
    var hasEnded: Bool { ends && left == 0 }

    mutating func append(_ more: [AudioBuffer], ends: Bool) {
        buffers.append(contentsOf: more)
        left += more.reduce(0) { $0 + $1.bytes.count }
        self.ends = ends
        toldLow = false
    }

    /// Once for each time that the audio is about to run out and more is to be appended.
    mutating func runsLow() -> Bool {
        guard !ends, !toldLow, left < Self.low else { return false }
        toldLow = true
        return true
    }

    /// Writes up to `count` bytes to `frame` and returns how many there were.
    mutating func fill(_ frame: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
        var written = 0
        while written < count, let buffer = buffers.first {
            let wanted = count - written
            let copied = buffer.bytes.withUnsafeBufferPointer { bytes in
                let available = min(bytes.count - offset, wanted)
                if available > 0, let base = bytes.baseAddress {
                    (frame + written).update(from: base + offset, count: available)
                }
                return available
            }
            written += copied
            offset += copied
            if offset == buffer.bytes.count {
                buffers.removeFirst()
                offset = 0
            }
        }
        left -= written
        bytesPlayed += written
        return written
    }

    private mutating func skip(_ count: Int) {
        offset = count
        left -= count
        while let buffer = buffers.first, offset >= buffer.bytes.count {
            offset -= buffer.bytes.count
            buffers.removeFirst()
        }
    }
}
