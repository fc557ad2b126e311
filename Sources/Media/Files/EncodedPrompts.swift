// Prompts as calls hear them: encoded when the first call in a codec is to hear one, and shared by all that follow. To
// encode every prompt of every language at the start took more time than all the rest of it, and most of the memory, for
// languages and codecs that many an office never uses.

internal import Synchronization

final class EncodedPrompts: Sendable {
    struct Name: Hashable {
        var name: String
        var language: String
    }

    private struct Key: Hashable {
        var name: Name
        var codec: Codec
    }

    private let codecs: [Codec]
    private let paths: [Name: String]
    private let encoded = Mutex<[Key: AudioBuffer]>([:])

    /// - Parameter paths: files that have been read once and were in order.
    init(_ codecs: [Codec], paths: [Name: String]) {
        self.codecs = codecs
        self.paths = paths
    }

    /// Reads and encodes a prompt the first time, which takes some milliseconds. Nil when there is none of that name, or
    /// its file is gone meanwhile.
    func audio(_ name: Name, _ codec: Codec) -> AudioBuffer? {
        guard codecs.contains(codec), let path = paths[name] else { return nil }
        let key = Key(name: name, codec: codec)
        if let known = encoded.withLock({ $0[key] }) { return known }
        guard let bytes = try? AudioFile(reading: path).encoded(in: codec) else { return nil }
        return encoded.withLock { encoded in
            // Two calls may have done it at once: one of the two is shared.
            if let known = encoded[key] { return known }
            let audio = AudioBuffer(bytes)
            encoded[key] = audio
            return audio
        }
    }
}
