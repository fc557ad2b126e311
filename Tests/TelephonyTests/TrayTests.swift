// What a recording's end is called, by what ended it and what the sink took.

import CallControl
import Media
import Testing

@testable import Telephony

@Suite("A recording's account")
struct TrayTests {
    /// Takes up to a number of bytes, like a mailbox with a quota.
    private actor Box: RecordingSink {
        private var room: Int
        init(room: Int) { self.room = room }
        func append(_ audio: [UInt8]) async throws -> Int {
            guard room >= 0 else { throw CallEnded(.failure) }
            let accepted = min(room, audio.count)
            room -= accepted
            return accepted
        }
    }
    private let second = [UInt8](repeating: 0, count: 8_000)
    private func summary(_ ending: RecordingSummary.Ending, bytes: Int) -> RecordingSummary {
        RecordingSummary(ending: ending, bytes: bytes, voicedBytes: bytes)
    }

    @Test("Length and voice are those of what was kept (B4)")
    func fullBox() async {
        var tray = Tray(Box(room: 12_000))
        #expect(await tray.put(second))
        #expect(await !tray.put(second))
        #expect(await !tray.put(second))
        let take = tray.take(summary(.stopped, bytes: 24_000), ended: nil)
        #expect(take == Take(ending: .full, duration: .milliseconds(1_500), voiced: .milliseconds(1_500)))
    }

    @Test("Only what was kept can be worth keeping (B2, B4)")
    func worthwhile() async {
        var tray = Tray(Box(room: 12_000))
        _ = await tray.put(second)
        _ = await tray.put(second)
        let cut = RecordingSummary(ending: .busyTone, bytes: 24_000, voicedBytes: 9_000, worthwhileBytes: 16_000)
        #expect(tray.take(cut, ended: nil).worthwhile == .milliseconds(1_500))
        let short = RecordingSummary(ending: .busyTone, bytes: 24_000, voicedBytes: 9_000, worthwhileBytes: 8_000)
        #expect(tray.take(short, ended: nil).worthwhile == .seconds(1))
    }

    @Test("A sink that throws ends the recording as a failure of the store, and what it took counts (B5)")
    func failure() async {
        var tray = Tray(Box(room: -1))
        #expect(await !tray.put(second))
        #expect(tray.take(summary(.stopped, bytes: 8_000), ended: .hangUp).ending == .storeFailed)
    }

    @Test(
        "Each way to end has its name (B2)",
        arguments: [
            (RecordingSummary.Ending.key("#"), nil, Take.Ending.key(.pound)),
            (.busyTone, nil, .busyTone), (.faxTone, nil, .faxTone), (.loop, .hangUp, .loop),
            (.silence, nil, .silence), (.maximum, nil, .maximum), (.overrun, nil, .storeFailed),
            (.stopped, CallEnded.Reason.hangUp, .hangUp), (.stopped, .mediaTimeout, .mediaTimeout),
            (.stopped, .shutdown, .shutdown), (.key("#"), .hangUp, .key(.pound)),
        ])
    func endings(media: RecordingSummary.Ending, call: CallEnded.Reason?, ending: Take.Ending) {
        let tray = Tray(Box(room: 0))
        #expect(tray.take(summary(media, bytes: 0), ended: call).ending == ending)
    }
}
