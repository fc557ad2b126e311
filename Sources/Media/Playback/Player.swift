// One playback: a list of shared buffers and how far it has got, taken 20 ms at a time.

struct Player {
    /// Where `isRunningLow` begins: 2 s.
    static let low = 16_000

    let id: PlaybackID
    let stoppedBy: Set<Character>
    private(set) var bytesPlayed = 0
    private var buffers: [AudioBuffer]
    private var index = 0
    /// Where in `buffers[index]` to go on.
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
        buffers.removeFirst(min(index, buffers.count))
        index = 0
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
        while written < count, index < buffers.count {
            let wanted = count - written
            let copied = buffers[index].bytes.withUnsafeBufferPointer { bytes in
                let available = min(bytes.count - offset, wanted)
                if available > 0, let base = bytes.baseAddress {
                    (frame + written).update(from: base + offset, count: available)
                }
                return available
            }
            written += copied
            offset += copied
            if copied < wanted {
                index += 1
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
        while index < buffers.count, offset >= buffers[index].bytes.count {
            offset -= buffers[index].bytes.count
            index += 1
        }
    }
}
