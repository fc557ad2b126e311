// Clips become audio in the codec of the call: whole, in order, from any offset, a piece at a time.

import CallControl
import Media
import Testing

@testable import Telephony

@Suite("Clips")
struct ClipFeedTests {
    private struct Stored: RecordedAudio {
        var encoding = AudioEncoding.pcmu
        var audio: [UInt8]
        /// What it says of itself.
        var byteCount: Int
        init(_ audio: [UInt8], byteCount: Int? = nil, encoding: AudioEncoding = .pcmu) {
            self.audio = audio
            self.byteCount = byteCount ?? audio.count
            self.encoding = encoding
        }
        func bytes(in range: Range<Int>) async throws -> [UInt8] {
            #expect(range.count <= ClipFeed.portion)
            return Array(audio[min(range.lowerBound, audio.count)..<min(range.upperBound, audio.count)])
        }
    }

    private let long = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    private func feed(
        _ clips: [Clip], from offset: Duration = .zero, style: PlaybackStyle = .normal, codec: Codec = .pcmu
    ) async throws -> [UInt8] {
        var feed = ClipFeed(clips, from: offset, style: style, prompts: PromptLibrary(), codec: codec)
        var all: [UInt8] = []
        while let piece = try await feed.next() { all += piece.bytes }
        return all
    }

    @Test("A stored message comes out byte for byte, with silence and other clips around it")
    func whole() async throws {
        let pause = [UInt8](repeating: 0xFF, count: 4_000)
        let clips: [Clip] = [
            .silence(.milliseconds(500)), .recording(Stored(long)), .recording(Stored(Array(long[..<10]))),
        ]
        #expect(try await feed(clips) == pause + long + long[..<10])
    }

    @Test(
        "An offset leaves out exactly so much, over the clips' borders too",
        arguments: [0, 1, 500, 1_000, 1_250, 12_000, 60_000])
    func offset(milliseconds: Int) async throws {
        let clips: [Clip] = [.recording(Stored(Array(long[..<8_000]))), .recording(Stored(long))]
        let expected = (Array(long[..<8_000]) + long).dropFirst(milliseconds * 8)
        #expect(try await feed(clips, from: .milliseconds(milliseconds)) == Array(expected))
    }

    @Test("A recording shorter than it says ends where it ends")
    func shorterThanItSays() async throws {
        let clips: [Clip] = [
            .recording(Stored(Array(long[..<100]), byteCount: 50_000)), .recording(Stored(Array(long[..<5]))),
        ]
        #expect(try await feed(clips) == Array(long[..<100]) + long[..<5])
    }

    @Test("What was recorded in the other codec is transcoded (G2)")
    func transcoded() async throws {
        let clip = Clip.recording(Stored(Array(long[..<1_000]), encoding: .pcma))
        #expect(try await feed([clip]) == Codec.transcode(Array(long[..<1_000]), from: .pcma, to: .pcmu))
    }

    @Test("A prompt that is missing is a short pause, not the end of the call")
    func missingPrompt() async throws {
        #expect(try await feed([.prompt("no-such-prompt", language: "en")]) == [UInt8](repeating: 0xFF, count: 1_600))
    }

    @Test("Only recordings are heard in another style; prompts and pauses stay as they are (C2)")
    func style() async throws {
        let clips: [Clip] = [.silence(.seconds(1)), .recording(Stored(long)), .silence(.seconds(1))]
        let heard = try await feed(clips, style: PlaybackStyle(speed: 2, gain: 6))
        let pause = [UInt8](repeating: 0xFF, count: 8_000)
        #expect(heard.count == 66_000)
        #expect(Array(heard.prefix(8_000)) == pause)
        #expect(Array(heard.suffix(8_000)) == pause)
    }

    @Test(
        "What was heard to its end was heard as long as it is, at any speed (C2)",
        arguments: [0.5, 0.8, 1, 1.3, 2])
    func heardToTheEnd(speed: Double) async throws {
        let clips: [Clip] = [
            .recording(Stored(long)), .silence(.seconds(1)), .recording(Stored(long, byteCount: 200_000)),
        ]
        var feed = ClipFeed(
            clips, from: .seconds(2), style: PlaybackStyle(speed: speed), prompts: PromptLibrary(), codec: .pcmu)
        var heard = 0
        while let piece = try await feed.next() { heard += piece.bytes.count }
        #expect(heard == 8_000 + Int((84_000 / speed).rounded()) + Int((100_000 / speed).rounded()))
        #expect(feed.recorded(hearing: heard) == .seconds(24))
    }

    @Test(
        "A moment of what was heard is found again in the recordings, before, in and after what is heard faster (C2)",
        arguments: [(0.25, 0.25), (0.5, 0.5), (2.5, 3.5), (8.5, 12.5), (9, 13), (9.5, 13.5), (10, 14.25), (12, 17.25)])
    func moment(heard: Double, recorded: Double) async throws {
        let clips: [Clip] = [
            .silence(.milliseconds(500)), .recording(Stored(Array(long[..<96_000]))), .silence(.seconds(1)),
            .recording(Stored(Array(long[..<48_000]))),
        ]
        var feed = ClipFeed(
            clips, from: .zero, style: PlaybackStyle(speed: 1.5), prompts: PromptLibrary(), codec: .pcmu)
        while try await feed.next() != nil {}
        let difference = feed.recorded(hearing: Int(heard * 8_000)) - .seconds(recorded)
        #expect(abs(difference / .milliseconds(1)) < 1)
    }

    @Test("Where it stopped is where it goes on, also while the recording is still being read (C2)")
    func resumed() async throws {
        let clip = Clip.recording(Stored(long))
        var position = Duration.zero
        for _ in 0..<4 {
            var feed = ClipFeed(
                [clip], from: position, style: PlaybackStyle(speed: 1.5), prompts: PromptLibrary(), codec: .pcmu)
            // What is heard of three seconds is two.
            for _ in 0..<3 { _ = try await feed.next() }
            position += feed.recorded(hearing: 15_000)
        }
        #expect(position == .milliseconds(4 * 2_812) + .microseconds(4 * 500))
        #expect(try await feed([clip], from: position) == Array(long[90_000...]))
    }
}
