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
        fileprivate init?(kind: String, subject: String) {
            switch kind {
            case "mailbox":
                guard let id = Int64(subject) else { return nil }
                self = .mailbox(MailboxID(rawValue: id))
            case "source": self = .source(subject)
            default: return nil
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
    private struct Unwritten {
        var lockouts: [Subject: Lockout] = [:]
        var notices: [LockNotice] = []
    }
    /// What somebody is to be told of a lock.
    struct LockNotice: Sendable {
        var mailbox: MailboxID
        var detail: String
        var at: Double
    }
    private let unwritten = Mutex(Unwritten())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    static let find = "SELECT wrong, lastWrong, lockedUntil FROM lockout WHERE kind = ? AND subject = ?"

    func lockout(of subject: Subject, _ database: Database) throws -> Lockout {
        if let lockout = unwritten.withLock({ $0.lockouts[subject] }) { return lockout }
        let key = subject.key
        let statement = try database.cachedStatement(sql: Self.find)
        guard let row = try Row.fetchOne(statement, arguments: [key.kind, key.subject]) else { return Lockout() }
        return Lockout(row: row)
    }

    /// Seconds that the longest lock of these has left.
    func secondsLeft(of subjects: [Subject], at now: Double, _ database: Database) throws -> Int? {
        try subjects.compactMap { try lockout(of: $0, database).secondsLeft(at: now, $0.rule) }.max()
    }

    /// On the writing connection, outside a transaction. Does not throw: what cannot be written is remembered.
    func save(_ lockouts: [Subject: Lockout], telling notices: [LockNotice] = [], _ database: Database) {
        let before = unwritten.withLock { $0 }
        let all = before.lockouts.merging(lockouts) { $1 }
        do {
            try database.inTransaction(.immediate) {
                for (subject, lockout) in all { try write(lockout, of: subject, database) }
                for notice in before.notices + notices {
                    try NoticeRow.queue(
                        .locked, to: notice.mailbox, detail: notice.detail, at: notice.at, database)
                }
                return .commit
            }
            unwritten.withLock { $0 = Unwritten() }
        } catch {
            logger.error("PIN attempts are counted in memory only", metadata: ["reason": "\(StoreError(error))"])
            unwritten.withLock { unwritten in
                for (subject, lockout) in lockouts where unwritten.lockouts.count < Self.maximumUnwritten {
                    unwritten.lockouts[subject] = lockout
                }
                unwritten.notices += notices.prefix(max(0, Self.maximumUnwritten - unwritten.notices.count))
            }
        }
    }

    /// In a transaction.
    /// - Returns: false when nothing was counted.
    @discardableResult func forget(_ subject: Subject, _ database: Database) throws -> Bool {
        let key = subject.key
        try database.execute(
            sql: "DELETE FROM lockout WHERE kind = ? AND subject = ?", arguments: [key.kind, key.subject])
        let wasKept = database.changesCount > 0
        let wasUnwritten = unwritten.withLock { $0.lockouts.removeValue(forKey: subject) != nil }
        return wasKept || wasUnwritten
    }

    static let locked = "SELECT kind, subject, wrong, lastWrong, lockedUntil FROM lockout WHERE lockedUntil > ?"

    func all(at now: Double, _ database: Database) throws -> [(Subject, Lockout)] {
        let kept = try Row.fetchAll(database, sql: Self.locked, arguments: [now]).compactMap { row in
            Subject(kind: row["kind"], subject: row["subject"]).map { ($0, Lockout(row: row)) }
        }
        let unwritten = unwritten.withLock { $0.lockouts }
        return Dictionary(kept) { $1 }.merging(unwritten) { $1 }.map { ($0, $1) }
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

extension Lockout {
    init(row: Row) {
        self.init(wrong: row["wrong"], lastWrong: row["lastWrong"], lockedUntil: row["lockedUntil"])
    }
}
