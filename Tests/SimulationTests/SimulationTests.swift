// The whole signalling side with thousands of calls and lamps on a bad network, in virtual time (Tests/Simulation). The
// program that simulates prints its seed; with LAMPLIGHTER_SEED set to it everything happens again.

import Foundation
import Testing

@Suite("Calls and lamps on a network that loses, repeats, delays and reorders")
struct SimulationTests {
    @Test("10,000 calls end at both ends, 10,000 lamp changes end true, nothing is left behind")
    func everything() async throws {
        let outcome = try await simulate([:])
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("10000 calls"), "\(outcome.output)")
        print(outcome.output)
    }

    @Test("The same seed gives the same messages at the same times, another one gives others")
    func replay() async throws {
        let small = ["CALLS": "150", "CHANGES": "150", "PHONES": "40", "SECONDS": "600"]
        let transcripts = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (run, seed) in ["1", "1", "2"].enumerated() {
                group.addTask { (run, try await simulate(small.merging(["SEED": seed]) { $1 }).transcript) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(transcripts[0]?.hasPrefix("transcript ") == true)
        #expect(transcripts[0] == transcripts[1])
        #expect(transcripts[0] != transcripts[2])
    }

    private struct Outcome: Sendable {
        var status: Int32
        var output: String
        var transcript: String {
            output.split(separator: "\n").first { $0.hasPrefix("transcript") }.map(String.init) ?? output
        }
    }

    /// - Parameter settings: `LAMPLIGHTER_…` variables without their prefix.
    private func simulate(_ settings: [String: String]) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("Simulation")
        process.environment = settings.reduce(into: ProcessInfo.processInfo.environment) {
            $0["LAMPLIGHTER_" + $1.key] = $1.value
        }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                do {
                    try process.run()
                    let output = pipe.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Outcome(
                            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self)))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
