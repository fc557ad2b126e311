// The RTP side of one call, as the rest of the program holds it. Every method returns at once: it leaves a
// command for the media thread that owns the session. What happens there comes back through `events`.

public final class MediaSession: Sendable {
    /// Even port of our RTP socket; RTCP is on the next one.
    public let localPort: UInt16
    /// For one consumer. Finishes after `close()`.
    public let events: AsyncStream<MediaEvent>

    init(localPort: UInt16, events: AsyncStream<MediaEvent>) {
        self.localPort = localPort
        self.events = events
    }

    /// Begins to send and receive; called again with what a re-INVITE agreed. A new remote address makes the
    /// session look for the peer again; the same one keeps what it is locked to.
    public func start(_ parameters: StreamParameters) {}

    /// Plays `buffers`, beginning `byteOffset` into them, until their end when `ends`, else until more is appended.
    /// Replaces what is playing. One of the keys in `stoppedBy` stops it at once.
    public func play(
        _ id: PlaybackID, _ buffers: [AudioBuffer], from byteOffset: Int = 0, ends: Bool = true,
        stoppedBy: Set<Character> = []
    ) {}

    /// More of a playback that was started with `ends: false`. Ignored when `id` is not playing.
    public func append(_ id: PlaybackID, _ buffers: [AudioBuffer], ends: Bool) {}

    public func stopPlaying() {}

    /// Records what arrives from now on, until one of the limits or `stopRecording()`.
    public func record(_ request: RecordingRequest) {}

    /// Ends the recording after what has already arrived is in it. Nothing happens when there is none.
    public func stopRecording() {}

    /// A key that came by signalling (SIP INFO).
    public func press(_ key: Character) {}

    /// Ends everything and gives the ports back. Safe to call twice.
    public func close() {}
}
