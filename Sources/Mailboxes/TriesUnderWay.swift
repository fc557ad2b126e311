// Who is trying PINs at this moment: of which mailboxes, and from where.

import Synchronization

final class TriesUnderWay: Sendable {
    private let counts = Mutex<[LockoutLedger.Subject: Int]>([:])

    func begin(_ subjects: [LockoutLedger.Subject]) {
        counts.withLock { counts in
            for subject in subjects { counts[subject, default: 0] += 1 }
        }
    }

    func end(_ subjects: [LockoutLedger.Subject]) {
        counts.withLock { counts in
            for subject in subjects {
                let left = (counts[subject] ?? 0) - 1
                counts[subject] = left > 0 ? left : nil
            }
        }
    }

    func isTrying(_ subject: LockoutLedger.Subject) -> Bool { counts.withLock { $0[subject] != nil } }

    /// Whether nobody but the caller, who has begun, is trying any of these.
    func areAlone(_ subjects: [LockoutLedger.Subject]) -> Bool {
        counts.withLock { counts in subjects.allSatisfy { counts[$0] == 1 } }
    }
}
