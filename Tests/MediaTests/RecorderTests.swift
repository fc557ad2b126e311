// B2, B4: what is recorded is what was said, byte for byte and as long as it took.

import Testing

@testable import Media

@Suite("B2: the recording is what was sent")
struct RecordingTimelineTests {
    /// Sends `said` in packets of `size` from sequence 65,530 and timestamp 4,294,960,000, both of which wrap, with
    /// `order` saying which packets arrive, 20 ms apart.
    private func record(_ said: [UInt8], size: Int = 160, order: (inout [Int]) -> Void = { _ in }) throws -> [UInt8] {
        let pieces = said.pieces(of: size)
        var indices = Array(pieces.indices)
        order(&indices)
        var bench = RecorderBench()
        for (turn, index) in indices.enumerated() {
            let time = Int64((turn + 1) * size / 8)
            try bench.packet(
                65_530 &+ UInt16(index), 4_294_960_000 &+ UInt32(index * size), pieces[index], at: time)
            bench.advance(to: time)
        }
        bench.stop()
        #expect(bench.summary?.bytes == bench.audio.count)
        return bench.audio
    }

    @Test(arguments: [80, 160, 240, 320, 480]) func everyPacketSizeIsByteIdentical(size: Int) throws {
        let said = speech(24_000)
        #expect(try record(said, size: size) == said)
    }

    @Test func reorderedPacketsAreByteIdentical() throws {
        let said = speech(16_000)
        let heard = try record(said) { order in
            for index in stride(from: 3, to: 90, by: 7) { order.swapAt(index, index + 3) }
        }
        #expect(heard == said)
    }

    @Test func duplicatesAreDropped() throws {
        let said = speech(16_000)
        let heard = try record(said) { order in order = order.flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] } }
        #expect(heard == said)
    }

    @Test func lostPacketsAreSilenceOfTheirLength() throws {
        let said = speech(16_000)
        let heard = try record(said) { order in order.removeAll { $0 == 10 || (20...23).contains($0) } }
        var expected = said
        expected.replaceSubrange(1_600..<1_760, with: silence(160))
        expected.replaceSubrange(3_200..<3_840, with: silence(640))
        #expect(heard == expected)
    }

    @Test func aPacketThatIsTooLateLeavesItsSilence() throws {
        let said = speech(8_000)
        let heard = try record(said) { order in order.insert(order.remove(at: 10), at: 30) }
        var expected = said
        expected.replaceSubrange(1_600..<1_760, with: silence(160))
        #expect(heard == expected)
    }

    @Test func theLastPacketsBehindAGapAreNotLost() throws {
        let said = speech(1_600)
        let heard = try record(said) { order in order.remove(at: 7) }
        #expect(heard == Array(said[..<1_120]) + silence(160) + Array(said[1_280...]))
    }

    @Test func aPauseOfTheSenderIsFilledToTime() throws {
        var bench = RecorderBench()
        let said = speech(320)
        try bench.packet(1, 1_000, Array(said[..<160]), at: 20)
        for time in stride(from: Int64(40), to: 3_020, by: 20) { bench.advance(to: time) }
        try bench.packet(2, 1_000 + 24_000, Array(said[160...]), at: 3_020)
        bench.stop()
        #expect(bench.audio == Array(said[..<160]) + silence(23_840) + Array(said[160...]))
    }

    @Test(arguments: [UInt32(20_000), 0x2000_0000, 0x7FFF_0000])
    func aLatePacketFromTheFarFutureMakesNoSilenceUpToThere(
        leap: UInt32
    ) throws {
        var bench = RecorderBench()
        let said = speech(480)
        try bench.packet(1, 0, Array(said[..<160]), at: 20)
        try bench.packet(3, 320, Array(said[320...]), at: 60)
        try bench.packet(2, leap, Array(said[160..<320]), at: 61)
        bench.stop()
        #expect(bench.audio == Array(said[..<160]) + silence(160) + Array(said[320...]))
    }

    @Test func telephoneEventsLeaveSilenceAndNoGapThatWaits() throws {
        var bench = RecorderBench()
        let said = speech(320)
        try bench.packet(1, 0, Array(said[..<160]), at: 20)
        for sequence in UInt16(2)...4 { bench.recorder.skip(sequence: sequence, source: 0xABCD) }
        try bench.packet(5, 640, Array(said[160...]), at: 100)
        bench.stop()
        #expect(bench.audio == Array(said[..<160]) + silence(480) + Array(said[160...]))
    }

    @Test func aNewSourceJoinsWithoutLoss() throws {
        var bench = RecorderBench()
        let said = speech(3_200)
        for (index, piece) in said.pieces(of: 160).enumerated() {
            let isNew = index >= 10
            try bench.packet(
                UInt16(index) &+ (isNew ? 40_000 : 0), UInt32(index * 160) &+ (isNew ? 77_777_777 : 0), piece,
                source: isNew ? 2 : 1, at: Int64(index * 20 + (index % 3) * 7))
        }
        bench.stop()
        #expect(bench.audio == said)
    }

    @Test func aNewSourceAfterAPauseComesAtItsTime() throws {
        var bench = RecorderBench()
        try bench.packet(1, 0, speech(160), source: 1, at: 20)
        try bench.packet(900, 5, speech(160), source: 2, at: 520)
        bench.stop()
        #expect(bench.audio == speech(160) + silence(3_840) + speech(160))
    }

    @Test(arguments: [UInt32(3_000_000_000), 90_000_000, 500_000]) func aTimestampJumpIsNoGap(jump: UInt32) throws {
        var bench = RecorderBench()
        let said = speech(1_600)
        for (index, piece) in said.pieces(of: 160).enumerated() {
            let timestamp = UInt32(index * 160) &+ (index >= 5 ? jump : 0)
            try bench.packet(UInt16(index), timestamp, piece, at: Int64(index * 20))
        }
        bench.stop()
        #expect(bench.audio == said)
    }

    @Test func aNetworkThatStallsHalfASecondLosesNothing() throws {
        var bench = RecorderBench()
        let said = speech(16_000)
        for (index, piece) in said.pieces(of: 160).enumerated() {
            let time = Int64((30..<55).contains(index) ? 1_100 : (index + 1) * 20)
            bench.advance(to: time)
            try bench.packet(UInt16(index), UInt32(index * 160), piece, at: time)
        }
        bench.stop()
        #expect(bench.audio == said)
    }

    @Test func aNetworkThatStallsTwoSecondsLosesNoneOfThePackets() throws {
        var bench = RecorderBench()
        let said = speech(32_000)
        for (index, piece) in said.pieces(of: 160).enumerated() {
            let isLate = (30..<130).contains(index)
            if isLate { bench.advance(to: Int64((index + 1) * 20)) }
            let time = Int64(isLate ? 2_600 : (index + 1) * 20)
            if !isLate { try bench.packet(UInt16(index), UInt32(index * 160), piece, at: time) }
            if index == 129 {
                for late in 30..<130 {
                    let bytes = Array(said[late * 160..<(late + 1) * 160])
                    try bench.packet(UInt16(late), UInt32(late * 160), bytes, at: time)
                }
            }
        }
        bench.stop()
        #expect(bench.audio.filter { $0 != 0xFF } == said.filter { $0 != 0xFF })
    }

    @Test func nothingFromBeforeTheStartAndNoSilenceForTheFirstPacketsWay() throws {
        var bench = RecorderBench()
        try bench.packet(10, 1_600, speech(160), at: 15)
        try bench.packet(9, 1_440, speech(160, seed: 9), at: 16)
        bench.stop()
        #expect(bench.audio == speech(160))
    }

    @Test func aFirstPacketThatComesLateIsPrecededByTheTimeThatPassed() throws {
        var bench = RecorderBench()
        bench.advance(to: 2_000)
        try bench.packet(10, 1_600, speech(160), at: 2_020)
        bench.stop()
        #expect(bench.audio == silence(16_000) + speech(160))
    }
}

@Suite("B8: a recording that is held")
struct HeldRecordingTests {
    /// Timestamps go on during the hold, for less than a second or for longer, or begin anew.
    @Test(arguments: [800, 4_000, 7_900, 16_000, 4_800_000, -500_000]) func goesOnWithoutAGap(jump: Int) throws {
        var bench = RecorderBench()
        let said = speech(3_200)
        for (index, piece) in said.pieces(of: 160).enumerated() {
            let isAfter = index >= 10
            if index == 10 { bench.recorder.resume() }
            let timestamp = UInt32(truncatingIfNeeded: 1_000_000 + index * 160 + (isAfter ? jump : 0))
            let sequence = UInt16(truncatingIfNeeded: index + (isAfter ? max(0, jump) / 160 : 0))
            try bench.packet(sequence, timestamp, piece, at: Int64(index * 20 + 20))
        }
        bench.stop()
        #expect(bench.audio == said)
    }
}

@Suite("B2: the tone of the key that ends a recording")
struct EndingToneTests {
    @Test(arguments: [80, 160, 240, 480], [0, 33, 51, 77, 101, 150, 211]) func isCutOffWithItsRamp(
        size: Int, offset: Int
    ) async throws {
        var said = try await Spoken.words(seconds: 1, from: 10) + pause(seconds: 0.1)
        said += [Int16](repeating: 0, count: offset)
        let start = said.count
        // 10 ms of swelling up.
        for (index, sample) in tone(941, 1_477, seconds: 0.12).enumerated() {
            said.append(Int16(Double(sample) * min(1, Double(index) / 80)))
        }
        var bench = RecorderBench(
            RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(10), stoppedBy: ["#"]))
        let detector = try #require(ToneDetector(codec: .pcmu))
        for (index, piece) in Codec.pcmu.encode(said).pieces(of: size).enumerated() {
            try bench.packet(UInt16(index), UInt32(index * size), piece, at: Int64((index + 1) * size / 8))
            if let (key, back) = piece.withUnsafeBufferPointer({ detector.take($0) }) {
                let stopped = bench.recorder.press(key, began: .back(back))
                #expect(stopped)
            }
        }
        bench.gather()
        #expect(bench.summary?.ending == .key("#"))
        #expect((start - 480...start).contains(bench.audio.count))
        #expect(bench.audio == Array(Codec.pcmu.encode(said)[..<bench.audio.count]))
    }
}

@Suite("B2, B4: the limits of a recording")
struct RecorderTests {
    private func talk(_ bench: inout RecorderBench, _ said: [UInt8], from packet: Int = 0) throws {
        for (index, piece) in said.pieces(of: 160).enumerated() {
            let number = packet + index
            try bench.packet(UInt16(number), UInt32(number * 160), piece, at: Int64(number * 20 + 20))
        }
    }

    @Test func chunksAreOneSecondAfterAFirstOfTheAskedSizeAndALastPartialOne() throws {
        var bench = RecorderBench(
            RecordingRequest(firstChunkBytes: 3_200, maximumBytes: 1_000_000, silence: .seconds(10)))
        let said = speech(20_000)
        try talk(&bench, said)
        bench.stop()
        #expect(bench.chunkSizes == [3_200, 8_000, 8_000, 800])
        #expect(bench.audio == said)
        #expect(bench.summary == RecordingSummary(ending: .stopped, bytes: 20_000, voicedBytes: 20_000))
    }

    @Test(arguments: [1, 159, 8_000, 12_345]) func theMaximumIsExact(maximum: Int) throws {
        var bench = RecorderBench(RecordingRequest(maximumBytes: maximum, silence: .seconds(10)))
        let said = speech(16_000)
        try talk(&bench, said)
        #expect(bench.summary?.ending == .maximum)
        #expect(bench.summary?.bytes == maximum)
        #expect(bench.audio == Array(said[..<maximum]))
    }

    @Test func noRoomAtAllEndsAtOnce() {
        var bench = RecorderBench(RecordingRequest(maximumBytes: 0, silence: .seconds(10)))
        bench.gather()
        #expect(bench.summary == RecordingSummary(ending: .maximum, bytes: 0, voicedBytes: 0))
    }

    @Test func theMaximumIsReachedThoughNothingArrives() {
        var bench = RecorderBench(RecordingRequest(maximumBytes: 16_000, silence: .seconds(10)))
        bench.advance(to: 1_990)
        #expect(bench.summary == nil)
        bench.advance(to: 2_000)
        #expect(
            bench.summary == RecordingSummary(ending: .maximum, bytes: 16_000, voicedBytes: 0, worthwhileBytes: 0))
        #expect(bench.audio == silence(16_000))
    }

    @Test func silenceThatIsSentEndsIt() throws {
        var bench = RecorderBench(RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(2)))
        try talk(&bench, speech(8_000) + silence(16_960) + speech(1_600))
        #expect(bench.summary?.ending == .silence)
        #expect(bench.summary?.bytes == 24_960)
        #expect(bench.summary?.voicedBytes == 8_000)
    }

    @Test func silenceOfALineThatSendsNothingEndsIt() throws {
        var bench = RecorderBench(RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(2)))
        try talk(&bench, speech(8_000))
        for time in stride(from: Int64(1_020), through: 4_000, by: 20) { bench.advance(to: time) }
        #expect(bench.summary?.ending == .silence)
        #expect(bench.summary?.bytes == 24_960)
    }

    @Test func quietNoiseIsSilenceAndSpeechIsNot() {
        var meter = SpeechMeter()
        let noise = (0..<1_600).map { Int16($0 % 2 == 0 ? 40 : -40) }
        noise.withUnsafeBufferPointer { meter.take($0) }
        #expect(meter.voiced == 0)
        #expect(meter.silent == 1_600)
        let voice = (0..<1_600).map { Int16($0 % 8 < 4 ? 400 : -400) }
        voice.withUnsafeBufferPointer { meter.take($0) }
        #expect(meter.voiced == 1_600)
        #expect(meter.silent == 0)
    }

    @Test func aKeyEndsItAndWhatWasHeardSinceItWentDownIsNotInIt() throws {
        var bench = RecorderBench(
            RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(10), stoppedBy: ["#"]))
        let said = speech(8_320)
        try talk(&bench, said)
        let five = bench.recorder.press("5", began: .now)
        #expect(!five)
        let pound = bench.recorder.press("#", began: .timestamp(8_000, source: 0xABCD))
        #expect(pound)
        bench.gather()
        #expect(bench.summary?.ending == .key("#"))
        #expect(bench.audio == Array(said[..<8_000]))
        try talk(&bench, said, from: 52)
        #expect(bench.audio.count == 8_000)
    }

    @Test func aKeyOfAnotherSourceCutsWhereItArrived() throws {
        var bench = RecorderBench(
            RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(10), stoppedBy: ["#"]))
        try talk(&bench, speech(1_600))
        let stopped = bench.recorder.press("#", began: .timestamp(5, source: 99))
        bench.gather()
        #expect(stopped)
        #expect(bench.audio == speech(1_600))
    }

    @Test func aToneIsCutFromItsBeginning() throws {
        var bench = RecorderBench(
            RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(10), stoppedBy: ["#"]))
        try talk(&bench, speech(8_160))
        let stopped = bench.recorder.press("#", began: .back(306))
        bench.gather()
        #expect(stopped)
        #expect(bench.audio == Array(speech(8_160)[..<7_854]))
    }
}

@Suite("B2: what is worth keeping of a recording")
struct WorthwhileTests {
    private func record(_ said: [UInt8], _ request: RecordingRequest? = nil) throws -> RecordingSummary {
        var bench = RecorderBench(
            request ?? RecordingRequest(maximumBytes: 10_000_000, silence: .seconds(100), stoppedBy: ["#"]))
        for (index, piece) in said.pieces(of: 160).enumerated() {
            try bench.packet(UInt16(index), UInt32(index * 160), piece, at: Int64(index * 20 + 20))
        }
        bench.stop()
        let summary = try #require(bench.summary)
        #expect(bench.audio == Array(said[..<summary.bytes]))
        return summary
    }

    @Test(arguments: [0, 1_600, 4_000, 7_840]) func aShortPauseAtTheEndIsKept(pause: Int) throws {
        let summary = try record(speech(16_000) + silence(pause))
        #expect(summary.worthwhileBytes == 16_000 + pause)
        #expect(summary.worthwhileBytes == summary.bytes)
    }

    @Test(arguments: [8_000, 24_000, 480_000]) func ofALongPauseAtTheEndFourHundredMillisecondsAreKept(pause: Int)
        throws
    {
        let summary = try record(speech(16_000) + silence(pause))
        #expect(summary.bytes == 16_000 + pause)
        #expect(summary.worthwhileBytes == 16_000 + 3_200)
        #expect(summary.voicedBytes == 16_000)
    }

    @Test func pausesBetweenWordsAreKept() throws {
        let said = silence(12_000) + speech(8_000) + silence(40_000) + speech(1_600) + silence(9_600)
        #expect(try record(said).worthwhileBytes == 12_000 + 8_000 + 40_000 + 1_600 + 3_200)
    }

    @Test func ofARecordingWithoutAVoiceNothingIsWorthKeeping() throws {
        #expect(try record(silence(24_000)).worthwhileBytes == 0)
        #expect(try record([]).worthwhileBytes == 0)
    }

    @Test func aMessageOfManyMinutesIsTrimmedTheSame() throws {
        let summary = try record(speech(1_600_000) + silence(16_000))
        #expect(summary.worthwhileBytes == 1_603_200)
        #expect(summary.voicedBytes == 1_600_000)
    }

    @Test func theSilenceThatEndsARecordingIsNotWorthKeeping() throws {
        let summary = try record(
            speech(8_000) + silence(40_000), RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(3)))
        #expect(summary.ending == .silence)
        #expect(summary.worthwhileBytes == 8_000 + 3_200)
    }

    @Test(arguments: [0.0, 1.5]) func theToneThatEndsARecordingIsNotWorthKeepingNorThePauseBefore(silent: Double) throws
    {
        let said = Codec.pcmu.encode(tone(200, 300, 700, 1_900, seconds: 3))
        var busy: [Int16] = []
        for _ in 0..<10 { busy += tone(425, seconds: 0.5) + pause(seconds: 0.5) }
        let before = said + Codec.pcmu.encode(pause(seconds: silent))
        let summary = try record(
            before + Codec.pcmu.encode(busy),
            RecordingRequest(maximumBytes: 1_000_000, silence: .seconds(10), endsOnTones: true))
        #expect(summary.ending == .busyTone)
        #expect(abs(summary.worthwhileBytes - (silent == 0 ? before.count : said.count + 3_200)) <= 320)
        #expect(abs(summary.voicedBytes - said.count) <= 320)
        #expect(summary.bytes < before.count + 40_000)
    }

    @Test func tonesAreNotListenedForUnlessItIsAsked() throws {
        var busy: [Int16] = []
        for _ in 0..<10 { busy += tone(425, seconds: 0.5) + pause(seconds: 0.5) }
        #expect(try record(Codec.pcmu.encode(busy)).ending == .stopped)
    }
}
