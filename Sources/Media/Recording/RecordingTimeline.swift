// Puts the audio packets of a call in a row: what a recording is made of. G.711 has one byte for each timestamp
// unit, so a packet's timestamp says at which byte of the recording it belongs. Payloads go in byte for byte; what
// was lost, or never sent because the caller was silent, is filled with the codec's silence, so that the
// recording is as long as the time that passed. The timestamps are believed as long as they agree with the clock
// on the wall; a new SSRC or a jump places the audio by the time of its arrival instead.

struct RecordingTimeline {
    /// How long a gap waits for packets that are late, in milliseconds.
    static let reorderWindow: Int64 = 120
    /// How many packets may wait behind a gap.
    private static let heldLimit = 16
    /// When nothing arrives, silence is written only up to this many bytes behind the present, so that a network
    /// that stalls and then delivers everything loses nothing.
    private static let stall = 8_000
    /// Audio placed by its arrival joins what is before it when the gap could be jitter.
    private static let jitter = 800
    /// How far timestamps may run ahead of the wall clock.
    private static let ahead = 8_000
    /// A sequence number this far back is a sender that started over (RFC 3550 Appendix A.1, MAX_MISORDER).
    private static let misorder = -100

    private struct Held {
        var position: Int
        var sequence: UInt16
        var payload: [UInt8]
        var arrival: MediaTime
    }

    /// Which byte of the recording a timestamp of a source stands for, and when that was found out.
    private struct Mapping {
        var source: UInt32
        var timestamp: UInt32
        var position: Int
        let madeAt: MediaTime
        /// One more than the highest sequence number seen.
        var nextSequence: UInt16
        /// The sequence number that would follow what is written without a gap.
        var nextWritten: UInt16

        func position(of other: UInt32) -> Int {
            position + Int(Int32(bitPattern: other &- timestamp))
        }
    }

    /// Bytes written so far.
    private(set) var end = 0
    private let silence: UInt8
    private var mapping: Mapping?
    private var held: [Held] = []
    private var drift = DriftMeter()
    /// Bytes of the next audio that are given up, because their clock runs fast.
    private var excess = 0
    /// When the newest packet arrived, and where the audio ended with it.
    private var lastArrival: MediaTime
    private var lastEnd = 0

    init(start: MediaTime, silence: UInt8) {
        lastArrival = start
        self.silence = silence
    }

    /// The length of the recording if it ended now: also when nothing arrives, time goes on.
    func length(at now: MediaTime) -> Int {
        max(end, lastEnd + now.bytes(since: lastArrival))
    }

    /// Where in the recording a timestamp of `source` lies; nil when it is not the source of the audio.
    func position(of timestamp: UInt32, source: UInt32) -> Int? {
        guard let mapping, mapping.source == source else { return nil }
        return mapping.position(of: timestamp)
    }

    mutating func take(_ packet: RTPHeader, _ payload: Span<UInt8>, at now: MediaTime, into audio: inout [UInt8]) {
        guard !payload.isEmpty else { return }
        guard let mapping, mapping.source == packet.source else {
            return place(packet, payload, at: now, into: &audio)
        }
        let distance = Int(Int16(bitPattern: packet.sequence &- mapping.nextSequence))
        let position = mapping.position(of: packet.timestamp)
        let latest = max(end, mapping.position + now.bytes(since: mapping.madeAt) + Self.ahead)
        if distance < 0 {
            guard distance >= Self.misorder else { return place(packet, payload, at: now, into: &audio) }
            guard position >= end, position <= latest, !held.contains(where: { $0.sequence == packet.sequence }) else {
                return
            }
        } else {
            guard position >= end - excess, position <= latest else {
                return place(packet, payload, at: now, into: &audio)
            }
            self.mapping?.nextSequence = packet.sequence &+ 1
        }
        if held.isEmpty, position == end || packet.sequence == mapping.nextWritten {
            write(payload, at: position, into: &audio)
            self.mapping?.nextWritten = packet.sequence &+ 1
        } else {
            hold(packet, payload, at: position, arrival: now)
            release(at: now, into: &audio)
        }
        guard distance >= 0 else { return }
        arrived(at: now, end: position + payload.count)
        excess = max(0, end - position - payload.count)
        let correction = drift.take(end: position + payload.count, at: now)
        self.mapping?.position += correction
        if correction < 0 { excess -= correction }
    }

    /// A packet of the source that is not audio, such as a telephone event: it uses up a sequence number.
    mutating func skip(sequence: UInt16, source: UInt32) {
        guard let mapping, mapping.source == source else { return }
        if sequence == mapping.nextWritten { self.mapping?.nextWritten = sequence &+ 1 }
        if sequence == mapping.nextSequence { self.mapping?.nextSequence = sequence &+ 1 }
    }

    /// Time has passed: gives up on what is late, and fills with silence when nothing arrives any more.
    mutating func advance(to now: MediaTime, into audio: inout [UInt8]) {
        release(at: now, into: &audio)
        guard held.isEmpty else { return }
        fill(to: lastEnd + now.bytes(since: lastArrival) - Self.stall, into: &audio)
    }

    /// Nothing more will come: writes what waits behind a gap.
    mutating func finish(into audio: inout [UInt8]) {
        while let first = held.first { write(first, into: &audio) }
    }

    /// What the timestamps meant is true no longer: the next packet is placed by the time of its arrival.
    mutating func forget(into audio: inout [UInt8]) {
        finish(into: &audio)
        mapping = nil
    }

    /// Writes silence up to `position`.
    mutating func fill(to position: Int, into audio: inout [UInt8]) {
        guard position > end else { return }
        audio.append(contentsOf: repeatElement(silence, count: position - end))
        end = position
    }

    /// Places the first packet of a stream by the time of its arrival.
    private mutating func place(
        _ packet: RTPHeader, _ payload: Span<UInt8>, at now: MediaTime, into audio: inout [UInt8]
    ) {
        finish(into: &audio)
        let due = lastEnd + now.bytes(since: lastArrival) - payload.count
        let position = due - end <= Self.jitter ? end : due
        mapping = Mapping(
            source: packet.source, timestamp: packet.timestamp, position: position, madeAt: now,
            nextSequence: packet.sequence &+ 1, nextWritten: packet.sequence &+ 1)
        write(payload, at: position, into: &audio)
        arrived(at: now, end: end)
        _ = drift.take(end: end, at: now)
    }

    private mutating func arrived(at now: MediaTime, end: Int) {
        lastArrival = now
        lastEnd = max(end, self.end)
    }

    private mutating func hold(_ packet: RTPHeader, _ payload: Span<UInt8>, at position: Int, arrival: MediaTime) {
        let copy = payload.withUnsafeBufferPointer { Array($0) }
        let item = Held(position: position, sequence: packet.sequence, payload: copy, arrival: arrival)
        let index = held.firstIndex { $0.position > position } ?? held.endIndex
        held.insert(item, at: index)
    }

    private mutating func release(at now: MediaTime, into audio: inout [UInt8]) {
        while let first = held.first {
            let isNext = first.position <= end || first.sequence == mapping?.nextWritten
            let isLate = held.contains { now.milliseconds(since: $0.arrival) >= Self.reorderWindow }
            guard isNext || isLate || held.count > Self.heldLimit else { return }
            write(first, into: &audio)
        }
    }

    private mutating func write(_ first: Held, into audio: inout [UInt8]) {
        held.removeFirst()
        write(first.payload.span, at: first.position, into: &audio)
        mapping?.nextWritten = first.sequence &+ 1
    }

    private mutating func write(_ payload: Span<UInt8>, at position: Int, into audio: inout [UInt8]) {
        fill(to: position, into: &audio)
        let known = end - position
        guard known < payload.count else { return }
        payload.withUnsafeBufferPointer { audio.append(contentsOf: $0.dropFirst(known)) }
        end += payload.count - known
    }
}
