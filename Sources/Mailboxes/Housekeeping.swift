// What has to be thrown away by the clock: messages that are too old or were deleted long enough ago, as each
// organisation chose (E5), mailboxes and extensions whose removal can no longer be undone (E3), sources that have
// stopped guessing, notices that nobody wants any more. Runs from the start on once an hour, in small transactions: a
// large clear-out must not keep recordings from their commit.

import GRDB
import Logging

struct Housekeeping: Sendable {
    static let interval = 3_600
    /// Rows in one transaction, and bytes of audio, which take the most time: about 30 ms where the disk has to be read.
    private static let atOnce = 100
    private static let bytesAtOnce = 1_000_000
    private static let day = 86_400.0
    /// Notices that have not been sent for so long, or are more than so many, are no news.
    private static let noticeAge = 30 * day
    private static let maximumNotices = 100_000

    /// Those of a removed mailbox go with it, and not before.
    static let deletedLongAgo = """
        SELECT r.id, r.bytes FROM recording r JOIN mailbox m ON m.id = r.mailbox
        WHERE r.state = 'deleted' AND r.deletedAt < ? AND m.organisation = ? LIMIT ?
        """
    static let newForLong = """
        SELECT r.id, 0 AS bytes FROM mailbox m CROSS JOIN recording r ON r.mailbox = m.id AND r.state = 'new'
        WHERE r.receivedAt < ? AND m.organisation = ? AND m.removedAt IS NULL LIMIT ?
        """
    static let savedForLong = """
        SELECT r.id, 0 AS bytes FROM mailbox m CROSS JOIN recording r ON r.mailbox = m.id
            AND r.state IN ('saved', 'work', 'family', 'friends', 'folder-5', 'folder-6', 'folder-7', 'folder-8',
                'folder-9')
        WHERE r.receivedAt < ? AND m.organisation = ? AND m.removedAt IS NULL LIMIT ?
        """
    static let ofRemoved = """
        SELECT r.id, r.bytes FROM mailbox m CROSS JOIN recording r ON r.mailbox = m.id
        WHERE m.removedAt < ? AND m.organisation = ? LIMIT ?
        """
    static let removedExtensions = """
        SELECT id, 0 AS bytes FROM extension WHERE removedAt < ? AND organisation = ? LIMIT ?
        """
    static let removedMailboxes = """
        SELECT id, 0 AS bytes FROM mailbox m WHERE removedAt < ? AND organisation = ?
            AND NOT EXISTS (SELECT 1 FROM extension WHERE mailbox = m.id)
            AND NOT EXISTS (SELECT 1 FROM recording WHERE mailbox = m.id) LIMIT ?
        """

    let door: DatabaseDoor
    let ledger: LockoutLedger
    let options: SQLiteStoreOptions
    let logger: Logger

    func run() async throws(StoreError) {
        let now = options.now()
        let organisations = try await door.read { database in
            try Row.fetchAll(database, sql: OrganisationRow.all).map { row in
                Result { () throws(StoreError) in try Organisation(row: row) }
            }
        }
        for organisation in organisations {
            do {
                try await keep(organisation.get(), at: now)
            } catch .brokenSettings(let owner, let reason) {
                // Nobody knows what it wants kept: everything, and the others' still expires.
                logger.error("nothing expires", metadata: ["organisation": "\(owner)", "reason": "\(reason)"])
            }
        }
        try await door.write { [ledger] database in
            try ledger.forgetQuietSources(at: now, database)
            try PasswordLockoutRow.forgetEnded(at: now, database)
            try database.execute(
                sql: """
                    DELETE FROM notice WHERE createdAt < ? OR id <= (SELECT max(id) FROM notice) - ?
                    """,
                arguments: [now - Self.noticeAge, Self.maximumNotices])
        }
    }

    private func keep(_ organisation: Organisation, at now: Double) async throws(StoreError) {
        let settings = organisation.settings
        func limit(_ days: Int) -> Double { now - Double(days) * Self.day }
        let expiring: [(String, Int?)] = [
            (Self.newForLong, settings.expiresNewAfter), (Self.savedForLong, settings.expiresSavedAfter),
        ]
        for (sql, days) in expiring {
            guard let days else { continue }
            try await repeatedly(sql, limit(days), organisation) { id, database in
                try database.cachedStatement(
                    sql: "UPDATE recording SET deletedFrom = state, state = 'deleted', deletedAt = ? WHERE id = ?"
                ).execute(arguments: [now, id])
            }
        }
        try await repeatedly(Self.deletedLongAgo, limit(settings.keepsDeleted), organisation) { id, database in
            try delete(id, from: "recording", database)
        }
        let removal = limit(settings.keepsRemoved)
        try await repeatedly(Self.removedExtensions, removal, organisation) { id, database in
            try delete(id, from: "extension", database)
        }
        try await repeatedly(Self.ofRemoved, removal, organisation) { id, database in
            try delete(id, from: "recording", database)
        }
        try await repeatedly(Self.removedMailboxes, removal, organisation) { [ledger] id, database in
            try ledger.forget(.mailbox(MailboxID(rawValue: id)), database)
            try database.execute(sql: "DELETE FROM countsChange WHERE mailbox = ?", arguments: [id])
            try delete(id, from: "mailbox", database)
        }
    }

    /// Until nothing is left, or this Task is cancelled; then the next run goes on.
    private func repeatedly(
        _ sql: String, _ limit: Double, _ organisation: Organisation,
        _ body: @escaping @Sendable (Int64, Database) throws -> Void
    ) async throws(StoreError) {
        var isMore: Bool
        repeat {
            isMore = try await door.write { database in
                let rows = try Row.fetchAll(
                    database.cachedStatement(sql: sql),
                    arguments: [limit, organisation.id.rawValue, Self.atOnce])
                var bytes = 0
                for row in rows {
                    if bytes >= Self.bytesAtOnce { return true }
                    try body(row["id"], database)
                    bytes += row["bytes"]
                }
                return rows.count == Self.atOnce
            }
        } while isMore && !Task.isCancelled
    }
}

/// - Parameter table: a name of ours.
private func delete(_ id: Int64, from table: String, _ database: Database) throws {
    try database.cachedStatement(sql: "DELETE FROM \(table) WHERE id = ?").execute(arguments: [id])
}
