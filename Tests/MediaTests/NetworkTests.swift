// G2: what networks and telephones do to RTP. However packets come, a recording keeps real time to within 20 ms a
// minute, and what came is where it belongs.

import Testing

@testable import Media

/// A telephone that talks for a minute, the network behind it, and a recorder that hears both.
private struct Minute {
    struct Packet {
        var header: RTPHeader
        var payload: [UInt8]
        /// When it was sent and when it comes, in milliseconds.
        var sent: Double
        var arrival: Double
    }

    static let seconds = 60.0
    var packets: [Packet] = []
    private var random: UInt64 = 42

    /// - Parameters:
    ///   - speed: of the telephone's clock.
    ///   - size: bytes a packet.
    init(speed: Double = 1, size: Int = 160, codec: Codec = .pcmu, firstAt: Double = 0, said: (Int) -> [UInt8]?) throws
    {
        let length = Double(size) / 8 / speed
        for index in 0..<Int((Self.seconds * 1_000 - firstAt) / length) {
            guard let payload = said(index) else { continue }
            let bytes = rtpBytes(
                type: codec.staticPayloadType, sequence: UInt16(truncatingIfNeeded: packets.count &+ 65_000),
                timestamp: UInt32(truncatingIfNeeded: index * size) &+ 4_294_900_000, payload)
            packets.append(
                Packet(
                    header: try #require(parsed(bytes)), payload: payload,
                    sent: firstAt + Double(index + 1) * length, arrival: firstAt + Double(index + 1) * length))
        }
    }

    mutating func chance() -> Double {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(random >> 40) / Double(1 << 24)
    }

    /// What a recorder that ticks every 20 ms makes of it, until the minute is over.
    func recorded() -> [UInt8] {
        var recorder = Recorder(
            RecordingRequest(maximumBytes: 10_000_000, silence: .seconds(100)), codec: .pcmu, start: milliseconds(0))
        var audio: [UInt8] = []
        var waiting = packets.sorted { $0.arrival < $1.arrival }[...]
        for tick in 1...3_010 {
            while let next = waiting.first, next.arrival <= Double(tick * 20) {
                waiting.removeFirst()
                recorder.take(next.header, next.payload.span, at: MediaTime(nanoseconds: Int64(tick) * 20_000_000))
            }
            recorder.advance(to: milliseconds(Int64(tick * 20)))
        }
        recorder.stop(.stopped)
        while let output = recorder.nextOutput() { if case .chunk(let bytes) = output { audio += bytes } }
        return audio
    }

    /// By how many milliseconds what was recorded from the first packet to the last is longer than it took to say it.
    func error(of audio: [UInt8]) -> Double {
        let first = packets.map(\.sent).min() ?? 0
        let last = packets.map(\.sent).max() ?? 0
        let heard = audio.count - (audio.firstIndex { $0 != 0xFF } ?? 0)
        return Double(heard) / 8 - (last - first + 20)
    }
}

@Suite("G2: a minute over a bad network")
struct NetworkTests {
    /// Each packet is told from all others.
    private func words(_ index: Int) -> [UInt8] { speech(160, seed: UInt64(index + 1)).map { $0 == 0xFF ? 0xFE : $0 } }

    private func everything(_ minute: Minute) -> [UInt8] { minute.packets.flatMap(\.payload) }

    @Test func aGoodNetworkIsRecordedByteForByte() throws {
        let minute = try Minute(said: words)
        #expect(minute.recorded() == everything(minute))
    }

    @Test func jitterOf100MillisecondsAndWhatItBringsOutOfOrderIsAsIfThereWereNone() throws {
        var minute = try Minute(said: words)
        for index in minute.packets.indices.dropFirst() { minute.packets[index].arrival += minute.chance() * 100 }
        #expect(minute.recorded() == everything(minute))
    }

    @Test func duplicatesAreHeardOnce() throws {
        var minute = try Minute(said: words)
        for packet in minute.packets where minute.chance() < 0.3 {
            var copy = packet
            copy.arrival += minute.chance() * 200
            minute.packets.append(copy)
        }
        let one = try Minute(said: words)
        #expect(minute.recorded() == everything(one))
    }

    @Test func ofFivePercentThatAreLostTheOthersAreWhereTheyBelong() throws {
        var minute = try Minute(said: words)
        let all = minute.packets
        minute.packets = []
        for packet in all {
            var packet = packet
            if !minute.packets.isEmpty { packet.arrival += minute.chance() * 60 }
            if minute.chance() >= 0.05 || minute.packets.isEmpty { minute.packets.append(packet) }
        }
        let audio = minute.recorded()
        #expect((0.03...0.07).contains(1 - Double(minute.packets.count) / Double(all.count)))
        #expect(abs(minute.error(of: audio)) <= 20)
        let first = minute.packets.first?.header.timestamp ?? 0
        let misplaced = minute.packets.filter { packet in
            let start = Int(packet.header.timestamp &- first)
            return Array(audio[start..<min(start + 160, audio.count)]) != packet.payload
        }
        #expect(misplaced.isEmpty)
    }

    /// RFC 3551 §4.1: timestamps go on, packets do not come.
    @Test func silenceThatIsNotSentTakesItsTime() throws {
        let minute = try Minute { index in index % 100 < 40 || index > 2_990 ? words(index) : nil }
        let audio = minute.recorded()
        #expect(audio.count == 480_000)
        #expect(Array(audio[160 * 2_000..<160 * 2_040]) == (2_000..<2_040).flatMap(words))
        #expect(audio[160 * 2_050..<160 * 2_090].allSatisfy { $0 == 0xFF })
    }

    /// A telephone that is muted and whose timestamps stand still meanwhile.
    @Test func timestampsThatStandStillWhileNothingIsSentAreNotBelieved() throws {
        var minute = try Minute(said: words)
        // Half a second of nothing in every fifteen.
        for index in minute.packets.indices {
            minute.packets[index].sent += Double(min(3, index / 700)) * 500
            minute.packets[index].arrival = minute.packets[index].sent
        }
        minute.packets.removeAll { $0.arrival > 60_000 }
        #expect(abs(minute.error(of: minute.recorded())) <= 20)
    }

    @Test(arguments: [0.999, 0.9995, 0.9999, 1.0001, 1.0005], [0.0, 100]) func aClockThatIsWrongIsFollowed(
        speed: Double, jitter: Double
    ) throws {
        var minute = try Minute(speed: speed, said: words)
        for index in minute.packets.indices.dropFirst() { minute.packets[index].arrival += minute.chance() * jitter }
        #expect(abs(minute.error(of: minute.recorded())) <= 20)
    }

    @Test(arguments: [80, 240, 320, 480]) func packetsOfOtherLengthsAreAsGood(size: Int) throws {
        let minute = try Minute(size: size) { speech(size, seed: UInt64($0 + 1)).map { $0 == 0xFF ? 0xFE : $0 } }
        #expect(minute.recorded() == everything(minute))
    }

    @Test func whoSaysNothingAtFirstIsHeardFromWhenHeSpeaks() throws {
        let minute = try Minute(firstAt: 7_400, said: words)
        let audio = minute.recorded()
        #expect(audio.prefix(8 * 7_380).allSatisfy { $0 == 0xFF })
        #expect(abs(audio.count - 480_000) <= 160)
        #expect(audio.suffix(160 * 2_600) == everything(minute).suffix(160 * 2_600))
    }

    /// As after a transfer behind a PBX: other numbers, other timestamps, and a moment of nothing.
    @Test func aNewSourceGoesOnInRealTime() throws {
        var minute = try Minute(said: words)
        for index in minute.packets.indices {
            let turn = index / 300
            let old = minute.packets[index]
            let bytes = rtpBytes(
                sequence: old.header.sequence &+ UInt16(truncatingIfNeeded: turn * 7_777),
                timestamp: old.header.timestamp &+ UInt32(turn) &* 99_999_999, source: UInt32(turn), old.payload)
            minute.packets[index].header = try #require(parsed(bytes))
        }
        let kept = minute.packets.enumerated().filter { $0.offset % 300 >= 3 || $0.offset < 3 }.map(\.element)
        minute.packets = kept
        let audio = minute.recorded()
        #expect(abs(minute.error(of: audio)) <= 20)
        #expect(audio.suffix(160 * 150) == everything(minute).suffix(160 * 150))
    }
}

@Suite("G2: what telephones send besides", .serialized, .timeLimit(.minutes(1)))
struct BesidesTests {
    /// RFC 3389: it has a place among the sequence numbers, and none in the recording.
    @Test func comfortNoiseIsSilenceAndNoReasonToWait() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.fence(call.session)
        call.send(rtpBytes(sequence: 1, timestamp: 0, speech(160)))
        call.send(rtpBytes(type: 13, sequence: 2, timestamp: 160, [40]))
        call.send(rtpBytes(marker: true, sequence: 3, timestamp: 480, speech(160, seed: 2)))
        call.send(rtpBytes(sequence: 4, timestamp: 640, speech(160, seed: 3)))
        call.session.stopRecording()
        let audio = try await call.events.recording().audio.withoutLeadingSilence()
        #expect(audio == speech(160) + silence(320) + speech(160, seed: 2) + speech(160, seed: 3))
    }

    @Test func comfortNoiseAloneIsASignOfLife() async throws {
        var call = try TestCall(rtpTimeout: .milliseconds(300))
        defer { call.engine.close() }
        call.send(rtpBytes(sequence: 1, timestamp: 0, speech(160)))
        for round in 0..<40 {
            _ = try call.phone.packet()
            call.send(rtpBytes(type: 13, sequence: UInt16(round + 2), timestamp: UInt32(round * 160), [40]))
        }
        try await call.press("1")
        #expect(try await call.events.next() == .rtpTimeout)
    }
}
