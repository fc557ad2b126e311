// Prompts for wideband calls (G.722). Few offices have such phones, and encoding everything for them would take as long
// as the rest of a start and a third of the memory: so each prompt is encoded when the first call is to hear it.

internal import Synchronization

final class WidebandPrompts: Sendable {
    struct Name: Hashable {
        var name: String
        var language: String
        init(_ name: String, _ language: String) {
            self.name = name
            self.language = language
        }
    }

    let codecs: [Codec]
    private let paths: [Name: String]
    private let encoded = Mutex<[Codec: [Name: AudioBuffer]]>([:])

    /// - Parameter paths: files that have been read once and were in order.
    init(_ codecs: [Codec], paths: [Name: String]) {
        self.codecs = codecs
        self.paths = paths
    }

    /// Takes some milliseconds the first time. Nil when there is no such prompt, or its file is gone meanwhile.
    func audio(_ name: Name, _ codec: Codec) -> AudioBuffer? {
        guard codecs.contains(codec), let path = paths[name] else { return nil }
        if let known = encoded.withLock({ $0[codec]?[name] }) { return known }
        guard let bytes = try? AudioFile(reading: path).encoded(in: codec) else { return nil }
        let audio = AudioBuffer(bytes)
        encoded.withLock { $0[codec, default: [:]][name] = audio }
        return audio
    }
}
