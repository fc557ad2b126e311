// What one call remembers about listening, whichever message and folder it comes to: how fast and how loud messages
// are played (C2).
import CallControl
import Synchronization

final class ListeningMemory: Sendable {
    private static let speeds = [0.5, 0.75, 1, 1.25, 1.5, 2]
    private static let gains = [-12.0, -8, -4, 0, 4, 8, 12]

    private struct State {
        var speed = speeds.firstIndex(of: 1) ?? 0
        var gain = gains.firstIndex(of: 0) ?? 0
    }

    private let state = Mutex(State())

    var style: PlaybackStyle {
        state.withLock { PlaybackStyle(speed: Self.speeds[$0.speed], gain: Self.gains[$0.gain]) }
    }

    /// One step; at the last one it stays.
    func faster() { state.withLock { $0.speed = min($0.speed + 1, Self.speeds.count - 1) } }
    func slower() { state.withLock { $0.speed = max($0.speed - 1, 0) } }
    func louder() { state.withLock { $0.gain = min($0.gain + 1, Self.gains.count - 1) } }
    func softer() { state.withLock { $0.gain = max($0.gain - 1, 0) } }
}
