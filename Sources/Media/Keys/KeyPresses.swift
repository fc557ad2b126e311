// One press, counted once. The same key can reach us as a telephone event, as a tone in the audio and as a SIP
// INFO. Within a short time, presses of one key are paired by the way they came: the second of one way is a
// second press, the first of another way is the same press again.

enum KeyOrigin: Sendable { case event, tone, signalling }

struct KeyPresses {
    /// How far apart the same press may arrive by two ways, in milliseconds.
    static let window: Int64 = 700
    private static let remembered = 8

    private struct Press {
        var key: Character
        var at: MediaTime
        var origins: Set<KeyOrigin>
    }

    private var recent: [Press] = []

    /// Whether this is a press that has not been counted yet.
    mutating func counts(_ key: Character, by origin: KeyOrigin, at now: MediaTime) -> Bool {
        recent.removeAll { now.milliseconds(since: $0.at) > Self.window }
        if let known = recent.firstIndex(where: { $0.key == key && !$0.origins.contains(origin) }) {
            recent[known].origins.insert(origin)
            return false
        }
        if recent.count == Self.remembered { recent.removeFirst() }
        recent.append(Press(key: key, at: now, origins: [origin]))
        return true
    }

    /// The 16 keys of a telephone; lower case letters are the same keys.
    static func normalised(_ key: Character) -> Character? {
        "0123456789*#ABCD".first { String($0) == key.uppercased() }
    }
}
