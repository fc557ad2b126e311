// Staying up, in two tests that take their time and run by `make soak` alone: calls, registrations, subscriptions and
// restarts while memory, descriptors, threads and database stay flat; and kill -9 at random moments, many times in a row.

import Foundation
import SIP
import SeededNumbers
import Testing

@Suite("Soak", .serialized)
struct SoakTests {
    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
    static let minutes = setting("SOAK_MINUTES")
    static let kills = setting("SOAK_KILLS")

    /// At once, also into a pipe.
    private static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    // MARK: Flat

    /// Scenarios and how many of each a round has, all at the same time.
    private static let round: [(scenario: String, count: Int, options: [String])] = [
        ("leave-message-hang-up-while-recording", 20, ["-l", "20", "-r", "5", "-s", "03150"]),
        ("log-in-by-account-number", 2, ["-l", "1"]),
        ("register-with-digest-and-unregister", 30, ["-l", "10", "-r", "10"]),
        ("subscribe-notify-refresh-unsubscribe", 10, ["-l", "10", "-r", "5"]),
        ("stranger-is-refused", 20, ["-r", "5"]), ("options-are-answered", 100, ["-r", "20"]),
    ]

    @Test("Calls, subscriptions and restarts leave nothing behind", .enabled(if: minutes != nil))
    func flat() async throws {
        let length = Double(try #require(Self.minutes)) * 60
        let start = Date()
        var server = try await TestServer()
        // It is full soon; from then on each message takes the place of a deleted one.
        _ = try await server.command(
            "extension", "add", "150", "--password", "x", "--pin", "4815", "--quota", "2000000")
        var report = SoakReport()
        var calls = 0
        for life in 1...3 {
            while Date().timeIntervalSince(start) < length * Double(life) / 3 {
                let current = server
                await withTaskGroup(of: Void.self) { tasks in
                    for part in Self.round {
                        // On a busy machine SIPp gives up some of its calls; the server has to bear that, too.
                        tasks.addTask {
                            _ = try? await Sipp.run(
                                part.scenario, against: current, ["-m", "\(part.count)"] + part.options)
                        }
                    }
                }
                calls += Self.round.map(\.count).reduce(0, +)
                for message in try await server.messages(in: "150") {
                    _ = try await server.command("message", "delete", message.id)
                }
                let seconds = Int(Date().timeIntervalSince(start))
                let sample = try #require(SoakSample(of: server, seconds: seconds, life: life, calls: calls))
                report.samples.append(sample)
                Self.tell(sample.line)
            }
            try await server.expectSoundDatabase()
            #expect(try await server.stop() == 0)
            if life < 3 { server = try await server.restarted() }
        }
        Self.tell(report.table)
        #expect(report.growth.isEmpty, "\(report.growth)")
    }

    @Test("Growth is found and noise is not")
    func judgement() {
        func report(_ memory: (Int) -> Int, descriptors: (Int) -> Int = { _ in 40 }) -> SoakReport {
            SoakReport(
                samples: (0..<30).map { number in
                    SoakSample(
                        seconds: number * 10, life: 1, calls: number * 100, memory: memory(number),
                        descriptors: descriptors(number), threads: 12, database: 2_000)
                })
        }
        #expect(report { 30_000 + min($0, 8) * 5_000 + $0 % 3 * 8_000 }.growth.isEmpty, "a warm-up and noise")
        #expect(report { 30_000 + $0 * 300 }.growth == ["memory in kB grew from 33000 to 36000 in life 1"])
        #expect(
            report({ _ in 30_000 }, descriptors: { 40 + $0 }).growth == ["descriptors grew from 50 to 60 in life 1"])
        #expect(
            SoakReport().growth.isEmpty && SoakReport(samples: Array(report { $0 }.samples.prefix(4))).growth.count == 1
        )
    }

    // MARK: kill -9

    @Test(
        "kill -9 at random moments with calls in flight: nothing that was confirmed is lost, nothing doubled, the lamp true",
        .enabled(if: kills != nil))
    func killed() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        Self.tell("kill -9: seed \(seed)")
        var random = SplitMix64(seed: seed)
        var server = try await TestServer()
        let phone = try await DeskPhone(
            "101", password: "lamp-101", at: HostPort(host: "127.0.0.1", port: UInt16(server.port)))
        var known: Set<String> = []
        for round in 1...(try #require(Self.kills)) {
            if round % 50 == 1 { #expect(try await phone.register() == 200) }
            let moment = Double.random(in: 0.1...7, using: &random)
            let (early, said) = try await Self.kill(server, after: moment)
            server = try await server.restarted()
            let now = try await server.messages(in: "101")
            let new = Set(now.map(\.id)).subtracting(known)
            let begun = Set(server.logged("recording", in: said, ending: "[Voicemail] recording"))
            let delivered = server.logged("recording", in: said, ending: "[Voicemail] message delivered")
            let given = server.logged("recording", in: said, ending: "[Voicemail] nothing recorded")
            let sure = Set(delivered + early).subtracting(given)
            let place = "round \(round), killed after \(moment) s, seed \(seed)"
            #expect(known.union(sure).isSubset(of: now.map(\.id)), "lost: \(place)")
            #expect(new.isSubset(of: begun) && Set(now.map(\.id)).count == now.count, "doubled: \(place)")
            #expect(now.allSatisfy { $0.folder == "new" && $0.seconds >= 1.9 }, "\(place)")
            try await server.expectSoundDatabase()
            _ = try await phone.lamp(shows: "Voice-Message: \(now.count)/0 ")
            known = Set(now.map(\.id))
            Self.tell(
                "round \(round): killed after \(moment) s, \(new.count) of \(begun.count) kept, \(now.count) in all")
            if now.map(\.bytes).reduce(0, +) > 5_000_000 {
                for id in known { _ = try await server.command("message", "delete", id) }
                known = []
            }
        }
        #expect(try await server.stop() == 0)
    }

    /// Five callers speak, until the server is no more.
    /// - Returns: the recordings that had been going on for 4 s, and all that was said.
    private static func kill(_ server: TestServer, after moment: Double) async throws -> (early: [String], said: String)
    {
        let callers = Task {
            try? await Sipp.run(
                "leave-message-hang-up-while-recording", against: server, ["-m", "5", "-l", "5", "-r", "5"])
        }
        defer { callers.cancel() }
        try await server.process.waitFor("application=leave-message")
        try await Task.sleep(for: .seconds(max(0, moment - 4)))
        let early = moment > 4 ? server.logged("recording", ending: "[Voicemail] recording") : []
        try await Task.sleep(for: .seconds(min(moment, 4)))
        try await server.kill()
        return (early, server.process.output)
    }
}
