// How a store is opened: by whom, and the few numbers that a configuration or a test may want to change.

import GRDB

public struct SQLiteStoreOptions: Sendable {
    public enum Access: Sendable, Hashable {
        /// Records, recovers what a crash left, and owns the database as the only one that does.
        case serving
        /// The command line beside a running server: everything but recording.
        case administration
    }
    public enum Commits: Sendable, Hashable {
        /// Once a second, `SQLiteStore.commitPhase` after each whole second of the monotonic clock.
        case everySecond
        /// Only when a test says so, as is what has expired cleared out.
        case byHand
    }

    public var access: Access = .serving
    /// What a crash left of a message is delivered from this length on, in bytes; 8,000 are a second.
    public var minimumMessageBytes = 16_000
    /// Seconds since 1970.
    public var now: @Sendable () -> Double = SystemTime.secondsSince1970
    public var commits: Commits = .everySecond
    /// One codec's bytes as another's, for messages whose parts differ. The codecs are not this room's: whoever opens a
    /// store for more than one says how one becomes the other.
    public var transcode: @Sendable ([UInt8], StoredEncoding, StoredEncoding) -> [UInt8] = { bytes, _, _ in bytes }
    var pinCost = PINHash.Cost.standard
    var limits = RecordingLimits()
    /// What a test does to each connection to the database before it is used.
    var prepareConnection: (@Sendable (Database) throws -> Void)?

    public init(access: Access = .serving) {
        self.access = access
    }
}

/// Bounds of what waits in memory for the disk.
struct RecordingLimits: Sendable {
    /// The most that one append may bring.
    static let appendBytes = 65_536
    /// Audio of one recording that may wait for a commit: 64 seconds.
    var waitingBytes = 512_000
    var openRecordings = 4_096
    /// Ticks, that is seconds, that an operation waits for its commit.
    var patience = 30
}
