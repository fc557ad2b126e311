// What one group commit carries: everything that was ready, of all calls, for one transaction. Pure of the
// writer's bookkeeping: values in, values out.

import GRDB

struct RecordingBatch: Sendable {
    enum Ending: Sendable, Hashable {
        case keep(urgent: Bool)
        case discard
        /// Nobody holds it any more: deliver what is worth it, as after a crash.
        case recover
    }
    struct Opening: Sendable {
        var ticket: Int
        var new: NewRecording
        /// Seconds since 1970.
        var openedAt: Double
    }
    struct Entry: Sendable {
        var id: RecordingID
        var mailbox: MailboxID
        var audio: [UInt8]
        var ending: Ending?
    }
    struct Outcome: Sendable {
        var opened: [Int: Result<RecordingID, StoreError>] = [:]
        /// Bytes taken of each entry; nil inside when its rows are gone.
        var taken: [RecordingID: Int?] = [:]
        /// Bytes free for more recording, at least; where they run short, exactly, deleted messages counted as room.
        var available: [MailboxID: Int] = [:]
    }

    var openings: [Opening] = []
    var entries: [Entry] = []
    /// Whose free room is to be read exactly, at the end of the transaction.
    var mailboxes: Set<MailboxID> = []
    var minimumMessageBytes: Int

    var isEmpty: Bool { openings.isEmpty && entries.isEmpty && mailboxes.isEmpty }

    var withoutAudio: RecordingBatch {
        var batch = self
        for index in batch.entries.indices { batch.entries[index].audio = [] }
        return batch
    }

    func apply(to database: Database) throws -> Outcome {
        var outcome = Outcome()
        for opening in openings {
            let mailbox = opening.new.mailbox
            outcome.opened[opening.ticket] =
                try MailboxRow.exists(mailbox, database)
                ? .success(RecordingRow.insert(opening.new, at: opening.openedAt, database))
                : .failure(.unknownMailbox(mailbox))
        }
        var mailboxes = mailboxes
        for entry in entries {
            let (taken, free) = try apply(entry, to: database)
            outcome.taken[entry.id] = .some(taken)
            guard let free else { continue }
            outcome.available[entry.mailbox] = free
            if free < RecordingLimits.appendBytes { mailboxes.insert(entry.mailbox) }
        }
        for mailbox in mailboxes where try MailboxRow.exists(mailbox, database) {
            outcome.available[mailbox] = try MailboxRow.space(of: mailbox, database).available
        }
        return outcome
    }

    private func apply(_ entry: Entry, to database: Database) throws -> (taken: Int?, free: Int?) {
        var result: (taken: Int?, free: Int?) = (0, nil)
        if !entry.audio.isEmpty {
            let appended = try RecordingRow.append(entry.audio, to: entry.id, of: entry.mailbox, database)
            result = (appended?.taken, appended?.free)
        }
        switch entry.ending {
        case nil: break
        case .keep(let urgent):
            if try !RecordingRow.keep(entry.id, urgent: urgent, database) { result.taken = nil }
        case .discard: try RecordingRow.discard(entry.id, database)
        case .recover: try RecordingRow.recover(entry.id, minimumBytes: minimumMessageBytes, database)
        }
        return result
    }
}
