// A moment on the monotonic clock. The machines of this module are given it, they never read the clock.

struct MediaTime: Comparable, Hashable, Sendable {
    var nanoseconds: Int64

    static func < (left: MediaTime, right: MediaTime) -> Bool { left.nanoseconds < right.nanoseconds }
    static func + (time: MediaTime, milliseconds: Int64) -> MediaTime {
        MediaTime(nanoseconds: time.nanoseconds + milliseconds * 1_000_000)
    }

    func milliseconds(since earlier: MediaTime) -> Int64 {
        (nanoseconds - earlier.nanoseconds) / 1_000_000
    }

    /// The length of the audio (8,000 bytes a second) that fits between two moments.
    func bytes(since earlier: MediaTime) -> Int {
        Int((nanoseconds - earlier.nanoseconds) / 125_000)
    }

    /// This moment on an 8 kHz clock.
    var samples: UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 125_000) }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
