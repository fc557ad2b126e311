// Lockouts as an administrator sees and ends them (D3).

import GRDB

/// Who has to wait before another PIN is looked at.
public struct CurrentLockout: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        case mailbox(MailboxID)
        /// A numeric address.
        case source(String)
    }
    public var subject: Subject
    /// Wrong tries so far.
    public var wrong: Int
    public var seconds: Int
}

extension SQLiteStore {
    /// Everybody who is locked out now, the longest first.
    public func lockouts() async throws -> [CurrentLockout] {
        let now = options.now()
        return try await door.read { [ledger] database in
            try ledger.all(at: now, database).compactMap { subject, lockout in
                lockout.secondsLeft(at: now, subject.rule).map { seconds in
                    switch subject {
                    case .mailbox(let id): CurrentLockout(subject: .mailbox(id), wrong: lockout.wrong, seconds: seconds)
                    case .source(let address):
                        CurrentLockout(subject: .source(address), wrong: lockout.wrong, seconds: seconds)
                    }
                }
            }.sorted { $0.seconds > $1.seconds }
        }
    }

    /// Forgets the wrong tries at a mailbox, or of a source.
    /// - Returns: false when there were none.
    public func unlock(_ subject: CurrentLockout.Subject) async throws -> Bool {
        try await door.write { [ledger] database in
            switch subject {
            case .mailbox(let id): try ledger.forget(.mailbox(id), database)
            case .source(let address): try ledger.forget(.source(address), database)
            }
        }
    }
}
