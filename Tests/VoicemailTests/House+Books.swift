// What an auditor asks of a house after a call: which messages vanished that nobody deleted, and where the words of a
// caller ended up. The database itself keeps the books, by triggers of the test's own.
import CallControl
import Foundation
import GRDB

@testable import Mailboxes
@testable import Voicemail

extension House {
    struct Delivered: Hashable, Sendable {
        var tag: [UInt8]
        var mailbox: MailboxID
    }

    /// How many messages a mailbox has in each folder, the books' own count.
    func folders(of mailbox: MailboxID) async throws -> [Folder: Int] {
        try await store.door.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT state, count(*) AS messages FROM recording
                    WHERE mailbox = ? AND purpose = 'message' AND state <> 'open' GROUP BY state
                    """, arguments: [mailbox.rawValue])
            return Dictionary(
                rows.compactMap { row in Folder(rawValue: row["state"]).map { ($0, row["messages"] as Int) } },
                uniquingKeysWith: +)
        }
    }

    /// Takes all messages of a mailbox out of it.
    func empty(_ mailbox: MailboxID) async throws {
        let ids = try await store.door.read { database in
            try Int64.fetchAll(
                database, sql: "SELECT id FROM recording WHERE mailbox = ? AND purpose = 'message'",
                arguments: [mailbox.rawValue])
        }
        for id in ids { _ = try await store.purge(RecordingID(rawValue: id), of: mailbox) }
    }

    /// From now on it is written down what each recording was made for, and which messages vanish.
    func watchMessages() async throws {
        try await store.door.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE pinAtFirst AS SELECT * FROM pin;
                    CREATE TABLE begun (id INTEGER PRIMARY KEY, purpose TEXT NOT NULL);
                    CREATE TRIGGER recordingBegins AFTER INSERT ON recording BEGIN
                        INSERT INTO begun VALUES (new.id, new.purpose);
                    END;
                    CREATE TABLE vanished (id INTEGER PRIMARY KEY, state TEXT NOT NULL);
                    CREATE TRIGGER messageVanishes AFTER DELETE ON recording
                    WHEN old.purpose = 'message' AND old.state NOT IN ('open', 'deleted') BEGIN
                        INSERT INTO vanished VALUES (old.id, old.state);
                    END;
                    """)
        }
    }

    /// Messages that are gone without having been deleted.
    func losses() async throws -> [Int64] {
        try await store.door.read { try Int64.fetchAll($0, sql: "SELECT id FROM vanished") }
    }

    /// Those that were said to leave a message, and not for a greeting or a comment.
    func depositsOnly(_ utterances: [RandomCall.Utterance]) async throws -> [RandomCall.Utterance] {
        let messages = try await store.door.read { database in
            Set(try Int64.fetchAll(database, sql: "SELECT id FROM begun WHERE purpose = 'message'"))
        }
        return utterances.filter { messages.contains($0.recording.rawValue) }
    }

    /// Delivered messages that begin with one of the tags, in any mailbox.
    func messages(beginningWith tags: [[UInt8]]) async throws -> [Delivered] {
        guard !tags.isEmpty else { return [] }
        return try await store.door.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT r.mailbox, substr(c.audio, 1, 8) AS tag FROM recording r
                    JOIN chunk c ON c.recording = r.id AND c.start = 0
                    WHERE r.purpose = 'message' AND r.state <> 'open'
                    """)
            return rows.compactMap { row in
                let tag = Array(row["tag"] as Data)
                return tags.contains(tag) ? Delivered(tag: tag, mailbox: MailboxID(rawValue: row["mailbox"])) : nil
            }
        }
    }

    /// The PINs that the callers know, and no lock, whatever the last one did.
    func restoreAccess() async throws {
        try await store.door.write { database in
            try database.execute(
                sql: "DELETE FROM lockout; DELETE FROM pin; INSERT INTO pin SELECT * FROM pinAtFirst")
        }
    }
}
