// The prompts of all languages: loaded once, encoded once for each codec, with all that it can carry of them, and
// shared by all calls; for wideband calls when they are first heard. Audio files are as hostile as anything else that
// comes from outside: their length, rate and channels are checked before their samples are read.

internal import Dispatch
internal import Glibc
internal import Synchronization

public struct PromptLibrary: Sendable {
    /// A prompt that is missing or cannot be used.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        public var file: String
        public var reason: String
        public var description: String { "\(file): \(reason)" }

        public init(file: String, reason: String) {
            self.file = file
            self.reason = reason
        }
    }

    private struct Key: Hashable {
        var name: String
        var language: String
        var codec: Codec
    }

    private var prompts: [Key: AudioBuffer] = [:]
    private var wideband = WidebandPrompts([], paths: [:])

    /// Without any prompt.
    public init() {}

    /// Loads `<directory>/<language>/<name>.flac` and `.wav`, for calls in `codecs`. A wrong file, and every name of
    /// `expected` (language → names) without a file, is a problem in the answer; the others are still there.
    public static func load(
        _ directory: String, codecs: [Codec] = Codec.allCases, expecting expected: [String: Set<String>] = [:]
    ) -> (library: PromptLibrary, problems: [Problem]) {
        var files: [PromptFile] = []
        var problems: [Problem] = []
        let languages = Set(entries(of: directory) ?? []).union(expected.keys).sorted()
        for language in languages {
            let folder = "\(directory)/\(language)"
            var loaded: Set<String> = []
            for file in (entries(of: folder) ?? []).sorted() {
                guard let name = promptName(file) else { continue }
                loaded.insert(name)
                files.append(PromptFile(name: name, language: language, path: "\(folder)/\(file)"))
            }
            for name in (expected[language] ?? []).subtracting(loaded).sorted() {
                problems.append(Problem(file: "\(folder)/\(name).flac", reason: "there is no such prompt"))
            }
        }
        var library = read(files, codecs.filter { !$0.isWideband }, &problems)
        let wrong = Set(problems.map(\.file))
        let sound = files.filter { !wrong.contains($0.path) }
            .map { (WidebandPrompts.Name($0.name, $0.language), $0.path) }
        // As with the others, of two files with one name the later one counts.
        library.wideband = WidebandPrompts(
            codecs.filter(\.isWideband), paths: Dictionary(sound) { _, later in later })
        return (library, problems)
    }

    private struct PromptFile {
        var name: String
        var language: String
        var path: String
    }

    /// Resampling takes most of the time of a start, so the files are shared out over the processors.
    private static func read(
        _ files: [PromptFile], _ codecs: [Codec], _ problems: inout [Problem]
    ) -> PromptLibrary {
        let found = Mutex((library: PromptLibrary(), problems: [Problem]()))
        DispatchQueue.concurrentPerform(iterations: files.count) { index in
            let file = files[index]
            do throws(MediaError) {
                let encoded = try AudioFile(reading: file.path).encoded(in: codecs)
                found.withLock { found in
                    for (codec, audio) in encoded {
                        found.library.prompts[Key(name: file.name, language: file.language, codec: codec)] = audio
                    }
                }
            } catch {
                found.withLock { $0.problems.append(Problem(file: file.path, reason: error.reason)) }
            }
        }
        return found.withLock { found in
            problems += found.problems.sorted { $0.file < $1.file }
            return found.library
        }
    }

    public func audio(_ name: String, language: String, codec: Codec) -> AudioBuffer? {
        prompts[Key(name: name, language: language, codec: codec)]
            ?? wideband.audio(WidebandPrompts.Name(name, language), codec)
    }

    private static func promptName(_ file: String) -> String? {
        for suffix in [".flac", ".wav"] where file.hasSuffix(suffix) && !file.hasPrefix(".") {
            return String(file.dropLast(suffix.count))
        }
        return nil
    }

    /// Names in a directory; nil when it cannot be read.
    private static func entries(of directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
