// One recording: the timeline's audio, cut into the chunks that the store wants, and the reasons to stop. The last
// 120 ms stay back until it is known that no key began in them, since a key is recognised after it has begun.

struct Recorder {
    enum Output: Equatable {
        case chunk([UInt8])
        case ended(RecordingSummary)
    }

    /// Bytes that are not given away yet, so that the audio of a key can be taken back.
    static let holdback = 960
    private static let chunk = 8_000
    /// Bytes that are measured at once.
    private static let block = 160
    /// Room for a chunk, what stays back and a long packet.
    private static let capacity = chunk + holdback + 480

    /// What the recording is made in.
    let codec: Codec
    private let request: RecordingRequest
    private let silenceLimit: Int
    private var timeline: RecordingTimeline
    private var meter = SpeechMeter()
    private let decoder: SampleDecoder
    private var listener: LineListener?
    /// Audio from `released` on.
    private var audio: [UInt8] = []
    private var released = 0
    private var metered = 0
    private var nextChunk: Int
    private var outputs: [Output] = []
    private(set) var hasEnded = false

    init(_ request: RecordingRequest, codec: Codec, start: MediaTime) {
        self.request = request
        self.codec = codec
        silenceLimit = Int(clamping: request.silence.wholeMilliseconds) * 8
        timeline = RecordingTimeline(start: start, silence: codec.silence)
        decoder = SampleDecoder(codec, rate: 8_000)
        listener = request.endsOnTones ? LineListener() : nil
        nextChunk = min(max(request.firstChunkBytes, 1), Self.chunk)
        audio.reserveCapacity(Self.capacity)
        if request.maximumBytes <= 0 { end(.maximum) }
    }

    mutating func take(_ packet: RTPHeader, _ payload: Span<UInt8>, at now: MediaTime) {
        guard !hasEnded else { return }
        timeline.take(packet, payload, at: now, into: &audio)
        check(at: now)
    }

    /// A packet that uses a sequence number of the audio without being audio.
    mutating func skip(sequence: UInt16, source: UInt32) {
        timeline.skip(sequence: sequence, source: source)
    }

    /// The peer sends again after a hold, and its timestamps went on meanwhile: they mean other places from now on.
    mutating func resume() {
        guard !hasEnded else { return }
        timeline.forget(into: &audio)
    }

    mutating func advance(to now: MediaTime) {
        guard !hasEnded else { return }
        timeline.advance(to: now, into: &audio)
        check(at: now)
    }

    /// A key went down, `back` bytes before the end of what has been heard, or at a timestamp of `source`.
    /// Returns whether it ended the recording.
    mutating func press(_ key: Character, began: KeyBeginning) -> Bool {
        guard !hasEnded, request.stoppedBy.contains(key) else { return false }
        timeline.finish(into: &audio)
        let position =
            switch began {
            case .now: timeline.end
            case .back(let bytes): timeline.end - bytes
            case .timestamp(let timestamp, let source): timeline.position(of: timestamp, source: source) ?? timeline.end
            }
        truncate(to: position)
        end(.key(key))
        return true
    }

    mutating func stop(_ ending: RecordingSummary.Ending) {
        guard !hasEnded else { return }
        timeline.finish(into: &audio)
        truncate(to: request.maximumBytes)
        end(ending)
    }

    var hasOutput: Bool { !outputs.isEmpty }

    mutating func nextOutput() -> Output? {
        outputs.isEmpty ? nil : outputs.removeFirst()
    }

    private mutating func check(at now: MediaTime) {
        if timeline.length(at: now) >= request.maximumBytes {
            timeline.finish(into: &audio)
            timeline.fill(to: request.maximumBytes, into: &audio)
            truncate(to: request.maximumBytes)
            return end(.maximum)
        }
        if let finding = measure(upTo: audio.count - Self.holdback) {
            timeline.finish(into: &audio)
            return end(finding.ending, nothingAfter: finding.beganAt)
        }
        let unmeasured = timeline.length(at: now) - timeline.end
        if meter.silent + unmeasured >= silenceLimit {
            timeline.fill(to: timeline.length(at: now), into: &audio)
            return end(.silence)
        }
        while audio.count - Self.holdback >= nextChunk { release(nextChunk) }
    }

    private mutating func measure(upTo index: Int) -> LineListener.Finding? {
        let from = metered - released
        guard index > from else { return nil }
        metered = released + index
        return withUnsafeTemporaryAllocation(of: Int16.self, capacity: Self.block) { samples in
            var finding: LineListener.Finding?
            for start in stride(from: from, to: index, by: Self.block) {
                let block = UnsafeMutableBufferPointer(rebasing: samples[..<min(Self.block, index - start)])
                decode(start, into: block)
                meter.take(UnsafeBufferPointer(block))
                if finding == nil { finding = listener?.take(UnsafeBufferPointer(block)) }
            }
            return finding
        }
    }

    private func decode(_ start: Int, into samples: UnsafeMutableBufferPointer<Int16>) {
        guard let target = samples.baseAddress else { return }
        audio.withUnsafeBufferPointer { audio in
            decoder.decode(UnsafeBufferPointer(rebasing: audio[start..<start + samples.count]), into: target)
        }
    }

    private mutating func truncate(to position: Int) {
        let keep = max(position - released, metered - released, 0)
        if audio.count > keep { audio.removeLast(audio.count - keep) }
    }

    private mutating func release(_ count: Int) {
        outputs.append(.chunk(Array(audio[..<count])))
        if audio.capacity > 2 * Self.capacity {
            // A long gap was filled at once: the room for it is not needed again.
            var rest: [UInt8] = []
            rest.reserveCapacity(max(Self.capacity, audio.count - count))
            rest += audio[count...]
            audio = rest
        } else {
            audio.removeFirst(count)
        }
        released += count
        nextChunk = Self.chunk
    }

    /// - Parameter position: where that began which is no message; nil when all may be one.
    private mutating func end(_ ending: RecordingSummary.Ending, nothingAfter position: Int? = nil) {
        hasEnded = true
        _ = measure(upTo: audio.count)
        while !audio.isEmpty { release(min(audio.count, nextChunk)) }
        let account = meter.account(upTo: min(position ?? released, released))
        outputs.append(
            .ended(
                RecordingSummary(
                    ending: ending, bytes: released, voicedBytes: min(account.voiced, released),
                    worthwhileBytes: min(account.worthwhile, released))))
        audio = []
    }
}

/// When a key that was pressed went down.
enum KeyBeginning: Equatable {
    /// Nothing is known but that it was pressed.
    case now
    /// So many bytes of audio ago.
    case back(Int)
    /// At an RTP timestamp of a synchronization source.
    case timestamp(UInt32, source: UInt32)
}
