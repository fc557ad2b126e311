// A sender's clock against ours. The packet that was on its way for the shortest time, of all within some seconds, shows
// how far its timestamps have got from the time that passed; where that changes, their clock runs at another speed, or
// stood still, and the recording is put right a little at a time.

struct DriftMeter {
    /// In milliseconds: long enough that one packet in it was hardly delayed.
    private static let window: Int64 = 2_000
    /// Less than so many bytes are let be: 19 ms, so that a sender who was only held up for a moment is kept as he sent.
    private static let step = 152
    /// So much of what was said is given up at once, at most: 20 ms. Silence may be put in as it comes: their clock may
    /// have stood still.
    private static let most = 160

    /// Where the first packet ended in the recording, and when.
    private var origin: (end: Int, at: MediaTime)?
    private var windowBegan: MediaTime?
    /// By how much the audio was ahead of the time that passed: at most in this window, and in the first.
    private var lead = Int.min
    private var reference: Int?

    /// A packet whose audio ends at `end` of the recording has come. Returns by how many bytes the audio after it is to
    /// be moved: back, when less than nothing.
    mutating func take(end: Int, at now: MediaTime) -> Int {
        guard let origin, let windowBegan else {
            origin = (end, now)
            windowBegan = now
            // It may have been faster than any after it; only what others agree with is a reference.
            return 0
        }
        lead = max(lead, end - origin.end - now.bytes(since: origin.at))
        guard now.milliseconds(since: windowBegan) >= Self.window else { return 0 }
        let newest = lead
        self.windowBegan = now
        lead = .min
        guard let reference else {
            reference = newest
            return 0
        }
        let drift = newest - reference
        return abs(drift) < Self.step ? 0 : max(-drift, -Self.most)
    }
}
