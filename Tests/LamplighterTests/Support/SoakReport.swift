// What a server uses while calls come and go: a line a sample, and the verdict whether anything of it grows.

import Foundation

struct SoakSample {
    /// Since the beginning of the soak.
    var seconds: Int
    /// Counts the restarts.
    var life: Int
    /// Calls and other requests since the beginning.
    var calls: Int
    /// Resident memory in kB, open descriptors, threads.
    var memory: Int
    var descriptors: Int
    var threads: Int
    /// The database with its log, in kB.
    var database: Int

    static let heading = " seconds  life   calls  memory kB  descriptors  threads  database kB"

    var line: String {
        let columns = [
            (seconds, 8), (life, 6), (calls, 8), (memory, 11), (descriptors, 13), (threads, 9), (database, 13),
        ]
        return columns.map { value, width in
            let text = String(value)
            return String(repeating: " ", count: max(1, width - text.count)) + text
        }.joined()
    }

    /// Of a process that is at rest.
    init?(of server: TestServer, seconds: Int, life: Int, calls: Int) {
        let proc = "/proc/\(server.process.pid)"
        guard let status = try? String(contentsOfFile: proc + "/status", encoding: .utf8),
            let files = try? FileManager.default.contentsOfDirectory(atPath: proc + "/fd")
        else { return nil }
        func value(_ key: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
            return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0
        }
        let database = ["", "-wal"].map { ending in
            let file = server.directory + "/lamplighter.sqlite" + ending
            return (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        }
        self.init(
            seconds: seconds, life: life, calls: calls, memory: value("VmRSS"), descriptors: files.count,
            threads: value("Threads"), database: database.reduce(0, +) / 1_024)
    }

    init(
        seconds: Int, life: Int, calls: Int, memory: Int, descriptors: Int, threads: Int, database: Int
    ) {
        self.seconds = seconds
        self.life = life
        self.calls = calls
        self.memory = memory
        self.descriptors = descriptors
        self.threads = threads
        self.database = database
    }
}

struct SoakReport {
    /// Growth that is taken for noise: a share, and something on top.
    private static let measures: [Measure] = [
        Measure(name: "memory in kB", of: { $0.memory }, share: 0.02, more: 1_024),
        Measure(name: "descriptors", of: { $0.descriptors }, share: 0, more: 2),
        Measure(name: "threads", of: { $0.threads }, share: 0, more: 2),
        Measure(name: "database in kB", of: { $0.database }, share: 0.05, more: 256),
    ]

    private struct Measure: Sendable {
        var name: String
        var of: @Sendable (SoakSample) -> Int
        var share: Double
        var more: Double
    }

    var samples: [SoakSample] = []

    var table: String { ([SoakSample.heading] + samples.map(\.line)).joined(separator: "\n") }

    /// What has grown, in each life of the process: the least of its last third against that of the middle one. The first
    /// is the warm-up; what is used for a moment, as for checking a PIN, is in some samples and not in others.
    var growth: [String] {
        Dictionary(grouping: samples, by: \.life).sorted { $0.key < $1.key }.flatMap { life, samples in
            let third = samples.count / 3
            guard third > 1 else { return ["life \(life) has \(samples.count) samples only"] }
            return Self.measures.compactMap { measure in
                let middle = Double(samples[third..<2 * third].map(measure.of).min() ?? 0)
                let last = Double(samples[(samples.count - third)...].map(measure.of).min() ?? 0)
                guard last > middle * (1 + measure.share) + measure.more else { return nil }
                return "\(measure.name) grew from \(Int(middle)) to \(Int(last)) in life \(life)"
            }
        }
    }
}
