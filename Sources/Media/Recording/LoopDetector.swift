// An announcement that comes again and again. How loud the line is, and how loud its high part, is noted 25 times a
// second, smoothed over 120 ms so that a period need not be a whole number of notes. For each period from 2 to 30 s
// an account is kept of how well each note agrees with the one a period before: what agrees where the line is far from
// its mean counts for it, what does not agree counts against it. Two whole periods of agreement, that is three times the
// same audio, are then checked strictly. Nobody says the same thing three times so alike. Memory is fixed, 8 kB.

internal import Glibc

struct LoopDetector {
    /// Periods in notes of 40 ms: 2 to 30 s.
    private static let periods = 50...750
    /// Shorter periods must agree for this long: 10 s.
    private static let shortest = 250
    private static let capacity = 2_304
    /// Notes are in half decibels above −50 dBm0.
    private static let floor = 34.0
    /// An account is never so good that half a second of something else does not close it.
    private static let trust: Int16 = 1_200
    /// Half decibels between what must be the same, and by which what is said must vary.
    private static let difference = 5.0
    private static let variation = 6.0
    private static let audible: UInt8 = 16

    /// The energies of the last 20 ms frames, newest last, and the weights that they are smoothed with.
    private var energies = SIMD8<Double>.zero
    private var changes = SIMD8<Double>.zero
    private static let weights = SIMD8<Double>(0, 0, 1, 2, 3, 3, 2, 1) / 12

    private var frames = 0
    private var notes = 0
    /// Rings.
    private var loudness = [UInt8](repeating: 0, count: capacity)
    private var brightness = [UInt8](repeating: 0, count: capacity)
    private var meanLoudness = 0.0
    private var meanBrightness = 0.0
    /// For each period, the longest first: the account, and for how many notes it has been open.
    private var accounts = [Int16](repeating: 0, count: periods.count)
    private var ages = [UInt16](repeating: 0, count: periods.count)

    /// The energy of the next frame of 20 ms, and that of its first difference. Returns the frame in which the first of
    /// the repeated copies began, when there are three.
    mutating func take(energy: Double, change: Double) -> Int? {
        energies = Self.shifted(energies, energy)
        changes = Self.shifted(changes, change)
        frames += 1
        guard frames % 2 == 0 else { return nil }
        note(Self.level(energies), Self.level(changes))
        guard notes % 16 == 0 else { return nil }
        return found().map { max(0, $0 - 1) * 2 }
    }

    private static func shifted(_ energies: SIMD8<Double>, _ energy: Double) -> SIMD8<Double> {
        var shifted = energies
        for index in 0..<7 { shifted[index] = energies[index + 1] }
        shifted[7] = energy
        return shifted
    }

    private static func level(_ energies: SIMD8<Double>) -> UInt8 {
        let mean = (energies * weights).sum() / Double(SpeechMeter.frame)
        return UInt8(min(255, max(0, 2 * (10 * log10(mean + 1) - floor))))
    }

    private mutating func note(_ loud: UInt8, _ bright: UInt8) {
        // The mean over some ten seconds.
        let weight = max(0.004, 1 / Double(notes + 1))
        meanLoudness += (Double(loud) - meanLoudness) * weight
        meanBrightness += (Double(bright) - meanBrightness) * weight
        let distance = abs(Double(loud) - meanLoudness) + abs(Double(bright) - meanBrightness)
        compare(loud, bright, credit: Int16(2 * distance))
        loudness[notes % Self.capacity] = loud
        brightness[notes % Self.capacity] = bright
        notes += 1
    }

    /// Enters the agreement with the notes of all periods before.
    private mutating func compare(_ loud: UInt8, _ bright: UInt8, credit: Int16) {
        let known = min(Self.periods.count, max(0, notes - Self.periods.lowerBound + 1))
        // Account 0 is that of the longest period; the notes before lie in the ring in two pieces at most.
        var index = Self.periods.count - known
        var place = max(0, notes - Self.periods.upperBound + index) % Self.capacity
        while index < Self.periods.count {
            let count = min(Self.periods.count - index, Self.capacity - place)
            Self.enter(
                (loud, bright), credit, loudness, brightness, place..<place + count, &accounts, &ages, from: index)
            index += count
            place = 0
        }
    }

    /// The same for notes that lie in one piece. Nothing here can overflow: what is added is below 2,600. So the
    /// compiler needs no checks and does many at once.
    private static func enter(
        _ now: (loud: UInt8, bright: UInt8), _ credit: Int16, _ loudness: [UInt8], _ brightness: [UInt8],
        _ places: Range<Int>, _ accounts: inout [Int16], _ ages: inout [UInt16], from index: Int
    ) {
        let loudness = loudness.span.extracting(places)
        let brightness = brightness.span.extracting(places)
        var accounts = accounts.mutableSpan
        var ages = ages.mutableSpan
        precondition(index >= 0 && index + places.count <= accounts.count && accounts.count == ages.count)
        for step in 0..<places.count {
            let (loud, bright) = (loudness[unchecked: step], brightness[unchecked: step])
            let difference =
                Int16(max(loud, now.loud) &- min(loud, now.loud))
                &+ Int16(max(bright, now.bright) &- min(bright, now.bright))
            let balance = min(trust, accounts[unchecked: index &+ step] &+ credit &- 5 &* difference)
            accounts[unchecked: index &+ step] = max(0, balance)
            let age = ages[unchecked: index &+ step]
            ages[unchecked: index &+ step] = balance < 0 ? 0 : max(age, age &+ 1)
        }
    }

    /// The note that the first copy began with, of the shortest period that is one.
    private func found() -> Int? {
        for index in ages.indices.reversed() {
            let period = Self.periods.upperBound - index
            let needed = max(2 * period, Self.shortest)
            guard ages[index] >= needed, isCopy(period, needed) else { continue }
            return notes - Int(ages[index]) - period
        }
        return nil
    }

    /// Whether the last `count` notes are those of a period before, are loud for a third of the time, and vary as an
    /// announcement does and a tone does not.
    private func isCopy(_ period: Int, _ count: Int) -> Bool {
        var loud = 0.0
        var difference = 0.0
        var sum = 0.0
        var squares = 0.0
        for note in (notes - count)..<notes {
            let (now, before) = (note % Self.capacity, (note - period) % Self.capacity)
            guard max(loudness[now], loudness[before]) >= Self.audible else { continue }
            loud += 1
            let other = abs(Double(brightness[now]) - Double(brightness[before]))
            difference += (abs(Double(loudness[now]) - Double(loudness[before])) + other) / 2
            sum += Double(loudness[now])
            squares += Double(loudness[now]) * Double(loudness[now])
        }
        guard loud * 3 >= Double(count), difference <= Self.difference * loud else { return false }
        let mean = sum / loud
        return (squares / loud - mean * mean).squareRoot() >= Self.variation
    }
}
