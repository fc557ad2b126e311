// A10, K1: prompt files are read, checked and named when they are wrong; recordings leave as WAV files.

import Glibc
import Testing

@testable import Media

func sine(_ angle: Double) -> Double { sin(angle) }

@Suite("Prompts and WAV files")
final class AudioFileTests {
    private let directory: String

    init() throws {
        var template = Array("/tmp/media-tests-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        mkdir("\(directory)/en", 0o755)
    }

    deinit {
        for file in ["beep.wav", "short.wav", "broken.flac", "long.wav", "notes.txt", "fast.wav"] {
            unlink("\(directory)/en/\(file)")
        }
        rmdir("\(directory)/en")
        rmdir(directory)
    }

    private func write(_ name: String, _ bytes: [UInt8]) {
        guard let file = fopen("\(directory)/en/\(name)", "w") else { return }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    /// A PCM WAV file made by hand.
    private func wave(_ samples: [Int16], rate: UInt32, channels: UInt16 = 1) -> [UInt8] {
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let data = samples.flatMap { little(UInt32(UInt16(bitPattern: $0)), 2) }
        let format =
            little(16, 4) + little(1, 2) + little(UInt32(channels), 2) + little(rate, 4)
            + little(rate * 2 * UInt32(channels), 4) + little(2 * UInt32(channels), 2) + little(16, 2)
        return Array("RIFF".utf8) + little(UInt32(36 + data.count), 4) + Array("WAVEfmt ".utf8) + format
            + Array("data".utf8) + little(UInt32(data.count), 4) + data
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let audio = Codec.pcma.encode((0..<8_000).map { Int16(8_000 * sine(Double($0) / 9)) })
        try writeWave(audio, codec: .pcma, to: "\(directory)/en/beep.wav")
        let (library, problems) = PromptLibrary.load(directory)
        #expect(problems.isEmpty)
        #expect(library.audio("beep", language: "en", codec: .pcma)?.bytes == audio)
        #expect(library.audio("beep", language: "en", codec: .pcmu)?.bytes.count == 8_000)
        #expect(library.audio("beep", language: "es", codec: .pcma) == nil)
    }

    @Test func stereoOf48KilohertzBecomesMonoOf8KilohertzOfTheSameLength() throws {
        let samples = (0..<48_000).flatMap { index -> [Int16] in
            let value = Int16(8_000 * sine(Double(index) / 48_000 * 2 * .pi * 500))
            return [value, value]
        }
        write("fast.wav", wave(samples, rate: 48_000, channels: 2))
        let (library, problems) = PromptLibrary.load(directory)
        #expect(problems.isEmpty)
        let audio = try #require(library.audio("fast", language: "en", codec: .pcmu))
        #expect(abs(audio.bytes.count - 8_000) <= 2)
        let loudest = Codec.pcmu.decode(audio.bytes).map { abs(Int($0)) }.max() ?? 0
        #expect((7_500...8_500).contains(loudest))
    }

    @Test func aWidebandPromptKeepsItsUpperBandInG722Alone() throws {
        write("fast.wav", wave(wideTone(6_000, seconds: 1), rate: 16_000))
        let (library, problems) = PromptLibrary.load(directory, codecs: [.g722, .pcma])
        #expect(problems.isEmpty)
        let wide = try #require(library.audio("fast", language: "en", codec: .g722)).bytes
        #expect(wide.count == 8_000)
        #expect(share(of: 3_000, in: SampleDecoder(.g722, rate: 16_000).decode(wide)) > 0.95)
        let narrow = try #require(library.audio("fast", language: "en", codec: .pcma)).bytes
        #expect(decibels(of: Codec.pcma.decode(narrow)) < 30)
        #expect(library.audio("fast", language: "en", codec: .pcmu) == nil)
        try writeWave(wide, codec: .g722, to: "\(directory)/en/beep.wav")
        let again = try AudioFile(reading: "\(directory)/en/beep.wav").samples(rate: 16_000)
        #expect(again.count == 16_000)
        #expect(share(of: 3_000, in: again) > 0.95)
    }

    @Test func everyWrongOrMissingFileIsNamedAndTheOthersAreThere() throws {
        write("short.wav", wave(Array(repeating: 1_000, count: 800), rate: 8_000))
        write("broken.flac", Array("fLaC but not really".utf8))
        write("long.wav", wave(Array(repeating: 0, count: 8_000 * 61), rate: 8_000))
        write("notes.txt", [1, 2, 3])
        let (library, problems) = PromptLibrary.load(
            directory, expecting: ["en": ["short", "absent"], "es": ["hola"]])
        #expect(library.audio("short", language: "en", codec: .pcmu)?.bytes.count == 800)
        #expect(
            problems.map(\.file).sorted() == [
                "\(directory)/en/absent.flac", "\(directory)/en/broken.flac", "\(directory)/en/long.wav",
                "\(directory)/es/hola.flac",
            ])
        #expect(problems.contains { $0.description.hasSuffix("long.wav: longer than 60 s") })
    }

    @Test func aWaveFileThatCannotBeWrittenIsAnError() {
        #expect(throws: MediaError.self) { try writeWave([1], codec: .pcmu, to: "\(directory)/no/such.wav") }
    }
}
