// The media side of the whole program: its threads, its ports and its sessions.

public import Logging

public final class MediaEngine: Sendable {
    public init(_ configuration: MediaConfiguration, logger: Logger) throws(MediaError) {}

    /// A session with a port pair of its own. It says and hears nothing before `MediaSession.start`.
    public func open() throws(MediaError) -> MediaSession { throw .closed }

    /// Closes all sessions and ends the threads; returns when they have ended. Nothing can be opened afterwards.
    public func close() {}
}
