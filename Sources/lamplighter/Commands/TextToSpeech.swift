// A greeting from a written text (E2): the program that the administrator has configured speaks it into a file. It is
// told the text by its standard input, so that nothing in a text can be taken for an option.

import Foundation
import Media

struct TextToSpeech {
    /// Words with blanks between them; `{file}` stands for the WAV file to be written, `{language}` for the language.
    let command: String
    /// It may take so many seconds.
    var patience = 60

    /// - Parameter longest: seconds that what is spoken may take.
    func speak(_ text: String, language: String, longest: Int) async throws -> AudioFile {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lamplighter-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = folder.appending(path: "text")
        let speech = folder.appending(path: "speech.wav")
        try Data((text + "\n").utf8).write(to: script)
        let words = command.split(separator: " ").map { word in
            String(word).replacing("{file}", with: speech.path).replacing("{language}", with: language)
        }
        let status = try await run(words, reading: script)
        guard status == 0 else { throw NotThere("`\(words[0])` did not speak the text: it ended with \(status)") }
        return try AudioFile(reading: speech.path, longest: longest)
    }

    private func run(_ words: [String], reading input: URL) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = FileHandle.nullDevice
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { ended in
            end.yield(ended.terminationReason == .exit ? ended.terminationStatus : 128 + ended.terminationStatus)
            end.finish()
        }
        try process.run()
        let pid = process.processIdentifier
        let alarm = Task { [patience] in
            try await Task.sleep(for: .seconds(patience))
            kill(pid, SIGKILL)
        }
        defer { alarm.cancel() }
        return await ends.first { _ in true } ?? -1
    }
}
