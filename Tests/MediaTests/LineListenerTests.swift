// B7: busy tones of many countries, fax machines and looping announcements are recognised at any level that is heard,
// in some noise, in both codecs, and from where they began; speech never is.

import Testing

@testable import Media

/// Sounds that are encoded and heard as a recorder would.
struct Line {
    var codec = Codec.pcmu
    /// In dBm0.
    var noise: Double?
    private(set) var samples: [Int16] = []

    init(_ codec: Codec = .pcmu, noise: Double? = nil) {
        self.codec = codec
        self.noise = noise
    }

    var seconds: Double { Double(samples.count) / 8_000 }

    mutating func add(_ more: [Int16]) { samples += more }

    func found() -> LineListener.Finding? {
        var listener = LineListener()
        let decoder = SampleDecoder(codec, rate: 8_000)
        var heard = samples
        if let noise {
            var random = Noise(level: noise)
            for index in heard.indices { heard[index] = Int16(clamping: Int(heard[index]) + random.next()) }
        }
        for packet in codec.encode(heard).pieces(of: 160) {
            let samples = decoder.decode(packet)
            if let finding = samples.withUnsafeBufferPointer({ listener.take($0) }) { return finding }
        }
        return nil
    }
}

/// White noise of a level in dBm0.
struct Noise {
    private var state: UInt64 = 7
    private let peak: Double
    init(level: Double) { peak = amplitude(level) * 1.2247 }
    mutating func next() -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((Double(state >> 33) / Double(1 << 30) - 1) * peak)
    }
}

/// A tone that comes and goes, in seconds, beginning with the tone.
private struct Cadence: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var pitches: [Double]
    var times: [Double]

    init(_ name: String, _ pitches: [Double], _ times: Double...) {
        testDescription = name
        self.pitches = pitches
        self.times = times
    }

    func played(_ level: Double, seconds: Double) -> [Int16] {
        var samples: [Int16] = []
        var turn = 0
        while samples.count < Int(seconds * 8_000) {
            let time = times[turn % times.count]
            samples += turn % 2 == 0 ? chord(pitches, seconds: time, level: level) : pause(seconds: time)
            turn += 1
        }
        return samples
    }

    static let all = [
        Cadence("busy, most of Europe", [425], 0.5, 0.5), Cadence("congestion, most of Europe", [425], 0.25, 0.25),
        Cadence("congestion, Spain and Italy", [425], 0.2, 0.2), Cadence("busy, North America", [480, 620], 0.5, 0.5),
        Cadence("congestion, North America", [480, 620], 0.25, 0.25),
        Cadence("busy, United Kingdom", [400], 0.375, 0.375),
        Cadence("congestion, United Kingdom", [400], 0.4, 0.35, 0.225, 0.525), Cadence("busy, Japan", [400], 0.5, 0.5),
        Cadence("busy, China", [450], 0.35, 0.35), Cadence("congestion, China", [450], 0.7, 0.7),
        Cadence("busy, Germany before 1979", [425], 0.48, 0.48), Cadence("busy, Brazil", [425], 0.25, 0.25),
    ]
}

@Suite("B7: busy and dial tone")
struct BusyToneTests {
    @Test(arguments: Cadence.all, [-10.0, -20, -32]) fileprivate func isFoundFromItsBeginning(
        cadence: Cadence, level: Double
    ) async throws {
        for codec in Codec.allCases {
            var line = Line(codec, noise: level - 20)
            line.add(try await Spoken.words(seconds: 6) + pause(seconds: 1.3))
            let start = line.samples.count
            line.add(cadence.played(level, seconds: 8))
            let finding = try #require(line.found())
            #expect(finding.ending == .busyTone)
            #expect(abs(finding.beganAt - start) <= 480)
        }
    }

    @Test(arguments: [[425.0], [350, 440], [400]], [-12.0, -30]) func aDialToneIsFoundWhenItDoesNotStop(
        pitches: [Double], level: Double
    ) async throws {
        var line = Line(noise: -50)
        line.add(try await Spoken.words(seconds: 4))
        let start = line.samples.count
        line.add(chord(pitches, seconds: 4.5, level: level))
        #expect(line.found() == nil)
        line.add(chord(pitches, seconds: 2, level: level))
        let finding = try #require(line.found())
        #expect(finding.ending == .busyTone)
        #expect(abs(finding.beganAt - start) <= 480)
    }

    @Test func threeTonesAreNotYetARhythm() {
        var line = Line()
        for _ in 0..<3 { line.add(tone(425, seconds: 0.5) + pause(seconds: 0.5)) }
        line.add(pause(seconds: 5))
        #expect(line.found() == nil)
    }

    @Test func tonesOfUnequalLengthAndOfOtherPitchAreNoBusyTone() {
        var uneven = Line()
        for length in [0.5, 0.3, 0.7, 0.2, 0.6, 0.4, 0.3, 0.75] {
            uneven.add(tone(425, seconds: length) + pause(seconds: 0.5))
        }
        #expect(uneven.found() == nil)
        var high = Line()
        for _ in 0..<8 { high.add(tone(1_000, seconds: 0.5) + pause(seconds: 0.5)) }
        #expect(high.found() == nil)
    }

    @Test func someoneWhoSpeaksInThePausesIsNotCutOff() async throws {
        var line = Line()
        let words = try await Spoken.words(seconds: 20)
        for word in words.pieces(of: 4_000) { line.add(tone(425, seconds: 0.5, peak: 2_000) + word) }
        #expect(line.found() == nil)
    }
}

@Suite("B7: fax tones")
struct FaxToneTests {
    @Test(arguments: [-8.0, -20, -34], Codec.allCases) func aCallingFaxIsFound(level: Double, codec: Codec) async throws
    {
        for pitch in [1_062.0, 1_100, 1_138] {
            var line = Line(codec, noise: level - 20)
            line.add(try await Spoken.words(seconds: 3) + pause(seconds: 1))
            let start = line.samples.count
            for _ in 0..<3 { line.add(chord([pitch], seconds: 0.5, level: level) + pause(seconds: 3)) }
            let finding = try #require(line.found())
            #expect(finding.ending == .faxTone)
            #expect((start - 160...start + 480).contains(finding.beganAt))
        }
    }

    @Test(arguments: [-8.0, -20, -34], Codec.allCases) func anAnsweringFaxIsFound(level: Double, codec: Codec) throws {
        var line = Line(codec, noise: level - 20)
        line.add(pause(seconds: 1) + chord([2_100], seconds: 3.3, level: level))
        #expect(line.found() == LineListener.Finding(ending: .faxTone, beganAt: 8_000))
    }

    @Test(arguments: [-8.0, -20, -34], Codec.allCases) func thePreambleOfAFaxIsFound(level: Double, codec: Codec) throws
    {
        // Flags, 01111110, at 300 bits a second: 1 is 1,650 Hz and 0 is 1,850 Hz (ITU-T V.21, channel 2).
        let flags = (0..<8_000).map { index in 0x7E >> (index * 300 / 8_000 % 8) & 1 == 1 ? 1_650.0 : 1_850 }
        var line = Line(codec, noise: level - 20)
        line.add(pause(seconds: 1) + keyed(flags, level: level))
        let finding = try #require(line.found())
        #expect(finding.ending == .faxTone)
        #expect((8_000...8_480).contains(finding.beganAt))
    }
}

@Suite("B7: an announcement that comes again and again")
struct LoopTests {
    /// Words that last so many seconds with the pause after them, which need not be a whole number of frames.
    private func announcement(_ seconds: Double, pause silence: Double, from start: Double) async throws -> [Int16] {
        try await Spoken.words(seconds: seconds - silence, from: start) + pause(seconds: silence)
    }

    @Test(arguments: [(2.513, 0.4), (4.037, 0.9), (7.991, 1.5), (12.345, 3), (20.02, 2), (29.5, 5)], Codec.allCases)
    func isFoundFromItsFirstCopy(times: (Double, Double), codec: Codec) async throws {
        let (period, silence) = times
        for (number, level) in [0.0, -12, -20].enumerated() {
            var line = Line(codec, noise: -52)
            line.add(try await Spoken.words(seconds: 5, from: 100) + pause(seconds: 0.7))
            let start = line.samples.count
            let lastWord = try #require(line.samples.lastIndex { abs(Int($0)) > 400 })
            let copy = try await announcement(period, pause: silence, from: 20 + 31 * Double(number)).changed(by: level)
            while line.seconds < 5.7 + max(3.3 * period, 14 + period) { line.add(copy) }
            let finding = try #require(line.found())
            #expect(finding.ending == .loop)
            // From where the first copy began, or from within the pause before it or its first word.
            #expect((lastWord...start + 4_800).contains(finding.beganAt))
        }
    }

    @Test func twoCopiesAreNotYetALoop() async throws {
        var line = Line()
        let copy = try await announcement(9.1, pause: 1, from: 40)
        line.add(copy + copy)
        line.add(try await Spoken.words(seconds: 30, from: 200))
        #expect(line.found() == nil)
    }

    @Test func someoneWhoSaysTheSameThreeTimesIsNotCutOff() async throws {
        var line = Line(noise: -55)
        for (number, speed) in [1.0, 1.04, 0.97, 1.02, 0.99, 1.05, 0.96].enumerated() {
            let words = Codec.pcmu.encode(try await Spoken.words(seconds: 5, from: 60))
            let shaper = AudioShaper(from: .pcmu, to: .pcmu, speed: speed, gain: 0)
            line.add(
                Codec.pcmu.decode(shaper.shape(words) + shaper.flush()) + pause(seconds: 0.8 + 0.1 * Double(number % 3))
            )
        }
        #expect(line.found() == nil)
    }

    @Test func aBeepNowAndThenIsNoLoop() async throws {
        var line = Line(noise: -55)
        for _ in 0..<8 { line.add(tone(1_400, seconds: 0.4) + pause(seconds: 9.6)) }
        #expect(line.found() == nil)
        var spoken = Line(noise: -55)
        for turn in 0..<8 {
            spoken.add(tone(1_400, seconds: 0.4) + (try await Spoken.words(seconds: 9.6, from: Double(turn) * 10)))
        }
        #expect(spoken.found() == nil)
    }

    @Test func silenceAndNoiseAreNoLoop() {
        var silent = Line()
        silent.add(pause(seconds: 100))
        #expect(silent.found() == nil)
        var noisy = Line(noise: -25)
        noisy.add(pause(seconds: 100))
        #expect(noisy.found() == nil)
    }
}

@Suite("B7: what people say is none of these")
struct SpokenLineTests {
    @Test(arguments: [6.0, -6, -20], Codec.allCases) func minutesOfSpeechEndNothing(gain: Double, codec: Codec)
        async throws
    {
        var line = Line(codec)
        line.add(try await Spoken.everything().changed(by: gain))
        #expect(line.seconds > 300)
        #expect(line.found() == nil)
    }

    @Test func speechInNoiseEndsNothing() async throws {
        var line = Line(noise: -38)
        line.add(try await Spoken.everything())
        #expect(line.found() == nil)
    }

    @Test func keysEndNothing() {
        let rows = [697.0, 770, 852, 941]
        let columns = [1_209.0, 1_336, 1_477, 1_633]
        var random = Noise(level: 3.14)
        var line = Line()
        for _ in 0..<200 {
            let key = abs(random.next())
            line.add(tone(rows[key % 4], columns[key / 4 % 4], seconds: 0.07 + Double(key % 10) * 0.01))
            line.add(pause(seconds: 0.07 + Double(key / 16 % 15) * 0.01))
        }
        for turn in 0..<20 {
            line.add(tone(941, 1_477, seconds: 0.2) + pause(seconds: 0.3 + Double(turn * 7 % 5) * 0.02))
        }
        #expect(line.found() == nil)
    }

    @Test func aTuneEndsNothing() {
        // The notes of a scale around the pitch of busy tone, each with three overtones, in an order that varies.
        let notes = [261.6, 293.7, 329.6, 349.2, 392, 415.3, 440, 466.2, 493.9, 523.3]
        var line = Line()
        var place = 3
        for turn in 0..<200 {
            place = (place * 7 + turn / 5 + 1) % notes.count
            let length = [0.5, 0.25, 0.25, 0.375, 0.125][turn % 5]
            line.add(tone(notes[place], 2 * notes[place], 3 * notes[place], seconds: length))
        }
        #expect(line.found() == nil)
    }
}
