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

    private func feed(_ clips: [Clip], from offset: Duration = .zero, codec: Codec = .pcmu) async throws -> [UInt8] {
        var feed = ClipFeed(clips, from: offset, prompts: PromptLibrary(), codec: codec)
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
}
