// Two sessions whose peers hear each other. What one hears is put on a lane, and the other takes it from there at its
// own 20 ms; the two may belong to different media threads, so a lane is behind a lock, which is held for no longer
// than it takes to copy one packet. A lane is short: when more comes than is taken, the oldest is dropped, so that
// two people never talk with more than 200 ms between them.

internal import Synchronization

/// One direction of a bridge. Either thread may close it, and the other then finds it closed.
final class AudioLane: Sendable {
    /// 200 ms.
    static let limit = 1_600
    /// So much must have come before any is taken, at first and after it ran dry: 40 ms against jitter.
    static let cushion = 320

    private struct State {
        /// A ring: `count` bytes from `start` on.
        var bytes = [UInt8](repeating: 0, count: AudioLane.limit)
        var start = 0
        var count = 0
        /// What the bytes are in: the codec that they arrived in.
        var codec = Codec.pcmu
        var flows = false
        var isClosed = false
    }

    private let state = Mutex(State())

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func close() {
        state.withLock { $0.isClosed = true }
    }

    func put(_ audio: UnsafeBufferPointer<UInt8>, codec: Codec) {
        state.withLock { state in
            if state.codec != codec {
                state.codec = codec
                state.count = 0
            }
            let audio = audio.suffix(Self.limit)
            let excess = max(0, state.count + audio.count - Self.limit)
            state.start = (state.start + excess) % Self.limit
            state.count -= excess
            var end = (state.start + state.count) % Self.limit
            for byte in audio {
                state.bytes[end] = byte
                end = end + 1 == Self.limit ? 0 : end + 1
            }
            state.count += audio.count
        }
    }

    /// Takes up to `count` bytes into `frame`: how many there were, and what they are in.
    func take(_ frame: UnsafeMutablePointer<UInt8>, count: Int) -> (count: Int, codec: Codec) {
        state.withLock { state in
            guard state.flows || state.count >= Self.cushion else { return (0, state.codec) }
            let taken = min(count, state.count)
            for index in 0..<taken {
                frame[index] = state.bytes[state.start]
                state.start = state.start + 1 == Self.limit ? 0 : state.start + 1
            }
            state.count -= taken
            state.flows = taken == count
            return (taken, state.codec)
        }
    }
}

/// One session's end of a bridge. Belongs to its media thread once it is connected.
struct BridgeEnd: Sendable {
    /// A sequence number this far back is a sender that started over (RFC 3550 Appendix A.1, MAX_MISORDER).
    private static let misorder = -100

    private let hears: AudioLane
    private let says: AudioLane
    private var source: UInt32?
    private var sequence: UInt16 = 0

    private init(hears: AudioLane, says: AudioLane) {
        self.hears = hears
        self.says = says
    }

    static func pair() -> (BridgeEnd, BridgeEnd) {
        let lanes = (AudioLane(), AudioLane())
        return (BridgeEnd(hears: lanes.0, says: lanes.1), BridgeEnd(hears: lanes.1, says: lanes.0))
    }

    /// Whether the other end is still there.
    var isOpen: Bool { !hears.isClosed }

    func close() {
        hears.close()
        says.close()
    }

    /// Audio of this end's peer, for the other's. What comes late or twice is dropped: its time has passed.
    mutating func say(_ packet: RTPHeader, _ payload: UnsafeBufferPointer<UInt8>, codec: Codec) {
        let distance = Int(Int16(bitPattern: packet.sequence &- sequence))
        guard source != packet.source || distance > 0 || distance < Self.misorder else { return }
        source = packet.source
        sequence = packet.sequence
        says.put(payload, codec: codec)
    }

    /// The next of what the other end's peer said: how many bytes of `frame` were written, and what they are in.
    func hear(_ frame: UnsafeMutablePointer<UInt8>, count: Int) -> (count: Int, codec: Codec) {
        hears.take(frame, count: count)
    }
}
