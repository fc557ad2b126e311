// The store at scale, for `make bench`: opens a database that the bench has filled, and measures log-ins, commits and
// clearing out on it through the same doors that calls use.
//
//   StoreLoad DATABASE FIRST COUNT PIN FULL
//
// FIRST and COUNT: the extensions; FULL: how many of them, from the first on, are full of messages that were deleted so
// long ago that clearing them out begins with the start. Prints one JSON object a line, times in milliseconds.

import Foundation
import Mailboxes

@main
struct StoreLoad {
    static let domain = "example.org"
    static let recordings = 200

    let store: SQLiteStore
    let first: Int
    let count: Int
    let pin: String
    let full: Int

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 6, let first = Int(words[2]), let count = Int(words[3]), let full = Int(words[5]) else {
            fatalError("usage: StoreLoad DATABASE FIRST COUNT PIN FULL")
        }
        let clock = ContinuousClock()
        let began = clock.now
        let store = try await SQLiteStore.open(path: words[1])
        print("{\"what\": \"open\", \"ms\": \(milliseconds(clock.now - began))}")
        let load = StoreLoad(store: store, first: first, count: count, pin: words[4], full: full)
        try await load.run()
        try await store.close()
    }

    private func run() async throws {
        // Not among those that are full.
        let speakers = try await openRecordings()
        async let spoken: Void = speak(speakers, seconds: 40)
        try await measureCommits("commits while mailboxes are cleared out") { try await self.isClearedOut() }
        let quiet = ContinuousClock.now + .seconds(5)
        try await measureCommits("commits") { ContinuousClock.now > quiet }
        try await measureCommits("commits while full mailboxes are emptied by their owners") {
            try await self.emptyMailboxes()
            return true
        }
        try await logIns("log-ins beside \(Self.recordings) recordings", 5_000)
        try await spoken
        for each in speakers { try await each.keep(urgent: false) }
        try await logIns("log-ins", 20_000)
    }

    // MARK: Recordings

    private func openRecordings() async throws -> [any OpenRecording] {
        var open: [any OpenRecording] = []
        for index in 0..<Self.recordings { open.append(try await record(mailbox(count - 1 - index).id)) }
        return open
    }

    private func record(_ mailbox: MailboxID) async throws -> any OpenRecording {
        try await store.openRecording(
            NewRecording(
                mailbox: mailbox, purpose: .message(callerNumber: "5551234", callerName: nil), encoding: .pcmu))
    }

    private func speak(_ open: [any OpenRecording], seconds: Int) async throws {
        let second = [UInt8](repeating: 0x7f, count: 8_000)
        let began = ContinuousClock.now
        for each in 1...seconds {
            for recording in open { _ = try await recording.append(second) }
            try await Task.sleep(until: began + .seconds(each), clock: .continuous)
        }
    }

    /// A short message is begun and kept every 20 ms until `isOver`; how long its beginning and its end, a commit each,
    /// take is what others wait.
    private func measureCommits(
        _ what: String, until isOver: @escaping @Sendable () async throws -> Bool
    ) async throws {
        let end = Task { while try await !isOver() { try await Task.sleep(for: .milliseconds(50)) } }
        let watch = Flag()
        let ended = Task {
            defer { watch.raise() }
            try await end.value
        }
        let mailbox = try await mailbox(count / 2).id
        let clock = ContinuousClock()
        let began = clock.now
        var times: [Double] = []
        repeat {
            let start = clock.now
            let message = try await record(mailbox)
            _ = try await message.append([UInt8](repeating: 0x7f, count: 800))
            try await message.keep(urgent: false)
            times.append(Self.milliseconds(clock.now - start) / 2)
            try await Task.sleep(for: .milliseconds(20))
        } while !watch.isRaised
        try await ended.value
        report(what, times, seconds: Self.milliseconds(clock.now - began) / 1_000)
    }

    private func isClearedOut() async throws -> Bool {
        for index in 0..<full {
            guard try await store.messages(in: .deleted, of: mailbox(index).id).isEmpty else { return false }
        }
        return true
    }

    /// The next ones behind those that were cleared out are full of saved messages.
    private func emptyMailboxes() async throws {
        for index in full..<(2 * full) {
            let mailbox = try await mailbox(index).id
            for message in try await store.messages(in: .saved, of: mailbox) {
                _ = try await store.move(message.id, of: mailbox, to: .deleted)
            }
            for message in try await store.messages(in: .deleted, of: mailbox) {
                _ = try await store.purge(message.id, of: mailbox)
            }
        }
    }

    // MARK: Log-ins

    /// What a call to 5001 asks the store for until its main menu speaks. The PINs are hashed cheaply here: what a guess
    /// is made to cost on purpose is not the store's.
    private func logIns(_ what: String, _ number: Int) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        var times: [Double] = []
        for round in 0..<number {
            let number = String(first + (round &* 7_919) % count)
            let start = clock.now
            guard let account = try await store.account(number: number, domain: Self.domain),
                let mailbox = try await store.mailbox(reachedBy: number, domain: Self.domain),
                try await store.isMember(account.id, of: mailbox.id),
                try await store.checkPIN(pin, of: mailbox.id, from: "\(number)@\(Self.domain)") == .accepted
            else { fatalError("no log-in to \(number)") }
            _ = try await store.bookmark(of: mailbox.id)
            _ = try await store.counts(of: mailbox.id)
            _ = try await store.messages(in: .new, of: mailbox.id)
            times.append(Self.milliseconds(clock.now - start))
        }
        report(what, times, seconds: Self.milliseconds(clock.now - began) / 1_000)
    }

    // MARK: Small things

    private func mailbox(_ index: Int) async throws -> Mailbox {
        guard let found = try await store.mailbox(number: String(first + index), domain: Self.domain) else {
            fatalError("no mailbox \(first + index)")
        }
        return found
    }

    private func report(_ what: String, _ times: [Double], seconds: Double) {
        let sorted = times.sorted()
        func share(_ part: Double) -> Double { sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))] }
        print(
            "{\"what\": \"\(what)\", \"count\": \(sorted.count), \"median\": \(share(0.5)), \"p99\": \(share(0.99)), "
                + "\"largest\": \(share(1)), \"seconds\": \(seconds)}")
    }

    static func milliseconds(_ duration: Duration) -> Double {
        (duration / .milliseconds(1) * 1_000).rounded() / 1_000
    }
}
