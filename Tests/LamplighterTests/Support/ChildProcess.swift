// A program that a test runs beside itself: its output line by line, and its end, each with a time-out.
//
// Foundation's Process would take a program for ended that closes a descriptor it knows nothing of, as Kamailio does when
// it starts, and then wait for that one alone: no test would hear of any other's end. So each child has its own waiter.

import Foundation
import Synchronization

final class ChildProcess: Sendable {
    struct Failure: Error, CustomStringConvertible { var description: String }

    private struct State {
        var output = ""
        /// Its number may be another's from then on.
        var isGone = false
        var exit: Int32?
        var waiters: [(pattern: (text: String, times: Int)?, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())
    let name: String
    let pid: pid_t

    /// Starts `executable` (a path, or a name that is looked up) with stdout and stderr joined.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil)
        throws
    {
        name = (executable as NSString).lastPathComponent
        let pipe = Pipe()
        pid = try Self.spawn(
            (directory.map { ["env", "--chdir", $0] } ?? []) + [executable] + arguments,
            ProcessInfo.processInfo.environment.merging(environment) { $1 },
            output: pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForWriting.close()
        let allRead = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [weak self, reading = pipe.fileHandleForReading] in
            while true {
                let data = reading.availableData
                guard !data.isEmpty else { break }
                self?.update { $0.output += String(decoding: data, as: UTF8.self) }
            }
            allRead.signal()
        }
        Thread.detachNewThread { [weak self, pid] in
            var ended = siginfo_t()
            while waitid(P_PID, id_t(pid), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
            var status: Int32 = 0
            self?.state.withLock { $0.isGone = true }
            waitpid(pid, &status, 0)
            // What it said last may still be in the pipe, which a child of its own may hold open for longer.
            _ = allRead.wait(timeout: .now() + 1)
            self?.update { $0.exit = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
        }
    }

    /// Its children, too: it leads a process group.
    deinit { state.withLock { if !$0.isGone { kill(-pid, SIGKILL) } } }

    /// A process group of its own, no input, no descriptor and no blocked or ignored signal of ours.
    private static func spawn(
        _ words: [String], _ environment: [String: String], output: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        // What is not open is passed over.
        for descriptor in STDERR_FILENO + 1..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for each in arguments + variables { free(each) } }
        var pid: pid_t = 0
        let status = posix_spawnp(&pid, words[0], &actions, &attributes, arguments, variables)
        guard status == 0 else { throw Failure(description: "\(words[0]): \(String(cString: strerror(status)))") }
        return pid
    }

    var output: String { state.withLock { $0.output } }
    func signal(_ number: Int32) { state.withLock { if !$0.isGone { kill(pid, number) } } }

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
