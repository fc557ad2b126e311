// G2: keys in the audio. Tones at the limits of ITU-T Q.24 are heard, what lies outside is not, and nothing that people
// say is a key: all prompts of both languages, spoken at several speeds, levels and with noise.

import Glibc
import Testing

@testable import Media

/// What the detector makes of a call's audio, in packets of 20 ms.
func keys(in samples: [Int16], _ codec: Codec = .pcmu) -> String {
    guard let detector = ToneDetector(codec: codec) else { return "?" }
    let found = codec.encode(samples).pieces(of: 160).compactMap { piece in
        piece.withUnsafeBufferPointer { detector.take($0) }?.key
    }
    return String(found)
}

/// A key as a telephone makes it (ITU-T Q.23), and how it may be off.
private struct Press {
    static let pad = "123A456B789C*0#D"
    static let rows = [697.0, 770, 852, 941]
    static let columns = [1_209.0, 1_336, 1_477, 1_633]

    var key: Character
    /// Of each frequency, in dBm0.
    var level = -10.0
    /// By how much the upper is louder, in decibels.
    var twist = 0.0
    /// Of both frequencies, 1 = 100 %.
    var deviation = 0.0
    var seconds = 0.04
    /// Samples by which it lies otherwise in the detector's blocks.
    var start = 0

    var samples: [Int16] {
        guard let place = Self.pad.firstIndex(of: key).map({ Self.pad.distance(from: Self.pad.startIndex, to: $0) })
        else { return [] }
        let pitches = [Self.rows[place / 4], Self.columns[place % 4]].map { $0 * (1 + deviation) }
        let peaks = [amplitude(level - max(0, twist)), amplitude(level + min(0, twist))]
        let count = Int(seconds * 8_000)
        let sound = (0..<count).map { index in
            Int16(zip(pitches, peaks).reduce(0) { $0 + $1.1 * sin($1.0 * Double(index) / 8_000 * 2 * .pi) })
        }
        return [Int16](repeating: 0, count: start) + sound + pause(seconds: 0.04)
    }
}

@Suite("G2: keys in the audio, at the limits of ITU-T Q.24")
struct ToneLimitTests {
    /// Each key at several places in the detector's blocks.
    private func heard(_ codec: Codec = .pcmu, _ change: (inout Press) -> Void) -> String {
        var samples: [Int16] = pause(seconds: 0.1)
        for key in Press.pad {
            for start in [0, 17, 34, 51, 68, 85] {
                var press = Press(key: key, start: start)
                change(&press)
                samples += press.samples
            }
        }
        return keys(in: samples + pause(seconds: 0.1), codec)
    }

    private var everyKey: String { Press.pad.map { String(repeating: $0, count: 6) }.joined() }

    @Test(
        "40 ms on and 40 ms off are heard at any level from -3 to -25 dBm", arguments: [-3.0, -6, -10, -20, -25],
        Codec.allCases)
    func levels(level: Double, codec: Codec) {
        #expect(heard(codec) { $0.level = level } == everyKey)
    }

    @Test(
        "one frequency may be louder than the other by 4 or by 7 dB, for 50 ms", arguments: [-7.0, -5, -3, 2, 4],
        Codec.allCases)
    func twist(decibels: Double, codec: Codec) {
        let keys = heard(codec) { press in
            press.twist = decibels
            press.seconds = 0.05
        }
        #expect(keys == everyKey)
    }

    @Test("frequencies may be off by 1 %", arguments: [-0.01, 0.01], Codec.allCases)
    func deviation(share: Double, codec: Codec) {
        #expect(heard(codec) { $0.deviation = share } == everyKey)
    }

    @Test("frequencies that are off by 3.5 % are no key", arguments: [-0.035, 0.035, -0.05, 0.05], [0.04, 0.2])
    func tooFarOff(share: Double, seconds: Double) {
        #expect(
            heard { press in
                press.deviation = share
                press.seconds = seconds
            } == "")
    }

    @Test("what is too short, too soft or too crooked is no key")
    func outside() {
        #expect(heard { $0.seconds = 0.02 } == "")
        #expect(heard { $0.level = -55 } == "")
        #expect(heard { $0.twist = 16 } == "")
        #expect(heard { $0.twist = -16 } == "")
        #expect(keys(in: tone(770, seconds: 1) + pause(seconds: 0.1) + tone(1_336, seconds: 1)) == "")
    }

    @Test("a key held is one key, also with 10 ms missing in it")
    func held() {
        let five = Press(key: "5", seconds: 1).samples
        #expect(keys(in: five) == "5")
        var broken = five
        for index in 4_000..<4_080 { broken[index] = 0 }
        #expect(keys(in: broken) == "5")
    }
}

@Suite("G2: nothing that is said is a key", .timeLimit(.minutes(10)))
struct TalkOffTests {
    /// 24 minutes of speech, five times: more than an hour and a half.
    @Test("all prompts of both languages, slower and faster, softer and louder, in noise, in every codec")
    func everyPrompt() async throws {
        let files = try Spoken.files(["en", "es"])
        try #require(files.count > 1_000)
        let parts = await withTaskGroup(of: (seconds: Double, keys: [String]).self) { group in
            for part in 0..<2 {
                let some = files.enumerated().filter { $0.offset % 2 == part }.map(\.element)
                group.addTask { await Self.listen(to: some, Way.all) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(parts.flatMap(\.keys) == [])
        #expect(parts.reduce(0) { $0 + $1.seconds } > 3_600)
    }

    @Test("more than an hour of people who speak English, Spanish and French (Debian's asterisk-core-sounds)")
    func people() async throws {
        let files = try Spoken.byPeople()
        let (seconds, keys) = await Self.listen(to: files, [Way()])
        #expect(keys == [])
        #expect(seconds > 3_600, "asterisk-core-sounds-en-wav, -es-wav and -fr-wav are installed")
    }

    /// How long was listened, and which keys were heard where.
    private static func listen(to files: [String], _ ways: [Way]) async -> (seconds: Double, keys: [String]) {
        var seconds = 0.0
        var found: [String] = []
        for file in files {
            // Tests with clocks run at the same time.
            await Task.yield()
            guard let said = try? AudioFile(reading: file).samples(rate: 8_000) else { continue }
            for way in ways {
                let heard = way.changed(said)
                seconds += Double(heard.count) / 8_000
                let keys = MediaTests.keys(in: heard + pause(seconds: 0.1), way.codec)
                if !keys.isEmpty { found.append("\(file): \(keys) \(way)") }
            }
        }
        return (seconds, found)
    }

    private struct Way {
        var codec = Codec.pcmu
        var speed = 1.0
        var gain = 0.0
        /// In dBm0.
        var noise: Double?

        static let all = [
            Way(), Way(codec: .pcma, gain: 9), Way(speed: 0.8, gain: -12), Way(speed: 1.25), Way(noise: -40),
        ]

        func changed(_ said: [Int16]) -> [Int16] {
            var samples = said
            if speed != 1 || gain != 0 {
                let shaper = AudioShaper(from: .pcmu, to: .pcmu, speed: speed, gain: gain)
                samples = Codec.pcmu.decode(shaper.shape(Codec.pcmu.encode(said)) + shaper.flush())
            }
            if let noise {
                var random = Noise(level: noise)
                for index in samples.indices { samples[index] = Int16(clamping: Int(samples[index]) + random.next()) }
            }
            return samples
        }
    }
}

@Suite("G2: a key by three ways", .serialized, .timeLimit(.minutes(1)))
struct ThreeWaysTests {
    /// As telephone event, as tone and by SIP INFO, each a little later than the one before, in every order.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func aPressIsCountedOnceHoweverItComes(order: [Int]) {
        var presses = KeyPresses()
        let origins: [KeyOrigin] = [.event, .tone, .signalling]
        let counted = order.enumerated().count { index, way in
            presses.counts("5", by: origins[way], at: milliseconds(Int64(index * 100)))
        }
        #expect(counted == 1)
        // The same key again, by all ways again.
        let again = order.enumerated().count { index, way in
            presses.counts("5", by: origins[way], at: milliseconds(Int64(400 + index * 100)))
        }
        #expect(again == 1)
    }
}
