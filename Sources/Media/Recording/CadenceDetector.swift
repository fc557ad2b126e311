// The rhythm of busy and congestion tone: a tone that comes and goes, always for the same time, with nothing between.
// Countries differ in the times, 0.2 to 0.8 s, and some have two or three of them in turn, so it is the repetition
// that is looked for: three rounds of it, four tones at least. A tone that does not stop for 5 s is a dial tone.
// No table of countries is needed, and nobody speaks like that.

struct CadenceDetector {
    private struct Run {
        var tone: ToneBank.Tone
        var level: Double
        /// Frames: from the first whole one to the one after the last.
        var start: Int
        var end: Int
        var length: Int { end - start }
    }

    /// In frames of 20 ms.
    private static let endless = 250
    private static let tones = 5...45
    private static let pauses = 6...50
    private static let shortest = 100
    /// The pause is so many decibels softer.
    private static let contrast = 10.0
    private static let remembered = 12

    private var frame = 0
    private var current: Run?
    /// Those before, each with a pause before the next.
    private var runs: [Run] = []
    /// The levels of the last 128 frames: more than the longest pause and the longest tone after it.
    private var levels = [Double](repeating: 0, count: 128)

    /// The next frame: its tone, for how many frames before it the level was the same, and its level in decibels.
    /// Returns the frame in which the tones began, once they are a busy or a dial tone.
    mutating func take(_ tone: ToneBank.Tone?, steadyFor steady: Int, level: Double) -> Int? {
        defer { frame += 1 }
        levels[frame % levels.count] = level
        guard let tone else {
            guard let run = current, frame > run.end else { return nil }
            current = nil
            return finish(run)
        }
        if current?.tone != tone {
            // One tone right after another is none of those that are looked for.
            if current != nil { runs = [] }
            current = Run(tone: tone, level: level, start: max(0, frame - steady), end: frame + 1)
        }
        current?.end = frame + 1
        guard let run = current, run.length >= Self.endless else { return nil }
        return run.start
    }

    private mutating func finish(_ run: Run) -> Int? {
        if let last = runs.last, last.tone != run.tone || !isPause(from: last.end, to: run.start, below: run.level) {
            runs = []
        }
        guard Self.tones.contains(run.length) else {
            runs = []
            return nil
        }
        if runs.count == Self.remembered { runs.removeFirst() }
        runs.append(run)
        guard let first = runs.first, run.end - first.start >= Self.shortest else { return nil }
        return (1...3).contains(where: { repeats(every: $0) }) ? max(0, first.start - 1) : nil
    }

    /// The frames at both ends may hold some of the tone.
    private func isPause(from end: Int, to start: Int, below level: Double) -> Bool {
        guard Self.pauses.contains(start - end) else { return false }
        return (end + 1..<start - 1).allSatisfy { levels[$0 % levels.count] <= level - Self.contrast }
    }

    /// Whether the last tones and pauses are the same as those `period` before them.
    private func repeats(every period: Int) -> Bool {
        let needed = max(4, 3 * period)
        guard runs.count >= needed else { return false }
        for index in (runs.count - needed + period)..<runs.count {
            guard abs(runs[index].length - runs[index - period].length) <= 2 else { return false }
            guard index > runs.count - needed + period else { continue }
            let pause = runs[index].start - runs[index - 1].end
            let before = runs[index - period].start - runs[index - period - 1].end
            guard abs(pause - before) <= 3 else { return false }
        }
        return true
    }
}
