// Keys that were pressed and not yet asked for (type-ahead), oldest first. Bounded: a caller who leans on
// the keypad loses the keys past the limit, not our memory.

import CallControl

struct KeyBuffer {
    static let limit = 64
    private var keys: [Key] = []

    mutating func press(_ key: Key) {
        if keys.count < Self.limit { keys.append(key) }
    }

    mutating func next() -> Key? { keys.isEmpty ? nil : keys.removeFirst() }

    /// The first key that is in `wanted`; those before it are dropped, since nobody listened for them.
    /// When nothing is wanted, everything stays for whoever asks next.
    mutating func next(in wanted: Set<Key>) -> Key? {
        guard !wanted.isEmpty else { return nil }
        while let key = next() {
            if wanted.contains(key) { return key }
        }
        return nil
    }
}
