// What one call remembers about listening, whichever message and folder it comes to: how fast and how loud messages
// are played (C2). It begins with what the mailbox chose.
import CallControl
import Mailboxes
import Synchronization

final class ListeningMemory: Sendable {
    private static let speeds = [0.5, 0.75, 1, 1.25, 1.5, 2]
    private static let gains = [-12.0, -8, -4, 0, 4, 8, 12]

    private struct State {
        var speed = speeds.firstIndex(of: 1) ?? 0
        var gain = gains.firstIndex(of: 0) ?? 0
    }

    private let state: Mutex<State>

    init(_ settings: MailboxSettings) {
        var start = State()
        if let speed = settings.speed { start.speed = Self.nearest(to: Double(speed) / 100, of: Self.speeds) }
        if let volume = settings.volume { start.gain = Self.nearest(to: Double(volume), of: Self.gains) }
        state = Mutex(start)
    }

    private static func nearest(to value: Double, of steps: [Double]) -> Int {
        steps.indices.min { abs(steps[$0] - value) < abs(steps[$1] - value) } ?? 0
    }

    var style: PlaybackStyle {
        state.withLock { PlaybackStyle(speed: Self.speeds[$0.speed], gain: Self.gains[$0.gain]) }
    }

    /// One step; at the last one it stays.
    func faster() { state.withLock { $0.speed = min($0.speed + 1, Self.speeds.count - 1) } }
    func slower() { state.withLock { $0.speed = max($0.speed - 1, 0) } }
    func louder() { state.withLock { $0.gain = min($0.gain + 1, Self.gains.count - 1) } }
    func softer() { state.withLock { $0.gain = max($0.gain - 1, 0) } }
}
