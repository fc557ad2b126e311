// The prompts of all languages: every file is read once at the start, to see that it is in order, and encoded when it is
// first heard, with all that the codec can carry of it. Audio files are as hostile as anything else that comes from
// outside: their length, rate and channels are checked before their samples are read.

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

    private let prompts: EncodedPrompts

    /// Without any prompt.
    public init() { self.init(EncodedPrompts([], paths: [:])) }

    private init(_ prompts: EncodedPrompts) { self.prompts = prompts }

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
                files.append(PromptFile(key: .init(name: name, language: language), path: "\(folder)/\(file)"))
            }
            for name in (expected[language] ?? []).subtracting(loaded).sorted() {
                problems.append(Problem(file: "\(folder)/\(name).flac", reason: "there is no such prompt"))
            }
        }
        let usable = sound(files, &problems).map { ($0.key, $0.path) }
        // Of two files with one name the later one counts.
        let paths = Dictionary(usable) { _, later in later }
        return (PromptLibrary(EncodedPrompts(codecs, paths: paths)), problems)
    }

    private struct PromptFile {
        var key: EncodedPrompts.Name
        var path: String
    }

    /// Those that can be used, in their order. They are shared out over the processors.
    private static func sound(_ files: [PromptFile], _ problems: inout [Problem]) -> [PromptFile] {
        let found = Mutex<[String: Problem]>([:])
        DispatchQueue.concurrentPerform(iterations: files.count) { index in
            let path = files[index].path
            do throws(MediaError) { _ = try AudioFile(reading: path) } catch {
                found.withLock { $0[path] = Problem(file: path, reason: error.reason) }
            }
        }
        let wrong = found.withLock(\.self)
        problems += wrong.values.sorted { $0.file < $1.file }
        return files.filter { wrong[$0.path] == nil }
    }

    /// Takes some milliseconds when nobody has heard the prompt in this codec before.
    public func audio(_ name: String, language: String, codec: Codec) -> AudioBuffer? {
        prompts.audio(EncodedPrompts.Name(name: name, language: language), codec)
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
