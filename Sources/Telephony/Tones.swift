// Sounds that are made here and not recorded: what a caller hears while it rings elsewhere, and keys as tones, for
// the other side of a bridge.

internal import CallControl
internal import Glibc
internal import Media

enum Tones {
    /// The ringing tone of ITU-T E.180 in its most common form: 425 Hz, 1 s on and 4 s off.
    static func ringing(_ codec: Codec) -> AudioBuffer { ringing[codec] ?? AudioBuffer([]) }

    /// 120 ms of the two frequencies of a key (ITU-T Q.23).
    static func key(_ key: Key, _ codec: Codec) -> AudioBuffer? {
        guard let place = keypad.firstIndex(of: key.rawValue) else { return nil }
        let (row, column) = (rows[place / 4], columns[place % 4])
        return AudioBuffer(codec.encode(wave([row, column], seconds: 0.12)))
    }

    private static let keypad = Array("123A456B789C*0#D")
    private static let rows = [697.0, 770, 852, 941]
    private static let columns = [1_209.0, 1_336, 1_477, 1_633]

    private static let ringing: [Codec: AudioBuffer] = {
        let cadence = wave([425], seconds: 1) + [Int16](repeating: 0, count: 4 * Codec.bytesPerSecond)
        return Dictionary(uniqueKeysWithValues: Codec.allCases.map { ($0, AudioBuffer($0.encode(cadence))) })
    }()

    /// Each frequency at a level of about −13 dBm0.
    private static func wave(_ frequencies: [Double], seconds: Double) -> [Int16] {
        (0..<Int(seconds * Double(Codec.bytesPerSecond))).map { sample in
            let time = Double(sample) / Double(Codec.bytesPerSecond)
            return Int16(frequencies.reduce(0) { $0 + 5_000 * sin(2 * .pi * $1 * time) })
        }
    }
}
