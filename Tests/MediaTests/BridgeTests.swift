// B1, C7: two calls that are joined hear each other.

import Testing

@testable import Media

@Suite("B1, C7: the lane between two calls")
struct AudioLaneTests {
    private func put(_ audio: [UInt8], on lane: AudioLane, codec: Codec = .pcmu) {
        audio.withUnsafeBufferPointer { lane.put($0, codec: codec) }
    }

    private func take(_ count: Int, from lane: AudioLane) -> [UInt8] {
        var frame = [UInt8](repeating: 0, count: count)
        let taken = frame.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { lane.take($0, count: count).count } ?? 0
        }
        return Array(frame[..<taken])
    }

    @Test func whatIsPutIsTakenInOrderAroundTheRing() {
        let lane = AudioLane()
        let said = speech(8_000)
        var heard: [UInt8] = []
        for piece in said.pieces(of: 240) {
            put(piece, on: lane)
            heard += take(240, from: lane)
        }
        heard += take(1_600, from: lane)
        #expect(heard.count == said.count)
        #expect(heard == said)
    }

    @Test func nothingIsTakenBeforeThereIsACushionAndNotAfterItRanDry() {
        let lane = AudioLane()
        put(speech(160), on: lane)
        #expect(take(160, from: lane).isEmpty)
        put(speech(160, seed: 2), on: lane)
        #expect(take(160, from: lane) == speech(160))
        #expect(take(200, from: lane) == speech(160, seed: 2))
        put(speech(160, seed: 3), on: lane)
        #expect(take(160, from: lane).isEmpty)
    }

    @Test func moreThanTwoHundredMillisecondsPushOutTheOldest() {
        let lane = AudioLane()
        let said = speech(16_000)
        for piece in said.pieces(of: 480) { put(piece, on: lane) }
        #expect(take(16_000, from: lane) == Array(said.suffix(1_600)))
        put(said, on: lane)
        #expect(take(16_000, from: lane) == Array(said.suffix(1_600)))
    }

    @Test func anotherCodecBeginsAnew() {
        let lane = AudioLane()
        put(speech(800), on: lane)
        put(speech(480, seed: 2), on: lane, codec: .pcma)
        #expect(take(16_000, from: lane) == speech(480, seed: 2))
    }
}

@Suite("B1, C7: two sessions are joined", .serialized, .timeLimit(.minutes(1)))
struct BridgeTests {
    /// Waits for the first loud frame and returns it with the next.
    private func twoFrames(_ call: TestCall, silence: UInt8) throws -> [UInt8] {
        var audio: [UInt8] = []
        while audio.count < 320 {
            let payload = try call.phone.packet().payload
            if audio.isEmpty, payload.allSatisfy({ $0 == silence }) { continue }
            audio += payload
        }
        return audio
    }

    /// The two are on different threads: the engine shares its sessions out.
    private func joined(_ codec: Codec = .pcmu) async throws -> (TestCall, TestCall) {
        var one = try TestCall()
        var other = try TestCall(on: one.engine, codec: codec)
        #expect(one.session.connect(to: other.session))
        try await one.events.fence(one.session)
        try await other.events.fence(other.session)
        return (one, other)
    }

    @Test func eachHearsTheOtherByteForByte() async throws {
        var (one, other) = try await joined()
        defer { one.engine.close() }
        one.talk(speech(320))
        #expect(try twoFrames(other, silence: 0xFF) == speech(320))
        other.talk(speech(320, seed: 2))
        #expect(try twoFrames(one, silence: 0xFF) == speech(320, seed: 2))
    }

    @Test func eachHearsTheOtherInItsOwnCodec() async throws {
        var (one, other) = try await joined(.pcma)
        defer { one.engine.close() }
        one.talk(speech(320))
        #expect(try twoFrames(other, silence: 0xD5) == Codec.transcode(speech(320), from: .pcmu, to: .pcma))
        other.talk(speech(320, seed: 2), type: 8)
        #expect(
            try twoFrames(one, silence: 0xFF) == Codec.transcode(speech(320, seed: 2), from: .pcma, to: .pcmu))
    }

    @Test func duplicatesAndLatePacketsAreDropped() async throws {
        var (one, other) = try await joined()
        defer { one.engine.close() }
        let said = speech(320)
        for sequence in [7, 7, 6, 8, 7] as [UInt16] {
            let piece = sequence == 8 ? said[160...] : said[..<160]
            one.send(rtpBytes(sequence: sequence, timestamp: UInt32(sequence) * 160, Array(piece)))
        }
        #expect(try twoFrames(other, silence: 0xFF) == said)
        #expect(try other.phone.packet().payload == silence(160))
        other.talk(silence(160))
    }

    @Test func keysAreStillReportedAndAreNotSound() async throws {
        var (one, other) = try await joined()
        defer { one.engine.close() }
        one.send(rtpBytes(type: 101, sequence: 1, timestamp: 9, eventBytes("5", duration: 160)))
        #expect(try await one.events.next() == .digit("5"))
        other.send(rtpBytes(type: 101, sequence: 1, timestamp: 9, eventBytes("6", duration: 160)))
        #expect(try await other.events.next() == .digit("6"))
        for _ in 0..<5 { #expect(try other.phone.packet().payload == silence(160)) }
    }

    @Test func whatIsPlayedComesBeforeWhatIsSaid() async throws {
        var (one, other) = try await joined()
        defer { one.engine.close() }
        other.session.play(PlaybackID(1), [AudioBuffer(speech(1_600, seed: 9))])
        try await other.events.fence(other.session)
        one.talk(speech(320))
        #expect(try twoFrames(other, silence: 0xFF) == Array(speech(1_600, seed: 9)[..<320]))
        #expect(try await other.events.next() == .playbackEnded(PlaybackID(1), bytesPlayed: 1_600, key: nil))
    }

    @Test func whatIsSaidIsStillRecorded() async throws {
        var (one, other) = try await joined()
        defer { one.engine.close() }
        one.session.record(RecordingRequest(maximumBytes: 80_000, silence: .seconds(10)))
        try await one.events.fence(one.session)
        one.talk(speech(320))
        #expect(try twoFrames(other, silence: 0xFF) == speech(320))
        one.session.stopRecording()
        let (audio, _) = try await one.events.recording()
        #expect(audio.withoutLeadingSilence() == speech(320))
        other.session.close()
    }

    @Test(arguments: [true, false]) func afterTheEndNeitherHearsTheOther(byHangUp: Bool) async throws {
        var (one, other) = try await joined()
        defer { one.engine.close() }
        one.talk(speech(320))
        #expect(try twoFrames(other, silence: 0xFF) == speech(320))
        if byHangUp { one.session.close() } else { one.session.disconnect() }
        if byHangUp {
            for await _ in one.session.events {}
        } else {
            try await one.events.fence(one.session)
        }
        // The second recording begins after everything that was sent before has been heard.
        other.session.record(RecordingRequest(maximumBytes: 80_000, silence: .seconds(10)))
        try await other.events.fence(other.session)
        other.talk(speech(800, seed: 4))
        one.talk(speech(800, seed: 5))
        other.session.stopRecording()
        #expect(try await other.events.recording().audio.withoutLeadingSilence() == speech(800, seed: 4))
        if !byHangUp {
            for _ in 0..<5 { #expect(try one.phone.packet().payload == silence(160)) }
        }
        for _ in 0..<5 { #expect(try other.phone.packet().payload == silence(160)) }
    }

    @Test func aThirdCallTakesOver() async throws {
        var (one, other) = try await joined()
        defer { one.engine.close() }
        var third = try TestCall(on: one.engine)
        #expect(one.session.connect(to: third.session))
        try await one.events.fence(one.session)
        try await third.events.fence(third.session)
        one.talk(speech(320))
        #expect(try twoFrames(third, silence: 0xFF) == speech(320))
        for _ in 0..<3 { #expect(try other.phone.packet().payload == silence(160)) }
        other.talk(silence(160))
        third.talk(silence(160))
    }

    @Test func nobodyIsJoinedToHimselfOrToACallThatIsOver() async throws {
        let call = try TestCall()
        #expect(!call.session.connect(to: call.session))
        call.engine.close()
        #expect(!call.session.connect(to: try TestCall().session))
    }
}
