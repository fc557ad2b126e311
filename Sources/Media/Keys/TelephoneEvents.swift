// Keys from RTP telephone events (RFC 4733). A key is one event: all its packets carry the timestamp of its
// beginning. It is told at the first packet that is seen of it, whichever that is, so it does not matter whether
// the beginning or the end is lost, how often the end is repeated or how long the key is held. Test tools and some
// gateways send each key from a recording: its timestamps then jump back, or are the same for the same key, so an
// event that is over and begins again is another press.

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
        /// When the newest packet of it arrived.
        var heard: MediaTime
    }

    /// RFC 4733 §3.2, Table 3: 0 to 15.
    private static let keys = Array("0123456789*#ABCD")
    /// A packet of an event that has ended is a late one for so long, in milliseconds; after that it can begin a
    /// press with the same timestamp.
    private static let lateness: Int64 = 100
    private static let remembered = 8

    /// Oldest first. Several, since packets of an earlier key may come after the beginning of the next.
    private var recent: [Event] = []

    /// One RTP packet with the payload type of telephone-event. Normally one event; several reports in a packet
    /// follow each other in time (RFC 4733 §2.5.1.5), but at most four are looked at.
    mutating func take(
        _ payload: Span<UInt8>, timestamp: UInt32, source: UInt32, at now: MediaTime
    ) -> [Press] {
        var presses: [Press] = []
        var start = timestamp
        for offset in stride(from: 0, to: min(payload.count & ~3, 16), by: 4) {
            let duration = UInt32(payload.bigEndian16(at: offset + 2))
            let event = Event(
                code: payload[offset], source: source, timestamp: start, duration: duration,
                ended: payload[offset + 1] & 0x80 != 0, heard: now)
            if let key = take(event) { presses.append(Press(key: key, timestamp: start)) }
            start &+= duration
        }
        return presses
    }

    private mutating func take(_ event: Event) -> Character? {
        guard Self.keys.indices.contains(Int(event.code)) else { return nil }
        if let known = recent.firstIndex(where: { $0.source == event.source && $0.timestamp == event.timestamp }) {
            guard isPressedAgain(recent[known], event) else {
                recent[known].duration = max(recent[known].duration, event.duration)
                recent[known].ended = recent[known].ended || event.ended
                recent[known].heard = event.heard
                return nil
            }
            recent.remove(at: known)
        }
        let isContinued = recent.contains { continues($0, event) }
        if recent.count == Self.remembered { recent.removeFirst() }
        recent.append(event)
        return isContinued ? nil : Self.keys[Int(event.code)]
    }

    /// An event that has ended cannot get shorter, unless by a packet that was overtaken on its way.
    private func isPressedAgain(_ known: Event, _ event: Event) -> Bool {
        known.ended && event.duration < known.duration
            && event.heard.milliseconds(since: known.heard) >= Self.lateness
    }

    /// A key held longer than a duration can say goes on as a new segment, which begins where the last one, which
    /// has no end, reached 0xFFFF (RFC 4733 §2.5.1.3).
    private func continues(_ previous: Event, _ event: Event) -> Bool {
        previous.source == event.source && previous.code == event.code && !previous.ended
            && (0xFFFF...0x1_0000).contains(event.timestamp &- previous.timestamp)
    }
}
