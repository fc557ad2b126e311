// A directory of its own for each test, a clock that the test turns by hand, and an audit that any store must
// pass at any time: SQLite's own checks, and every sum counted again from the audio itself.

import Foundation
import GRDB
import Synchronization
import Testing

@testable import Mailboxes

final class HandClock: Sendable {
    private let time = Mutex(1_700_000_000.0)

    var now: Double { time.withLock { $0 } }

    func advance(_ seconds: Double) {
        time.withLock { $0 += seconds }
    }
}

final class Scratch: Sendable {
    let directory: String
    let clock = HandClock()

    init() throws {
        directory = NSTemporaryDirectory() + "mailboxes-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    func path(_ name: String = "store.sqlite") -> String { directory + "/" + name }

    func open(
        _ name: String = "store.sqlite", access: SQLiteStoreOptions.Access = .serving,
        _ change: (inout SQLiteStoreOptions) -> Void = { _ in }
    ) async throws -> SQLiteStore {
        var options = SQLiteStoreOptions(access: access)
        options.commits = .byHand
        options.now = { [clock] in clock.now }
        options.pinCost = PINHash.Cost(rounds: 16, blockSize: 1, parallelism: 1)
        change(&options)
        return try await SQLiteStore.open(path: path(name), options: options)
    }

    /// What the disk holds at this moment, as a crash would leave it, under another name.
    func crash(_ name: String = "store.sqlite", to copy: String, walBytes: Int? = nil) throws {
        for ending in ["", "-wal"] {
            var bytes = try #require(FileManager.default.contents(atPath: path(name + ending)))
            if ending == "-wal", let walBytes { bytes = bytes.prefix(walBytes) }
            try bytes.write(to: URL(fileURLWithPath: path(copy + ending)))
        }
    }
}

extension SQLiteStore {
    /// A mailbox 100 in example.org; both are made when they are not there.
    func sampleMailbox(_ number: String = "100", quota: Int = Mailbox.defaultQuota) async throws -> MailboxID {
        if try await organisation(domain: "example.org") == nil {
            _ = try await addOrganisation(NewOrganisation(domain: "example.org", name: "Example"))
        }
        return try await addExtension(
            NewExtension(domain: "example.org", number: number, password: "secret", pin: "4815", quota: quota)
        ).mailbox
    }

    func record(
        _ bytes: [UInt8], in mailbox: MailboxID, urgent: Bool = false, from number: String? = "555"
    ) async throws -> RecordingID {
        let recording = try await openRecording(.message(in: mailbox, from: number))
        for start in stride(from: 0, to: bytes.count, by: 8_000) {
            let chunk = Array(bytes[start..<min(start + 8_000, bytes.count)])
            #expect(try await recording.append(chunk) == chunk.count)
            if start % 400_000 == 0 { try await tick() }
        }
        try await recording.keep(urgent: urgent)
        return recording.id
    }

    func used(_ mailbox: MailboxID) async throws -> Int {
        try await door.read { try MailboxRow.space(of: mailbox, $0).used }
    }

    func tick() async throws {
        try await writer?.nextCycle()
    }

    /// SQLite's checks, and the sums counted from the audio.
    func audit(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let findings = try await door.read { database -> [String] in
            var findings = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            findings += try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map(\.description)
            for sql in Self.sums {
                findings += try Int64.fetchAll(database, sql: sql).map { "\($0) found by \(sql)" }
            }
            return findings
        }
        #expect(findings == ["ok"], sourceLocation: sourceLocation)
    }

    private static let sums = [
        """
        SELECT id FROM recording r WHERE bytes <>
            (SELECT coalesce(sum(length(audio)), 0) FROM chunk WHERE recording = r.id)
        """,
        """
        SELECT id FROM mailbox m WHERE used > quota OR used <>
            (SELECT coalesce(sum(length(audio)), 0) FROM chunk c JOIN recording r ON r.id = c.recording
             WHERE r.mailbox = m.id)
        """,
        """
        SELECT id FROM mailbox m WHERE kept <>
            (SELECT coalesce(sum(bytes), 0) FROM recording WHERE mailbox = m.id AND state NOT IN ('open', 'deleted'))
            OR deleted <>
            (SELECT coalesce(sum(bytes), 0) FROM recording WHERE mailbox = m.id AND state = 'deleted')
        """,
        """
        SELECT id FROM chunk c WHERE start <>
            (SELECT coalesce(sum(length(audio)), 0) FROM chunk WHERE recording = c.recording AND start < c.start)
        """,
        "SELECT id FROM chunk WHERE recording NOT IN (SELECT id FROM recording)",
    ]
}

extension NewRecording {
    static func message(in mailbox: MailboxID, from number: String? = nil) -> NewRecording {
        NewRecording(
            mailbox: mailbox, purpose: .message(callerNumber: number, callerName: nil), encoding: .pcmu)
    }

    static func greeting(_ kind: GreetingKind, in mailbox: MailboxID) -> NewRecording {
        NewRecording(mailbox: mailbox, purpose: .greeting(kind), encoding: .pcma)
    }
}

/// Audio that shows where it was cut: no two neighbourhoods are alike.
func audio(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed &* 7_919) &* 2_654_435_761 >> 11) }
}
