// The real program on a port of its own, with a data directory of its own, as an administrator would run it.

import Foundation

final class TestServer: Sendable {
    let directory: String
    let port: Int
    /// Of TLS, where it is served.
    let securePort: Int?
    let process: ChildProcess
    private let settings: [String: String]

    /// The folder of the package, where the program finds its prompts and dialplan.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    /// The program that `swift build --build-tests` put beside the tests, or another build.
    static let program =
        ProcessInfo.processInfo.environment["SOAK_PROGRAM"]
        ?? URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("lamplighter").path

    /// Starts it and waits until it serves.
    /// - Parameter settings: `LAMPLIGHTER_…` variables without their prefix.
    init(_ settings: [String: String] = [:], directory: String? = nil, port: Int = 0) async throws {
        let folder = directory ?? NSTemporaryDirectory() + "lamplighter-" + UUID().uuidString
        self.directory = folder
        self.settings = settings
        process = try ChildProcess(
            Self.program, ["serve", "--sample"], environment: Self.environment(settings, folder, port), in: Self.package
        )
        // Many servers load their prompts at the same time, perhaps on two processors.
        try await process.waitFor("ready\n", seconds: 180)
        let output = process.output
        func portNamed(after text: String) -> Int? {
            let line = output.split(separator: "\n").first { $0.contains(text) }
            return line?.split(separator: ":").last.flatMap { Int($0) }
        }
        guard let found = portNamed(after: "SIP on UDP") else {
            throw ChildProcess.Failure(description: "no port in:\n\(output)")
        }
        self.port = found
        securePort = portNamed(after: "SIP on TLS")
    }

    deinit { try? FileManager.default.removeItem(atPath: directory + ".gone") }

    private static func environment(_ settings: [String: String], _ folder: String, _ port: Int) -> [String: String] {
        // Prompts in G.722 take seconds to encode, and no test here has a client that speaks it.
        var all = [
            "LAMPLIGHTER_DATA": folder, "LAMPLIGHTER_SIP_PORT": "\(port)", "LAMPLIGHTER_LOG_LEVEL": "info",
            "LAMPLIGHTER_MEDIA_CODECS": "PCMU,PCMA",
        ]
        for (key, value) in settings { all["LAMPLIGHTER_" + key] = value }
        return all
    }

    /// SIGTERM, and the exit status.
    func stop() async throws -> Int32 {
        process.signal(SIGTERM)
        return try await process.exitStatus(seconds: 60)
    }

    /// Power loss, as far as a process can feel it.
    func kill() async throws {
        process.signal(SIGKILL)
        try await process.exitStatus()
    }

    /// The same data and port again.
    func restarted() async throws -> TestServer {
        try await TestServer(settings, directory: directory, port: port)
    }

    /// A subcommand of the program on this server's data.
    func command(_ arguments: String...) async throws -> String {
        try await run(
            Self.program, arguments, environment: Self.environment(settings, directory, 0), in: Self.package)
    }

    struct Message {
        var id: String
        var folder: String
        var isUrgent: Bool
        var seconds: Double
        var bytes: Int
        var encoding: String
        var caller: String
    }

    func messages(in mailbox: String, of domain: String = "example.org") async throws -> [Message] {
        try await command("message", "list", mailbox, "--domain", domain).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 8, let seconds = Double(fields[4]), let bytes = Int(fields[5]) else { return nil }
            return Message(
                id: fields[0], folder: fields[1], isUrgent: fields[2] == "urgent", seconds: seconds, bytes: bytes,
                encoding: fields[6], caller: fields[7])
        }
    }

    /// The stored bytes of a message.
    func audio(of message: Message) async throws -> [UInt8] {
        let file = NSTemporaryDirectory() + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: file) }
        _ = try await command("message", "export", "--raw", message.id, file)
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: file)))
    }
}
