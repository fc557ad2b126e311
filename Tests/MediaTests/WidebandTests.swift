// G2: G.722 is carried, kept, played, measured and changed into G.711 and back.

import Testing

@testable import Media

/// A sine of 16 kHz.
func wideTone(_ pitch: Double, seconds: Double, peak: Double = 8_000) -> [Int16] {
    (0..<Int(seconds * 16_000)).map { Int16(peak * sine(Double($0) / 16_000 * pitch * 2 * .pi)) }
}

/// Sounds at 16 kHz, as G.722 and back.
private enum Wide {
    static func encode(_ samples: [Int16]) -> [UInt8] { SampleEncoder(.g722, rate: 16_000).encode(samples) }
    static func decode(_ bytes: [UInt8]) -> [Int16] { SampleDecoder(.g722, rate: 16_000).decode(bytes) }

    /// How much of the energy is at a pitch of 16 kHz audio.
    static func share(of pitch: Double, in samples: [Int16]) -> Double {
        MediaTests.share(of: pitch / 2, in: samples)
    }
}

@Suite("G2: G.722")
struct WidebandTests {
    @Test func aSecondIsEightThousandBytesAndSixteenThousandSamples() {
        let bytes = Wide.encode(wideTone(440, seconds: 1))
        #expect(bytes.count == Codec.bytesPerSecond)
        #expect(Wide.decode(bytes).count == 16_000)
        #expect(Codec.g722.decode(bytes).count == 8_000)
    }

    @Test(arguments: [300.0, 1_000, 3_000, 5_000, 6_500]) func bothBandsAreCarried(pitch: Double) {
        let heard = Wide.decode(Wide.encode(wideTone(pitch, seconds: 1)))
        #expect(Wide.share(of: pitch, in: Array(heard[1_600...])) > 0.97)
        #expect(abs(decibels(of: heard) - decibels(of: wideTone(pitch, seconds: 1))) < 0.5)
    }

    @Test(arguments: [8_000, 16_000]) func theByteOfSilenceIsSilentAlsoAfterTheLoudest(rate: Int) {
        let loud = Wide.encode(
            zip(wideTone(440, seconds: 1), wideTone(5_100, seconds: 1, peak: 20_000)).map { $0 + $1 })
        let heard = SampleDecoder(.g722, rate: rate).decode(loud + silence(800, .g722))
        let after = heard.suffix(800 * rate / 8_000).dropFirst(320 * rate / 8_000)
        #expect(after.allSatisfy { abs(Int($0)) < 64 })
        #expect(Codec.g722.decode(silence(8_000, .g722)).allSatisfy { abs(Int($0)) < 64 })
    }

    @Test(arguments: [Codec.pcmu, .pcma], [300.0, 1_000, 2_500]) func itIsAsLoudInG711AndTheReverse(
        codec: Codec, pitch: Double
    ) {
        let said = tone(pitch, seconds: 1)
        let wide = Codec.transcode(codec.encode(said), from: codec, to: .g722)
        let narrow = Codec.transcode(wide, from: .g722, to: codec)
        for heard in [Codec.g722.decode(wide), codec.decode(narrow)] {
            #expect(abs(decibels(of: heard) - decibels(of: said)) < 0.7)
            #expect(share(of: pitch, in: Array(heard[800...])) > 0.97)
        }
        // Wideband terminals hear the same, and nothing above it.
        #expect(Wide.share(of: pitch, in: Array(Wide.decode(wide)[1_600...])) > 0.95)
    }

    @Test(arguments: [(Codec.g722, Codec.pcmu), (.pcma, .g722), (.pcmu, .pcma)], [1, 160, 801])
    func itMakesNoDifferenceInWhatPiecesItIsTranscoded(codecs: (Codec, Codec), size: Int) throws {
        let said = codecs.0.encode(tone(300, 1_700, seconds: 0.4))
        let transcoder = try #require(Transcoder(from: codecs.0, to: codecs.1))
        #expect(
            said.pieces(of: size).flatMap { transcoder.transcode($0) }
                == Codec.transcode(said, from: codecs.0, to: codecs.1))
    }

    @Test(arguments: [0.5, 0.75, 1.25, 2]) func speedKeepsTheUpperBandAndThePitch(speed: Double) {
        let said = Wide.encode(wideTone(5_000, seconds: 3))
        let shaper = AudioShaper(from: .g722, to: .g722, speed: speed, gain: -6)
        let shaped = said.pieces(of: 801).flatMap(shaper.shape) + shaper.flush()
        let exact = Int((Double(said.count) / speed).rounded())
        #expect((exact - 1...exact + 134).contains(shaped.count))
        let heard = Wide.decode(shaped)
        #expect(Wide.share(of: 5_000, in: Array(heard[1_600...].dropLast(1_600))) > 0.8)
        #expect(
            abs(decibels(of: Array(heard[1_600...].dropLast(1_600))) - decibels(of: wideTone(5_000, seconds: 1)) + 6)
                < 1)
    }

    @Test(arguments: [(Codec.g722, Codec.pcmu), (.pcma, .g722)]) func speedAndVolumeChangeTheCodecToo(
        codecs: (Codec, Codec)
    ) {
        let said = codecs.0.encode(tone(600, seconds: 3))
        let shaper = AudioShaper(from: codecs.0, to: codecs.1, speed: 1.5, gain: 6)
        let shaped = shaper.shape(said) + shaper.flush()
        #expect(abs(shaped.count - 16_000) <= 134)
        let heard = Array(codecs.1.decode(shaped)[800...].dropLast(800))
        #expect(share(of: 600, in: heard) > 0.9)
        #expect(abs(decibels(of: heard) - decibels(of: tone(600, seconds: 1)) - 6) < 1)
    }

    @Test func aRecordingKeepsTheBytesAndKnowsWhatOfThemIsSpeech() throws {
        let said = Wide.encode(wideTone(300, seconds: 2) + [Int16](repeating: 0, count: 16_000 * 3))
        var recorder = Recorder(
            RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(2)), codec: .g722, start: milliseconds(0))
        var audio: [UInt8] = []
        var summary: RecordingSummary?
        for (index, piece) in said.pieces(of: 160).enumerated() where summary == nil {
            let header = try #require(
                parsed(rtpBytes(type: 9, sequence: UInt16(index), timestamp: UInt32(index * 160), piece)))
            recorder.take(header, piece.span, at: milliseconds(Int64(index * 20 + 20)))
            while let output = recorder.nextOutput() {
                switch output {
                case .chunk(let bytes): audio += bytes
                case .ended(let ended): summary = ended
                }
            }
        }
        #expect(summary?.ending == .silence)
        #expect(audio == Array(said[..<audio.count]))
        #expect(abs((summary?.voicedBytes ?? 0) - 16_000) <= 320)
    }

    /// As it is after what we send while nothing is played.
    @Test(arguments: [8_000, 16_000]) func aToneAfterSilenceIsNotRoughFromItsFirstSampleOn(rate: Int) {
        let said = (0..<rate).map { Int16(4_000 * sine(Double($0) / Double(rate) * 1_000 * 2 * .pi)) }
        let beep = SampleEncoder(.g722, rate: rate).encode(said)
        let heard = SampleDecoder(.g722, rate: rate).decode(silence(800, .g722) + beep).dropFirst(800 * rate / 8_000)
        #expect(heard.prefix(rate / 50).allSatisfy { abs(Int($0)) < 4_500 })
    }

    @Test(arguments: [8_000, 16_000]) func aKeyInTheAudioIsHeard(rate: Int) throws {
        let detector = try #require(ToneDetector(codec: .g722))
        let key =
            rate == 8_000
            ? Codec.g722.encode(tone(770, 1_336, seconds: 0.1))
            : Wide.encode(zip(wideTone(770, seconds: 0.1), wideTone(1_336, seconds: 0.1)).map { ($0 + $1) / 2 })
        let found = (silence(1_600, .g722) + key + silence(1_600, .g722)).pieces(of: 160).compactMap { piece in
            piece.withUnsafeBufferPointer { detector.take($0) }?.key
        }
        #expect(found == ["5"])
    }
}

@Suite("G2: G.722 on real sockets", .serialized, .timeLimit(.minutes(1)))
struct WidebandSessionTests {
    @Test func itIsPlayedAndRecordedByteForByte() async throws {
        var call = try TestCall(codec: .g722)
        defer { call.engine.close() }
        let prompt = speech(1_600)
        call.session.play(PlaybackID(1), [AudioBuffer(prompt)])
        var heard: [UInt8] = []
        while heard.count < 1_600 {
            let packet = try call.phone.packet()
            #expect(packet.header.payloadType == 9 && packet.payload.count == 160)
            if !heard.isEmpty || packet.payload != silence(160, .g722) { heard += packet.payload }
        }
        #expect(heard == prompt)
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.key(after: call)
        call.talk(prompt, type: 9)
        call.session.stopRecording()
        #expect(try await call.events.recording().audio.withoutLeadingSilence(.g722) == prompt)
    }

    /// As a peer may where several codecs were agreed, and as some do where not.
    @Test func aPeerThatChangesItsPayloadTypeIsHeardAllTheTime() async throws {
        var call = try TestCall(codec: .pcmu)
        defer { call.engine.close() }
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        try await call.events.key(after: call)
        let said = tone(500, seconds: 0.4)
        for codec in [Codec.pcmu, .g722, .pcma] { call.talk(codec.encode(said), type: codec.staticPayloadType) }
        call.session.stopRecording()
        let audio = try await call.events.recording().audio.withoutLeadingSilence()
        #expect((9_590...9_600).contains(audio.count))
        for third in Codec.pcmu.decode(audio).pieces(of: 3_200) {
            #expect(abs(decibels(of: third) - decibels(of: said)) < 1)
            #expect(share(of: 500, in: third) > 0.95)
        }
    }

    @Test func whatWasBegunInOneCodecGoesOnInTheOther() async throws {
        var call = try TestCall(codec: .g722)
        defer { call.engine.close() }
        let said = Codec.g722.encode(tone(500, seconds: 4))
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        call.session.play(PlaybackID(1), [AudioBuffer(said)])
        try await call.events.key(after: call)
        call.talk(Array(said[..<3_200]), type: 9)
        call.session.start(.to(call.phone, codec: .pcma))
        try await call.events.key(after: call)
        call.talk(Codec.pcma.encode(Array(tone(500, seconds: 0.8)[3_200...])), type: 8)
        var heard: [UInt8] = []
        while heard.count < 3_200 {
            let packet = try call.phone.packet()
            if packet.header.payloadType == 8 { heard += packet.payload }
        }
        #expect(share(of: 500, in: Array(Codec.pcma.decode(heard)[800...])) > 0.95)
        call.session.stopRecording()
        let recorded = Codec.g722.decode(try await call.events.recording().audio.withoutLeadingSilence(.g722))
        #expect(
            abs(decibels(of: Array(recorded.pieces(of: 3_200)[1][800...])) - decibels(of: tone(500, seconds: 1))) < 1)
    }
}

extension EventReader {
    /// Waits until what was asked of the session has been taken up.
    fileprivate mutating func key(after call: TestCall) async throws { try await fence(call.session) }
}
