import GRDB
import Testing

@testable import Mailboxes

@Suite("A database of an earlier version")
struct MigrationTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Version 3 with people, messages in all folders, a greeting, a recording cut short, and an id used up.
    private func makeVersion3() throws {
        let pool = try DatabasePool(path: scratch.path())
        try Schema.migrator.migrate(pool, upTo: "3: bindings")
        try pool.write { database in
            try database.execute(
                sql: """
                    INSERT INTO organisation VALUES (1, 'example.org', 'Example', 'Europe/Madrid', 'es', 'MD5');
                    INSERT INTO mailbox (id, organisation, number, kind, quota, keymap) VALUES
                        (1, 1, '100', 'personal', 100000, 'default'), (7, 1, '200', 'general', 5000, 'asterisk');
                    INSERT INTO extension VALUES (3, 1, '100', 'Ann', \(hex(32)), \(hex(64)), \(hex(32)), \(hex(64)),
                        NULL, 1);
                    INSERT INTO pin VALUES (1, zeroblob(16), zeroblob(32), 16, 1, 1, 0);
                    INSERT INTO binding VALUES (1, 3, '<sip:100@192.0.2.1>', 'a', 1, 1800000000, 'udp');
                    INSERT INTO lockout VALUES ('mailbox', '1', 2, 1700000000, 0);
                    """)
            for (id, purpose, state) in [
                (1, "message", "new"), (2, "message", "saved"), (3, "message", "deleted"),
                (4, "unavailable", "current"),
                (5, "message", "open"), (9, "message", "new"),
            ] {
                try database.execute(
                    sql: """
                        INSERT INTO recording (id, mailbox, purpose, receivedAt, encoding) VALUES (?, 1, ?, 1e9, 'PCMU');
                        INSERT INTO chunk (recording, start, audio) VALUES (?, 0, zeroblob(?));
                        UPDATE recording SET state = ?, deletedAt = iif(? = 'deleted', 1.7e9, NULL) WHERE id = ?;
                        """,
                    arguments: [id, purpose, id, id * 100, state, state, id])
            }
            try database.execute(sql: "DELETE FROM recording WHERE id = 9")
        }
        try pool.close()
    }

    private func hex(_ count: Int) -> String { "'\(String(repeating: "a", count: count))'" }

    @Test("version 3 becomes version 4 with everything in it; ids are still never used twice")
    func fromVersion3() async throws {
        try makeVersion3()
        var store = try await scratch.open { $0.minimumMessageBytes = 400 }
        try await store.audit()
        let mailbox = try #require(try await store.mailbox(number: "100", domain: "example.org"))
        #expect(mailbox.id.rawValue == 1 && mailbox.language == "es" && mailbox.keymap == "default")
        #expect(mailbox.name == "Ann" && mailbox.settings == MailboxSettings())
        #expect(try await store.mailbox(number: "200", domain: "example.org")?.keymap == "asterisk")
        #expect(try await store.accounts(ofMailbox: mailbox.id).map(\.number) == ["100"])
        #expect(try await store.bindings().map(\.callID) == ["a"])
        #expect(try await store.counts(of: mailbox.id) == MessageCounts(new: 2, saved: 1), "one of them was cut short")
        #expect(try await store.messages(in: .deleted, of: mailbox.id).map(\.byteCount) == [300])
        #expect(try await store.greeting(.unavailable, of: mailbox.id)?.byteCount == 400)
        #expect(try await store.used(mailbox.id) == 1_500)
        #expect(try await store.room(in: mailbox.id) == 100_000 - 1_500 + 300)
        let next = try await store.record(audio(100), in: mailbox.id)
        #expect(next.rawValue == 10, "9 was used, though it is gone")
        #expect(try await store.move(next, of: mailbox.id, to: .folder9))
        #expect(try await store.purge(RecordingID(rawValue: 1), of: mailbox.id))
        try await store.audit()
        try await store.close()
        store = try await scratch.open()
        #expect(try await store.used(mailbox.id) == 1_500)
    }

    @Test("version 4 takes recordings in G.722 as version 6, and what is in it stays (G2)")
    func fromVersion4() async throws {
        try makeVersion3()
        let pool = try DatabasePool(path: scratch.path())
        try Schema.migrator.migrate(pool, upTo: "4: complete voicemail")
        try pool.close()
        let store = try await scratch.open { $0.minimumMessageBytes = 400 }
        try await store.audit()
        let mailbox = try #require(try await store.mailbox(number: "100", domain: "example.org"))
        #expect(try await store.used(mailbox.id) == 1_500)
        try await store.setGreeting(.busy, of: mailbox.id, audio: audio(800), encoding: .g722)
        let greeting = try #require(try await store.greeting(.busy, of: mailbox.id))
        #expect(greeting.encoding == .g722 && greeting.byteCount == 800)
        try await store.audit()
        try await store.close()
        let closed = try DatabasePool(path: scratch.path())
        #expect(throws: DatabaseError.self) {
            try closed.write { try $0.execute(sql: "UPDATE recording SET encoding = 'GSM'") }
        }
        #expect(try await closed.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        try closed.close()
    }

    @Test("an empty database of version 3 starts its ids at one")
    func empty() async throws {
        let pool = try DatabasePool(path: scratch.path())
        try Schema.migrator.migrate(pool, upTo: "3: bindings")
        try pool.close()
        let store = try await scratch.open()
        let mailbox = try await store.sampleMailbox()
        #expect(try await store.record(audio(1), in: mailbox).rawValue == 1)
    }
}
