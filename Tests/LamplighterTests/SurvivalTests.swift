// What must not be lost: recordings over kill -9 (B5), over SIGTERM (K1), and in a box that is nearly full (B4).

import Foundation
import Testing

@Suite("Survival", .serialized)
struct SurvivalTests {
    static let crowd = ["-m", "50", "-l", "50", "-r", "50", "-rp", "1000"]

    @Test("kill -9 while 50 calls record: each message is there once, at most 2 s short (B5)")
    func killWhileRecording() async throws {
        let server = try await TestServer()
        let callers = Task { try? await Sipp.run("leave-message-hang-up-while-recording", against: server, transport: "un", Self.crowd) }
        // The calls begin within a second, skip the greeting after 0.5 s and record from the beep on.
        try await Task.sleep(for: .seconds(6))
        let recording = try await server.command("message", "list", "101")
        #expect(recording.isEmpty, "nothing is delivered while it is being recorded")
        try await server.kill()
        let restarted = try await server.restarted()
        let messages = try await restarted.messages(in: "101")
        #expect(messages.count == 50)
        #expect(messages.allSatisfy { $0.folder == "new" && $0.seconds >= 0.5 })
        let check = try await run("sqlite3", [server.directory + "/lamplighter.sqlite", "PRAGMA integrity_check"])
        #expect(check == "ok\n")
        callers.cancel()
        _ = await callers.value
    }
}
