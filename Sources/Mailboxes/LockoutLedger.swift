// The lockouts of all mailboxes and sources as they are kept. Normally that is the database alone. While it
// cannot be written (a full disk) they are kept in memory, so that nobody can guess for free meanwhile, and
// written as soon as they can be.

import GRDB
import Logging
import Synchronization

final class LockoutLedger: Sendable {
    enum Subject: Hashable, Sendable {
        case mailbox(MailboxID)
        /// A numeric address.
        case source(String)

        var rule: Lockout.Rule {
            switch self {
            case .mailbox: .mailbox
            case .source: .source
            }
        }
        fileprivate var key: (kind: String, subject: String) {
            switch self {
            case .mailbox(let id): ("mailbox", String(id.rawValue))
            case .source(let address): ("source", String(address.prefix(64)))
            }
        }
    }

    private static let maximumUnwritten = 10_000
    private let unwritten = Mutex<[Subject: Lockout]>([:])
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    static let find = "SELECT wrong, lastWrong, lockedUntil FROM lockout WHERE kind = ? AND subject = ?"

    func lockout(of subject: Subject, _ database: Database) throws -> Lockout {
        if let lockout = unwritten.withLock({ $0[subject] }) { return lockout }
        let key = subject.key
        let statement = try database.cachedStatement(sql: Self.find)
        guard let row = try Row.fetchOne(statement, arguments: [key.kind, key.subject]) else { return Lockout() }
        return Lockout(wrong: row["wrong"], lastWrong: row["lastWrong"], lockedUntil: row["lockedUntil"])
    }

    /// Seconds that the longest lock of these has left.
    func secondsLeft(of subjects: [Subject], at now: Double, _ database: Database) throws -> Int? {
        try subjects.compactMap { try lockout(of: $0, database).secondsLeft(at: now, $0.rule) }.max()
    }

    /// On the writing connection, outside a transaction. Does not throw: what cannot be written is remembered.
    func save(_ lockouts: [Subject: Lockout], _ database: Database) {
        let all = unwritten.withLock { $0.merging(lockouts) { $1 } }
        do {
            try database.inTransaction(.immediate) {
                for (subject, lockout) in all { try write(lockout, of: subject, database) }
                return .commit
            }
            unwritten.withLock { $0.removeAll() }
        } catch {
            logger.error("PIN attempts are counted in memory only", metadata: ["reason": "\(StoreError(error))"])
            unwritten.withLock { unwritten in
                for (subject, lockout) in lockouts where unwritten.count < Self.maximumUnwritten {
                    unwritten[subject] = lockout
                }
            }
        }
    }

    /// Sources that have been quiet for long enough to start anew.
    func forgetQuietSources(at now: Double, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM lockout WHERE kind = 'source' AND lastWrong < ?",
            arguments: [now - Lockout.Rule.source.forgivenAfter])
    }

    private func write(_ lockout: Lockout, of subject: Subject, _ database: Database) throws {
        let key = subject.key
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO lockout (kind, subject, wrong, lastWrong, lockedUntil) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [key.kind, key.subject, lockout.wrong, lockout.lastWrong, lockout.lockedUntil])
    }
}
