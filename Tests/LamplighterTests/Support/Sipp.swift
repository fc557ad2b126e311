// Runs one of `sipp-scenarios/` against a server, just as a QA engineer would: by its own runner.

import Foundation

enum Sipp {
    static let folder = TestServer.package + "/sipp-scenarios"

    static var scenarios: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".xml") }.map { String($0.dropLast(4)) }.sorted()
    }

    /// - Parameters:
    ///   - transport: u1 is UDP, t1 is TCP.
    ///   - local: SIPp's address.
    ///   - host: the server's, as a URI has it.
    ///   - more: SIPp options, for instance `["-m", "50", "-l", "50", "-r", "50"]`.
    @discardableResult
    static func run(
        _ scenario: String, against server: TestServer, transport: String = "u1", from local: String = "127.0.0.1",
        at host: String = "127.0.0.1", _ more: [String] = [],
        seconds: Double = 120
    ) async throws -> String {
        try await LamplighterTests.run(
            folder + "/run", ["\(host):\(server.port)", scenario, "-t", transport] + more,
            environment: ["LOCAL": local], in: folder, seconds: seconds)
    }
}
