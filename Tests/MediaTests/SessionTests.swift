// A2, B2, G1, G2: whole sessions with real sockets on loopback. Nothing here asserts on how fast the machine is;
// the media clock's own figures, not the wall clock, say what was sent when.

import Logging
import Testing

@testable import Media

@Suite("G2: sessions on real sockets", .serialized, .timeLimit(.minutes(1)))
struct SessionTests {
    /// Reads frames until the playback has begun, then as many as `count` bytes take.
    private func heard(_ phone: TestPhone, _ count: Int, silence: UInt8 = 0xFF) throws -> [UInt8] {
        var audio: [UInt8] = []
        while audio.count < count {
            let payload = try phone.packet().payload
            #expect(payload.count == 160)
            if audio.isEmpty, payload.allSatisfy({ $0 == silence }) { continue }
            audio += payload
        }
        return Array(audio[..<count])
    }

    @Test func whatIsPlayedIsHeardByteForByteAndThenSilence() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        let prompt = speech(4_000)
        call.session.play(PlaybackID(7), prompt.pieces(of: 700).map(AudioBuffer.init), from: 0, ends: true)
        #expect(try heard(call.phone, 4_000) == prompt)
        #expect(try await call.events.next() == .playbackEnded(PlaybackID(7), bytesPlayed: 4_000, key: nil))
        #expect(try call.phone.packet().payload == silence(160))
    }

    @Test func theStreamIsContinuousAndOnlyItsFirstPacketIsMarked() throws {
        let call = try TestCall()
        defer { call.engine.close() }
        let first = try call.phone.packet().header
        call.session.play(PlaybackID(1), [AudioBuffer(speech(800))])
        var last = first
        #expect(first.marker)
        for _ in 0..<10 {
            let next = try call.phone.packet().header
            #expect(next.source == first.source)
            #expect(next.sequence == last.sequence &+ 1)
            let frames = (next.timestamp &- last.timestamp) / 160
            #expect(next.timestamp == last.timestamp &+ frames * 160)
            #expect(next.marker == (frames != 1))
            last = next
        }
    }

    @Test func alawIsPlayedAndRecordedAsItIs() async throws {
        var call = try TestCall(codec: .pcma)
        defer { call.engine.close() }
        call.session.play(PlaybackID(1), [AudioBuffer(speech(1_600))])
        #expect(try heard(call.phone, 1_600, silence: 0xD5) == speech(1_600))
        #expect(try await call.events.next() == .playbackEnded(PlaybackID(1), bytesPlayed: 1_600, key: nil))
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.fence(call.session)
        for index in 0..<3 {
            let payload = Array(speech(480)[index * 160..<(index + 1) * 160])
            call.send(
                rtpBytes(type: 8, sequence: UInt16(index), timestamp: UInt32(index) * 160, payload))
        }
        call.session.stopRecording()
        let (audio, _) = try await call.events.recording()
        #expect(audio.withoutLeadingSilence(.pcma) == speech(480))
    }

    @Test func aRecordingIsByteIdenticalThroughLossReorderAndDuplicatesToItsLastPacket() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        _ = try call.phone.packet()
        call.session.record(RecordingRequest(firstChunkBytes: 1_000, maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.fence(call.session)
        let said = speech(9_600)
        var order = Array(0..<60)
        order.swapAt(20, 22)
        order.insert(15, at: 17)
        order.removeAll { $0 == 40 }
        for index in order {
            let piece = Array(said[index * 160..<(index + 1) * 160])
            call.send(
                rtpBytes(sequence: UInt16(index) &+ 65_500, timestamp: UInt32(index * 160) &+ 4_294_965_000, piece))
        }
        call.session.stopRecording()
        let (audio, summary) = try await call.events.recording()
        var expected = said
        expected.replaceSubrange(6_400..<6_560, with: silence(160))
        #expect(audio.withoutLeadingSilence() == expected)
        #expect(summary.bytes == audio.count)
        #expect((9_280...9_440).contains(summary.voicedBytes))
    }

    @Test func aSecondSourceIsNeitherHeardNorSentTo() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        let intruder = try TestPhone()
        _ = try call.phone.packet()
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.fence(call.session)
        let said = speech(320)
        call.send(rtpBytes(sequence: 1, timestamp: 0, Array(said[..<160])))
        for sequence in UInt16(0)..<20 {
            intruder.send(
                rtpBytes(sequence: sequence, timestamp: 0, source: 66, speech(160, seed: 66)),
                to: call.session.localPort)
            intruder.send(
                rtpBytes(type: 101, sequence: sequence, timestamp: 9, eventBytes("9", duration: 160)),
                to: call.session.localPort)
        }
        call.send(rtpBytes(sequence: 2, timestamp: 160, Array(said[160...])))
        call.session.stopRecording()
        let (audio, _) = try await call.events.recording()
        #expect(audio.withoutLeadingSilence() == said)
        _ = try call.phone.packet()
    }

    @Test func whoStillSendsToThePortFromACallBeforeKeepsNobodyOut() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        let former = try TestPhone()
        former.send(rtpBytes(sequence: 1, timestamp: 0, source: 66, silence(160)), to: call.session.localPort)
        for _ in 0..<10 { _ = try former.packet() }
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.fence(call.session)
        for sequence in UInt16(1)...3 {
            former.send(
                rtpBytes(sequence: sequence + 1, timestamp: UInt32(sequence) * 160, source: 66, speech(160, seed: 66)),
                to: call.session.localPort)
            call.send(rtpBytes(sequence: sequence, timestamp: UInt32(sequence) * 160, speech(160)))
        }
        call.session.stopRecording()
        let (audio, summary) = try await call.events.recording()
        #expect(Array(audio.suffix(320)) == speech(160) + speech(160))
        #expect(summary.voicedBytes >= 320)
        _ = try call.phone.packet()
    }

    @Test func aPhoneBehindNATIsFoundByWhatItSends() throws {
        let call = try TestCall()
        defer { call.engine.close() }
        let phone = try TestPhone()
        _ = try call.phone.packet()
        phone.send(rtpBytes(sequence: 1, timestamp: 0, silence(160)), to: call.session.localPort)
        _ = try phone.packet()
        let moved = try TestPhone()
        call.session.start(.to(moved))
        _ = try moved.packet()
    }

    @Test func keysReachUsAsEventsAndByInfoAndCountOnce() async throws {
        var call = try TestCall(events: 96)
        defer { call.engine.close() }
        for (sequence, end) in [false, false, true, true, true].enumerated() {
            let payload = eventBytes("5", duration: UInt16(160 * (sequence + 1)), end: end)
            call.send(
                rtpBytes(type: 96, sequence: UInt16(min(sequence, 2)), timestamp: 1_000, payload))
        }
        #expect(try await call.events.next() == .digit("5"))
        call.session.press("5")
        call.session.press("?")
        call.session.press("#")
        #expect(try await call.events.next() == .digit("#"))
    }

    @Test func keysInTheAudioAreHeardWhereNoEventsWereAgreed() async throws {
        var call = try TestCall(events: nil)
        defer { call.engine.close() }
        for (index, piece) in Codec.pcmu.encode(tone(770, 1_336, seconds: 0.2)).pieces(of: 160).enumerated() {
            call.send(rtpBytes(sequence: UInt16(index), timestamp: UInt32(index * 160), piece))
        }
        #expect(try await call.events.next() == .digit("5"))
    }

    @Test func keysInTheAudioAreNotLookedForWhereEventsWereAgreed() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        for (index, piece) in Codec.pcmu.encode(tone(770, 1_336, seconds: 0.2)).pieces(of: 160).enumerated() {
            call.send(rtpBytes(sequence: UInt16(index), timestamp: UInt32(index * 160), piece))
        }
        call.send(
            rtpBytes(type: 101, sequence: 10, timestamp: 1_600, eventBytes("1", duration: 160)))
        #expect(try await call.events.next() == .digit("1"))
    }

    @Test func aKeyStopsThePlaybackAndIsToldOnce() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        call.session.play(PlaybackID(3), [AudioBuffer(speech(80_000))], stoppedBy: ["#"])
        _ = try heard(call.phone, 320)
        call.session.press("1")
        #expect(try await call.events.next() == .digit("1"))
        call.session.press("#")
        guard case .playbackEnded(PlaybackID(3), let played, "#") = try await call.events.next() else {
            Issue.record("the key did not end the playback")
            return
        }
        #expect((320..<80_000).contains(played))
        call.session.press("2")
        #expect(try await call.events.next() == .digit("2"))
    }

    @Test func moreCanBeAppendedAndIsAskedFor() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        call.session.play(PlaybackID(1), [AudioBuffer(Array(speech(1_600)[..<800]))], from: 160, ends: false)
        #expect(try await call.events.next() == .playbackRunningLow(PlaybackID(1)))
        call.session.append(PlaybackID(99), [AudioBuffer(speech(800, seed: 5))], ends: true)
        call.session.append(PlaybackID(1), [AudioBuffer(Array(speech(1_600)[800...]))], ends: true)
        #expect(try await call.events.next() == .playbackEnded(PlaybackID(1), bytesPlayed: 1_440, key: nil))
        #expect(try heard(call.phone, 1_440) == Array(speech(1_600)[160...]))
    }

    @Test func everyPlaybackEndsOnceAlsoWhenItIsReplacedOrStoppedOrHungUp() async throws {
        let call = try TestCall()
        defer { call.engine.close() }
        var ended: [PlaybackID] = []
        for id in UInt64(1)...4 {
            call.session.play(PlaybackID(id), id == 2 ? [] : [AudioBuffer(speech(80_000))])
            if id == 3 { call.session.stopPlaying() }
        }
        call.session.close()
        for await case .playbackEnded(let id, _, nil) in call.session.events { ended.append(id) }
        #expect(ended == (1...4).map { PlaybackID(UInt64($0)) })
    }

    @Test func hangingUpKeepsWhatWasRecorded() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        _ = try call.phone.packet()
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.fence(call.session)
        call.send(rtpBytes(sequence: 1, timestamp: 0, speech(160)))
        call.session.close()
        let (audio, summary) = try await call.events.recording()
        #expect(audio.withoutLeadingSilence() == speech(160))
        #expect(summary.ending == .stopped)
    }

    @Test func holdPausesPlaybackAndSilencesTheTimeout() async throws {
        var call = try TestCall(rtpTimeout: .milliseconds(100))
        defer { call.engine.close() }
        #expect(try await call.events.next() == .rtpTimeout)
        call.session.start(.to(call.phone, sends: false, receives: false))
        call.session.play(PlaybackID(1), [AudioBuffer(speech(800))])
        // The clock that would tell the time-out runs for the other session.
        let other = try call.engine.open(on: "127.0.0.1")
        var otherEvents = EventReader(other)
        other.start(.to(call.phone, sends: false))
        #expect(try await otherEvents.next() == .rtpTimeout)
        call.session.press("1")
        #expect(try await call.events.next() == .digit("1"))
        call.session.start(.to(call.phone))
        var ended = false
        while !ended {
            if case .playbackEnded(PlaybackID(1), 800, nil) = try await call.events.next() { ended = true }
        }
    }

    /// B8: the recording pauses, and the music of the hold is not in it.
    @Test func aHoldIsNotInTheRecording() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        call.session.record(RecordingRequest(maximumBytes: 400_000, silence: .seconds(10)))
        try await call.events.fence(call.session)
        call.talk(speech(1_600))
        try await call.press("1")
        call.session.start(.to(call.phone, receives: false))
        try await call.events.fence(call.session)
        call.talk(speech(8_000, seed: 66))
        call.session.start(.to(call.phone))
        try await call.events.fence(call.session)
        call.talk(speech(1_600, seed: 2))
        call.session.stopRecording()
        let (audio, summary) = try await call.events.recording()
        #expect(audio.filter { $0 != 0xFF } == (speech(1_600) + speech(1_600, seed: 2)).filter { $0 != 0xFF })
        #expect(summary.voicedBytes <= 3_520)
    }

    /// B7: with what was said before it.
    @Test func aBusyToneEndsTheRecording() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        call.session.record(RecordingRequest(maximumBytes: 400_000, silence: .seconds(10), endsOnTones: true))
        try await call.events.fence(call.session)
        let said = Codec.pcmu.encode(tone(200, 300, 700, 1_900, seconds: 1))
        var busy: [Int16] = []
        for _ in 0..<5 { busy += tone(425, seconds: 0.5) + pause(seconds: 0.5) }
        for piece in (said + Codec.pcmu.encode(busy)).pieces(of: 8_000) {
            call.talk(piece)
            try await call.events.fence(call.session)
        }
        let (audio, summary) = try await call.events.recording()
        #expect(summary.ending == .busyTone)
        let before = audio.count - audio.withoutLeadingSilence().count
        #expect(abs(summary.worthwhileBytes - before - said.count) <= 480)
    }

    @Test func silenceIsToldOnceUntilSomethingIsHeardAgain() async throws {
        var call = try TestCall(rtpTimeout: .milliseconds(60))
        defer { call.engine.close() }
        #expect(try await call.events.next() == .rtpTimeout)
        call.send(rtpBytes(sequence: 1, timestamp: 0, silence(160)))
        #expect(try await call.events.next() == .rtpTimeout)
        for _ in 0..<10 { _ = try call.phone.packet() }
        call.session.press("1")
        #expect(try await call.events.next() == .digit("1"))
    }

    @Test func recordingsThatNobodyTakesEnd() async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        call.session.record(RecordingRequest(firstChunkBytes: 1, maximumBytes: 10_000_000, silence: .seconds(10_000)))
        try await call.events.fence(call.session)
        let second = speech(1_280)
        var sent = 0
        while sent < 420 {
            for _ in 0..<40 {
                call.send(
                    rtpBytes(sequence: UInt16(sent), timestamp: UInt32(sent * 1_280), second))
                sent += 1
            }
            _ = try call.phone.packet()
        }
        call.session.stopRecording()
        let (audio, summary) = try await call.events.recording()
        #expect(summary.ending == .overrun)
        #expect(summary.bytes == audio.count)
        #expect(audio.count >= 60 * 8_000)
    }

    @Test func portsComeFromTheRangeAreEvenAndAreGivenBack() async throws {
        let engine = try testEngine(sessions: 3)
        defer { engine.close() }
        let sessions = try (0..<3).map { _ in try engine.open(on: "127.0.0.1") }
        #expect(Set(sessions.map(\.localPort)).count == 3)
        #expect(sessions.allSatisfy { $0.localPort % 2 == 0 && (42_000...42_199).contains($0.localPort) })
        #expect(throws: MediaError.tooManySessions) { try engine.open(on: "127.0.0.1") }
        sessions[0].close()
        for await _ in sessions[0].events {}
        _ = try engine.open(on: "127.0.0.1")
    }

    @Test func aClosedEngineOpensNothingAndFinishesItsSessions() async throws {
        let engine = try testEngine()
        let session = try engine.open(on: "127.0.0.1")
        engine.close()
        for await _ in session.events {}
        #expect(throws: MediaError.closed) { try engine.open(on: "127.0.0.1") }
        session.play(PlaybackID(1), [])
        session.close()
        engine.close()
    }

    @Test func nonsenseIsRefusedAtTheStart() {
        let logger = Logger(label: "test")
        #expect(throws: MediaError.invalidAddress("localhost")) {
            let engine = try MediaEngine(MediaConfiguration(workers: 1), logger: logger)
            defer { engine.close() }
            _ = try engine.open(on: "localhost")
        }
        #expect(throws: MediaError.self) {
            try MediaEngine(MediaConfiguration(ports: 5_001...5_001, workers: 1), logger: logger)
        }
        #expect(throws: MediaError.self) {
            try MediaEngine(MediaConfiguration(workers: 0), logger: logger)
        }
    }

    @Test func theEndOfACallIsSaidByRTCPWithWhatWasSent() async throws {
        let control = try TestPhone()
        let call = try TestCall(control: control.port)
        defer { call.engine.close() }
        let first = try call.phone.packet().header
        for _ in 0..<5 { _ = try call.phone.packet() }
        call.session.close()
        var goodbye = false
        while !goodbye {
            let report = try control.datagram()
            #expect(report[0] >> 6 == 2)
            #expect(report[1] == 200)
            #expect(Array(report[4..<8]) == (0..<4).map { UInt8(truncatingIfNeeded: first.source >> (24 - 8 * $0)) })
            goodbye = report.indices.contains { $0 % 4 == 0 && report[$0] & 0xE0 == 0x80 && report[$0 + 1] == 203 }
        }
    }
}
