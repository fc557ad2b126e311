// C2: slower and faster at the same pitch, louder and softer without a rattle.

import Testing

@testable import Media

@Suite("C2: speed and volume")
struct ShaperTests {
    private static let speeds = [0.5, 0.6, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2]

    private func shape(
        _ bytes: [UInt8], from source: Codec = .pcmu, to target: Codec = .pcmu, speed: Double = 1, gain: Double = 0,
        pieces: Int = 24_000
    ) -> [UInt8] {
        let shaper = AudioShaper(from: source, to: target, speed: speed, gain: gain)
        return bytes.pieces(of: pieces).flatMap(shaper.shape) + shaper.flush()
    }

    private func level(_ bytes: [UInt8], _ codec: Codec = .pcmu) -> Double {
        decibels(of: codec.decode(bytes))
    }

    @Test(arguments: speeds, [170.0, 440, 1_000]) func thePitchStays(speed: Double, pitch: Double) {
        let shaped = Codec.pcmu.decode(shape(Codec.pcmu.encode(tone(pitch, seconds: 6)), speed: speed))
        let middle = Array(shaped[800..<(shaped.count - 800)])
        let crossings = zip(middle, middle.dropFirst()).count { $0 < 0 && $1 >= 0 }
        let heard = Double(crossings) * 8_000 / Double(middle.count)
        #expect(abs(heard - pitch) < pitch * 0.01)
        #expect(share(of: pitch, in: middle) > 0.9)
    }

    @Test(arguments: speeds, [1, 160, 700, 8_000, 24_000]) func theLengthIsThatOfTheSpeedToAPeriodOfTheVoice(
        speed: Double, piece: Int
    ) {
        let said = speech(piece == 1 ? 3_000 : 40_003)
        let count = shape(said, speed: speed, gain: 3, pieces: piece).count
        let exact = Int((Double(said.count) / speed).rounded())
        #expect((exact...(speed < 1 ? exact + 134 : exact)).contains(count))
    }

    @Test(arguments: Self.speeds, [0, 1, 7]) func shortRecordingsHaveTheirLengthToo(speed: Double, count: Int) {
        #expect(shape(speech(count), speed: speed).count == Int((Double(count) / speed).rounded()))
    }

    @Test func theSoundGoesOnOverTheBordersOfThePieces() {
        let said = speech(48_000)
        for speed in Self.speeds {
            let whole = shape(said, speed: speed, gain: -4, pieces: 48_000)
            #expect(shape(said, speed: speed, gain: -4, pieces: 800) == whole)
        }
    }

    @Test(arguments: [-18.0, -12, -6, -3, 3, 6, 12, 18], Codec.allCases) func theGainIsAsManyDecibels(
        gain: Double, codec: Codec
    ) {
        let quiet = Codec.pcmu.encode(tone(440, seconds: 2, peak: 2_000))
        let change = level(shape(quiet, to: codec, gain: gain), codec) - level(quiet)
        #expect(abs(change - gain) < 0.3)
    }

    @Test func whatWouldBeTooLoudIsTurnedDownAndNotCutOff() {
        let loud = Codec.pcmu.encode(tone(440, seconds: 2, peak: 20_000))
        let shaped = Codec.pcmu.decode(shape(loud, gain: 18))
        #expect(shaped.allSatisfy { abs(Int($0)) <= 32_124 })
        #expect(decibels(of: shaped) - decibels(of: tone(440, seconds: 2, peak: 32_124)) > -1)
        // A sine that is cut off has a seventh of its energy elsewhere.
        #expect(share(of: 440, in: Array(shaped[800...])) > 0.99)
    }

    @Test func afterAPeakItIsAsLoudAsBefore() {
        let quiet = tone(440, seconds: 1, peak: 1_000)
        let said = Codec.pcmu.encode(quiet + tone(440, seconds: 0.1, peak: 30_000) + quiet)
        let shaped = shape(said, gain: 12)
        #expect(abs(level(Array(shaped.suffix(6_000))) - level(Array(shaped.prefix(6_000)))) < 0.3)
    }

    @Test func theLimitsOfSpeedAndGainHold() {
        let said = Codec.pcmu.encode(tone(440, seconds: 1, peak: 500))
        #expect(shape(said, speed: 99) == shape(said, speed: 2))
        #expect(shape(said, speed: -1) == shape(said, speed: 0.5))
        #expect(shape(said, speed: .nan, gain: .nan) == said)
        #expect(shape(said, gain: .infinity) == shape(said, gain: 18))
        #expect(shape(said, gain: -90) == shape(said, gain: -18))
    }

    @Test func anotherCodecIsShapedToo() {
        let said = tone(440, seconds: 3)
        let shaped = shape(Codec.pcma.encode(said), from: .pcma, to: .pcmu, speed: 1.5)
        #expect(shaped.count == 16_000)
        #expect(abs(level(shaped) - decibels(of: said)) < 0.5)
    }
}
