// Keys from RTP telephone events (RFC 4733). A key is one event: all its packets carry the timestamp of its
// beginning. It is told at the first packet that is seen of it, whichever that is, so it does not matter whether
// the beginning or the end is lost, how often the end is repeated or how long the key is held.

struct TelephoneEvents {
    struct Press: Equatable {
        var key: Character
        /// RTP timestamp at which the key went down.
        var timestamp: UInt32
    }

    private struct Event {
        var code: UInt8
        var source: UInt32
        var timestamp: UInt32
        var duration: UInt32
        var ended: Bool
    }

    /// RFC 4733 §3.2, Table 3: 0 to 15.
    private static let keys = Array("0123456789*#ABCD")
    /// An event that lies further back than this is not a late packet but a sender that started over (4 s).
    private static let horizon: Int32 = -32_000

    private var last: Event?

    /// One RTP packet with the payload type of telephone-event. Normally one event; several reports in a packet
    /// follow each other in time (RFC 4733 §2.5.1.5), but at most four are looked at.
    mutating func take(_ payload: Span<UInt8>, timestamp: UInt32, source: UInt32) -> [Press] {
        var presses: [Press] = []
        var start = timestamp
        for offset in stride(from: 0, to: min(payload.count & ~3, 16), by: 4) {
            let duration = UInt32(payload.bigEndian16(at: offset + 2))
            let event = Event(
                code: payload[offset], source: source, timestamp: start, duration: duration,
                ended: payload[offset + 1] & 0x80 != 0)
            if let key = take(event) { presses.append(Press(key: key, timestamp: start)) }
            start &+= duration
        }
        return presses
    }

    private mutating func take(_ event: Event) -> Character? {
        guard Self.keys.indices.contains(Int(event.code)) else { return nil }
        if let previous = last, previous.source == event.source {
            let later = Int32(bitPattern: event.timestamp &- previous.timestamp)
            if later == 0 {
                last?.duration = max(previous.duration, event.duration)
                last?.ended = previous.ended || event.ended
                return nil
            }
            if later < 0, later > Self.horizon { return nil }
            if continues(previous, event, later: later) {
                last = event
                return nil
            }
        }
        last = event
        return Self.keys[Int(event.code)]
    }

    /// A key held longer than a duration can say goes on as a new segment, which begins where the last one, which
    /// has no end, reached 0xFFFF (RFC 4733 §2.5.1.3).
    private func continues(_ previous: Event, _ event: Event, later: Int32) -> Bool {
        !previous.ended && event.code == previous.code && (0xFFFF...0x1_0000).contains(later)
    }
}
