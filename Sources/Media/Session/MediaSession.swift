// The RTP side of one call, as the rest of the program holds it. Every method returns at once: it leaves a
// command for the media thread that owns the session. What happens there comes back through `events`.

internal import Synchronization

public final class MediaSession: Sendable {
    /// Even port of our RTP socket; RTCP is on the next one.
    public let localPort: UInt16
    /// For one consumer. Finishes after `close()`.
    public let events: AsyncStream<MediaEvent>

    private let core: SessionCore
    private let worker: MediaWorker
    /// For the ends of what the media thread was too busy to begin.
    private let refused: AsyncStream<MediaEvent>.Continuation
    private let isClosed = Mutex(false)
    private let closed: @Sendable () -> Void

    init(
        _ core: SessionCore, on worker: MediaWorker, events: AsyncStream<MediaEvent>,
        refused: AsyncStream<MediaEvent>.Continuation,
        closed: @escaping @Sendable () -> Void
    ) {
        self.core = core
        self.worker = worker
        self.events = events
        self.refused = refused
        self.closed = closed
        localPort = core.sockets.port
    }

    deinit {
        close()
    }

    /// Begins to send and receive; called again with what a re-INVITE agreed. A new remote address makes the
    /// session look for the peer again; the same one keeps what it is locked to. When the codec changes, everything is
    /// still played and recorded in the codec of the first start, and transcoded on its way.
    public func start(_ parameters: StreamParameters) {
        _ = worker.submit(.start(parameters), for: core)
    }

    /// Plays `buffers`, beginning `byteOffset` into them, until their end when `ends`, else until more is appended.
    /// Replaces what is playing. One of the keys in `stoppedBy` stops it at once.
    public func play(
        _ id: PlaybackID, _ buffers: [AudioBuffer], from byteOffset: Int = 0, ends: Bool = true,
        stoppedBy: Set<Character> = []
    ) {
        let player = Player(id, buffers, from: byteOffset, ends: ends, stoppedBy: stoppedBy)
        if !worker.submit(.play(player), for: core) {
            refused.yield(.playbackEnded(id, bytesPlayed: 0, key: nil))
        }
    }

    /// More of a playback that was started with `ends: false`. Ignored when `id` is not playing.
    public func append(_ id: PlaybackID, _ buffers: [AudioBuffer], ends: Bool) {
        if !worker.submit(.append(id, buffers, ends: ends), for: core) { stopPlaying() }
    }

    public func stopPlaying() {
        _ = worker.submit(.stopPlaying, for: core)
    }

    /// Records what arrives from now on, until one of the limits or `stopRecording()`.
    public func record(_ request: RecordingRequest) {
        if !worker.submit(.record(request), for: core) {
            let nothing = RecordingSummary(ending: .overrun, bytes: 0, voicedBytes: 0)
            refused.yield(.recordingEnded(nothing))
        }
    }

    /// Ends the recording after what has already arrived is in it. Nothing happens when there is none.
    public func stopRecording() {
        _ = worker.submit(.stopRecording, for: core)
    }

    /// A key that came by signalling (SIP INFO).
    public func press(_ key: Character) {
        _ = worker.submit(.press(key), for: core)
    }

    /// Joins two calls: the peer of each session hears what the peer of the other says, in its own codec, while nothing
    /// is played to it. Recordings and keys go on as before: a key is reported by the session that heard it, and not
    /// passed on. Lasts until `disconnect()` or `close()` of either, or until one of them is connected to a third.
    /// - Returns: false when the media threads are too busy; then neither hears the other.
    public func connect(to other: MediaSession) -> Bool {
        guard other !== self else { return false }
        let (end, otherEnd) = BridgeEnd.pair()
        let isConnected =
            worker.submit(.connect(end), for: core) && other.worker.submit(.connect(otherEnd), for: other.core)
        if !isConnected { end.close() }
        return isConnected
    }

    /// Ends what `connect(to:)` began, for both. Nothing happens when there is nothing to end.
    public func disconnect() {
        _ = worker.submit(.disconnect, for: core)
    }

    /// Ends everything and gives the ports back. Safe to call twice.
    public func close() {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        _ = worker.submit(.close, for: core)
        closed()
    }
}
