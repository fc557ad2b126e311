// A program that a test runs beside itself: its output line by line, and its end, each with a time-out.

import Foundation
import Synchronization

final class ChildProcess: Sendable {
    struct Failure: Error, CustomStringConvertible { var description: String }

    private struct State {
        var output = ""
        var exit: Int32?
        var waiters: [(pattern: (text: String, times: Int)?, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let process: Process
    private let state = Mutex(State())
    let name: String

    /// Starts `executable` (a path, or a name that is looked up) with stdout and stderr joined.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil)
        throws
    {
        name = (executable as NSString).lastPathComponent
        process = Process()
        process.executableURL = URL(fileURLWithPath: executable.contains("/") ? executable : "/usr/bin/env")
        process.arguments = executable.contains("/") ? arguments : [executable] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let reading = pipe.fileHandleForReading
        let allRead = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [weak self] in
            while true {
                let data = reading.availableData
                guard !data.isEmpty else { break }
                self?.update { $0.output += String(decoding: data, as: UTF8.self) }
            }
            allRead.signal()
        }
        process.terminationHandler = { [weak self] ended in
            let status = ended.terminationReason == .exit ? ended.terminationStatus : 128 + ended.terminationStatus
            // What it said last may still be in the pipe, which a child of its own may hold open for longer.
            _ = allRead.wait(timeout: .now() + 1)
            self?.update { $0.exit = status }
        }
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var pid: Int32 { process.processIdentifier }
    var output: String { state.withLock { $0.output } }
    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits until the output holds `text`, and that as often as it should.
    func waitFor(_ text: String, times: Int = 1, seconds: Double = 30) async throws {
        try await wait(for: (text, times), seconds: seconds)
        guard Self.holds(output, text, times) else {
            throw Failure(description: "\(name) did not say «\(text)» \(times) times:\n\(output.suffix(6_000))")
        }
    }

    private static func holds(_ output: String, _ text: String, _ times: Int) -> Bool {
        output.split(separator: text, omittingEmptySubsequences: false).count > times
    }

    /// Waits for the end and returns the exit status; 128 + signal for a killed process.
    @discardableResult
    func exitStatus(seconds: Double = 60) async throws -> Int32 {
        try await wait(for: nil, seconds: seconds)
        guard let status = state.withLock({ $0.exit }) else {
            signal(SIGKILL)
            throw Failure(description: "\(name) did not end within \(seconds) s:\n\(output.suffix(4_000))")
        }
        return status
    }

    private func update(_ change: (inout State) -> Void) {
        let woken = state.withLock { state in
            change(&state)
            let now = state
            state.waiters = now.waiters.filter { !Self.isDone(now, $0.pattern) }
            return now.waiters.filter { Self.isDone(now, $0.pattern) }
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    private static func isDone(_ state: State, _ pattern: (text: String, times: Int)?) -> Bool {
        state.exit != nil || pattern.map { holds(state.output, $0.text, $0.times) } ?? false
    }

    private func wait(for pattern: (text: String, times: Int)?, seconds: Double) async throws {
        let alarm = Task {
            try await Task.sleep(for: .seconds(seconds))
            let all = state.withLock { state in
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in all { waiter.continuation.resume() }
        }
        defer { alarm.cancel() }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if Self.isDone(state, pattern) { return true }
                state.waiters.append((pattern, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}

/// Runs a program to its end and returns what it printed; any exit status but 0 throws.
func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil,
    seconds: Double = 60
) async throws -> String {
    let child = try ChildProcess(executable, arguments, environment: environment, in: directory)
    let status = try await child.exitStatus(seconds: seconds)
    guard status == 0 else {
        throw ChildProcess.Failure(
            description:
                "\(executable) \(arguments.joined(separator: " ")) ended with \(status):\n\(child.output.suffix(6_000))"
        )
    }
    return child.output
}
