// What must not be lost: recordings over kill -9 (B5), over SIGTERM (K1), and in a box that is nearly full (B4).

import Foundation
import Testing

@Suite("Survival", .serialized)
struct SurvivalTests {
    /// Fifty callers within a second.
    static let crowd = ["-m", "50", "-l", "50", "-r", "50"]

    @Test(
        "kill -9 while 50 calls record: each message is there once, at most 2 s short (B5)")
    func killWhileRecording() async throws {
        let server = try await TestServer()
        let callers = Task {
            try? await Sipp.run("leave-message-hang-up-while-recording", against: server, Self.crowd)
        }
        // On a busy machine SIPp gives up a few of its calls before they record.
        try await server.process.waitFor("[Voicemail] recording\n", times: 30)
        let begun = server.process.output
        try await Task.sleep(for: .seconds(4))
        try await server.kill()
        let restarted = try await server.restarted()
        let messages = try await restarted.messages(in: "101")
        // Every recording that had begun 4 s before is there, but for those whose caller left before there was any.
        let given = Set(server.logged("call-id", ending: "[Voicemail] nothing recorded"))
        let calls = server.logged("call-id", in: begun, ending: "[Voicemail] recording")
        let recordings = server.logged("recording", in: begun, ending: "[Voicemail] recording")
        let kept = zip(calls, recordings).filter { !given.contains($0.0) }.map { $0.1 }
        #expect(recordings.count >= 30 && Set(kept).isSubset(of: messages.map(\.id)))
        #expect(messages.count <= 50)
        #expect(messages.allSatisfy { $0.folder == "new" && $0.seconds >= 2 }, "\(messages.map(\.seconds))")
        try await restarted.expectSoundDatabase()
        callers.cancel()
        _ = await callers.value
        // The same again finds nothing more to deliver.
        try await restarted.kill()
        let again = try await restarted.restarted()
        #expect(try await again.messages(in: "101").count == messages.count)
    }

    @Test("kill -9 three times in a row, each time while others record: nothing is doubled, orphaned or lost (B5)")
    func killAgainAndAgain() async throws {
        var server = try await TestServer()
        for round in 1...3 {
            let current = server
            let callers = Task {
                try? await Sipp.run(
                    "leave-message-hang-up-while-recording", against: current, ["-m", "10", "-l", "10", "-r", "50"])
            }
            try await Self.untilRecorded(4, calls: 10, by: server)
            try await server.kill()
            callers.cancel()
            _ = await callers.value
            server = try await server.restarted()
            #expect(try await server.messages(in: "101").count == 10 * round)
            try await server.expectSoundDatabase()
        }
    }

    @Test("SIGTERM during a call: new calls get 503, the recording is kept, the exit is clean (K1)")
    func terminateWhileRecording() async throws {
        let server = try await TestServer(["SIP_DRAIN": "1"])
        let caller = Task { try? await Sipp.run("leave-message-hang-up-while-recording", against: server) }
        try await Self.untilRecorded(3, calls: 1, by: server)
        #expect(try await server.stop() == 0)
        _ = await caller.value
        let message = try #require(try await server.messages(in: "101").first)
        #expect(message.seconds >= 2)
    }

    @Test("50 callers into a nearly full box: it ends at or under its quota, and what fitted is there (B4)")
    func quota() async throws {
        let server = try await TestServer()
        // Room for 30 s of audio in all.
        _ = try await server.command("extension", "add", "150", "--password", "x", "--pin", "4815", "--quota", "240000")
        try await Sipp.run("full-mailbox-is-told-and-ended", against: server, Self.crowd + ["-s", "03150"])
        let messages = try await server.messages(in: "150")
        let bytes = messages.map(\.bytes).reduce(0, +)
        #expect(bytes <= 240_000)
        #expect(!messages.isEmpty, "what fitted has been kept")
        try await server.expectSoundDatabase()
        // Now it is full: the next caller is told so before the beep and leaves nothing.
        try await Sipp.run("full-mailbox-is-told-and-ended", against: server, ["-s", "03150"])
        #expect(try await server.messages(in: "150").count == messages.count)
    }

    @Test("A full disk ends recordings and nothing else (B5)")
    func fullDisk() async throws {
        let disk = NSTemporaryDirectory() + "small-disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        _ = try await run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk])
        defer {
            _ = try? Process.run(URL(fileURLWithPath: "/usr/bin/umount"), arguments: ["-l", disk]).waitUntilExit()
        }
        let server = try await TestServer(directory: disk + "/data")
        // On a slow machine SIPp ends calls whose requests it had to send twice; those that record fill the disk.
        _ = try? await Sipp.run(
            "leave-message-hang-up-while-recording", against: server, Self.crowd, seconds: 60)
        try await Sipp.run("options-are-answered", against: server)
        try await Sipp.run("log-in-by-account-number", against: server)
        // There is room again: the next message is kept.
        let before = try await server.messages(in: "101").map(\.id)
        _ = try await run("mount", ["-o", "remount,size=16m", disk])
        try await Sipp.run("leave-message-hang-up-while-recording", against: server)
        let after = try await server.messages(in: "101").filter { !before.contains($0.id) }
        // Recordings that the full disk ended may be delivered only now; the new one is whole.
        #expect(after.allSatisfy { $0.folder == "new" })
        #expect(after.contains { $0.seconds > 5 }, "\(after.map(\.seconds))")
        try await server.expectSoundDatabase()
        #expect(try await server.stop() == 0)
    }

    @Test("SIGHUP before it serves does not end it (A7)")
    func earlyReload() async throws {
        let (child, folder) = try start()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await child.waitFor("starting\n")
        child.signal(SIGHUP)
        try await child.waitFor("ready\n", seconds: 180)
        child.signal(SIGTERM)
        #expect(try await child.exitStatus() == 0)
    }

    @Test("SIGTERM while it starts ends it cleanly, without having served (K1)")
    func earlyTermination() async throws {
        let (child, folder) = try start()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await child.waitFor("starting\n")
        child.signal(SIGTERM)
        #expect(try await child.exitStatus(seconds: 180) == 0)
        #expect(!child.output.contains("ready\n"))
    }

    /// The program, not waited for, and its data directory.
    private func start() throws -> (ChildProcess, folder: String) {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        let environment = [
            "LAMPLIGHTER_DATA": folder, "LAMPLIGHTER_SIP_PORT": "0", "LAMPLIGHTER_LOG_LEVEL": "info",
        ]
        let child = try ChildProcess(
            TestServer.program, ["serve", "--sample"], environment: environment, in: TestServer.package)
        return (child, folder)
    }

    @Test("A bad number plan is refused on SIGHUP and the old one stays (A7)")
    func reload() async throws {
        let plan = NSTemporaryDirectory() + UUID().uuidString + ".yaml"
        let good = try String(contentsOfFile: TestServer.package + "/dialplan/default.yaml", encoding: .utf8)
        try good.write(toFile: plan, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: plan) }
        let server = try await TestServer(["DIALPLAN": plan])
        try await Sipp.run("log-in-by-account-number", against: server)
        try (good + "\nnumbres: []\n").write(toFile: plan, atomically: true, encoding: .utf8)
        server.process.signal(SIGHUP)
        try await server.process.waitFor("\(plan):")
        try await Sipp.run("log-in-by-account-number", against: server)
        try good.replacingOccurrences(of: "\"5000\"", with: "\"5900\"").write(
            toFile: plan, atomically: true, encoding: .utf8)
        server.process.signal(SIGHUP)
        try await server.process.waitFor("number plan, key maps and certificates have been read again")
        await #expect(throws: ChildProcess.Failure.self) {
            try await Sipp.run("log-in-by-account-number", against: server)
        }
    }

    /// Returns when so many calls have been recording for so many seconds.
    private static func untilRecorded(_ seconds: Int, calls: Int, by server: TestServer) async throws {
        try await server.process.waitFor("[Voicemail] recording\n", times: calls)
        try await Task.sleep(for: .seconds(seconds))
    }
}
