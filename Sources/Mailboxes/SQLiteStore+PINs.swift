// Checking and setting PINs (D3). The slow hash is computed first and the verdict is decided after it, on the
// writing connection, one at a time: fifty guesses at once are fifty tries in a row. A right PIN from a quiet
// source writes nothing, so it opens the mailbox even when the disk is full; and where nobody else tries meanwhile it does
// not wait for the writing connection either, which may be busy with what a thousand callers say.

import Foundation
import GRDB
import Logging

extension SQLiteStore {
    /// A locked try is not computed and not counted. The try that reaches the limit is still told that it was
    /// wrong; the next one is told to wait.
    public func checkPIN(_ pin: String, of mailbox: MailboxID, from source: String) async throws -> PINVerdict {
        let subjects: [LockoutLedger.Subject] = [.mailbox(mailbox), .source(source)]
        tries.begin(subjects)
        defer { tries.end(subjects) }
        let (kept, seconds) = try door.lookUp { database in
            (
                try PINRow.hash(of: mailbox, database),
                try ledger.secondsLeft(of: subjects, at: options.now(), database)
            )
        }
        if let seconds { return .locked(seconds: seconds) }
        let cost = options.pinCost
        let matches = try await slowLanes.run { () throws(StoreError) in
            try (kept ?? .unmatchable(cost)).matches(pin)
        }
        // A wrong try that has ended has been counted before, and one that begins from now on comes after this one.
        if matches, tries.areAlone(subjects) {
            let isOpen = try door.lookUp { database in
                try ledger.secondsLeft(of: subjects, at: options.now(), database) == nil
                    && ledger.lockout(of: .mailbox(mailbox), database).wrong == 0
                    && PINRow.hash(of: mailbox, database) == kept
            }
            if isOpen { return .accepted }
        }
        return try await door.serially { [self] database in
            // A PIN that was changed while this one was hashed makes it a wrong one.
            let isRight = try matches && PINRow.hash(of: mailbox, database) == kept
            return try verdict(isRight: isRight, mailbox: mailbox, source: source, database)
        }
    }

    private func verdict(
        isRight: Bool, mailbox: MailboxID, source: String, _ database: Database
    ) throws -> PINVerdict {
        let now = options.now()
        let subjects: [LockoutLedger.Subject] = [.mailbox(mailbox), .source(source)]
        if let seconds = try ledger.secondsLeft(of: subjects, at: now, database) { return .locked(seconds: seconds) }
        if isRight {
            if try ledger.lockout(of: .mailbox(mailbox), database).wrong > 0 {
                ledger.save([.mailbox(mailbox): Lockout()], database)
            }
            return .accepted
        }
        var lockouts: [LockoutLedger.Subject: Lockout] = [:]
        var notices: [LockoutLedger.LockNotice] = []
        for subject in subjects {
            var lockout = try ledger.lockout(of: subject, database)
            lockout.countWrong(at: now, subject.rule)
            lockouts[subject] = lockout
            if let seconds = lockout.secondsLeft(at: now, subject.rule) {
                let whose = if case .source(let address) = subject { "source \(address)" } else { "mailbox" }
                notices.append(.init(mailbox: mailbox, detail: "\(whose) for \(seconds) seconds", at: now))
                logger.notice("locked after wrong PINs", metadata: ["who": "\(subject)", "seconds": "\(seconds)"])
            }
        }
        ledger.save(lockouts, telling: notices, database)
        return .wrong
    }

    /// Hashes and stores it; whether it is a good one is `PINPolicy`'s to say.
    /// - Throws: `StoreError.badPIN` for what cannot be typed on a telephone, `.unknownMailbox`.
    public func setPIN(_ pin: String, of mailbox: MailboxID, temporary: Bool = false) async throws {
        let hash = try await hash(pin)
        try await door.write { database in
            guard try MailboxRow.exists(mailbox, database) else { throw StoreError.unknownMailbox(mailbox) }
            try PINRow.set(hash, of: mailbox, isTemporary: temporary, database)
        }
    }

    func hash(_ pin: String) async throws(StoreError) -> PINHash {
        guard PINPolicy.isTypable(pin) else { throw .badPIN }
        let cost = options.pinCost
        return try await slowLanes.run { () throws(StoreError) in try PINHash(of: pin, cost: cost) }
    }
}

/// The `pin` table.
enum PINRow {
    static let find = """
        SELECT salt, hash, rounds, blockSize, parallelism FROM pin p JOIN mailbox m ON m.id = p.mailbox
        WHERE p.mailbox = ? AND m.removedAt IS NULL
        """

    static func hash(of mailbox: MailboxID, _ database: Database) throws -> PINHash? {
        let statement = try database.cachedStatement(sql: find)
        guard let row = try Row.fetchOne(statement, arguments: [mailbox.rawValue]) else { return nil }
        return PINHash(row: row)
    }

    static func set(
        _ hash: PINHash, of mailbox: MailboxID, isTemporary: Bool = false, _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO pin (mailbox, salt, hash, rounds, blockSize, parallelism, temporary)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                mailbox.rawValue, Data(hash.salt), Data(hash.hash), hash.cost.rounds, hash.cost.blockSize,
                hash.cost.parallelism, isTemporary,
            ])
    }
}

extension PINHash {
    init(row: Row) {
        self.init(
            salt: Array(row["salt"] as Data), hash: Array(row["hash"] as Data),
            cost: Cost(rounds: row["rounds"], blockSize: row["blockSize"], parallelism: row["parallelism"]))
    }
}
