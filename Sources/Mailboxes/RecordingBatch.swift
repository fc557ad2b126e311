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
        /// Bytes free for more recording, deleted messages counted as room.
        var available: [MailboxID: Int] = [:]
    }

    var openings: [Opening] = []
    var entries: [Entry] = []
    /// Whose free room is to be read at the end of the transaction.
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
        for entry in entries {
            outcome.taken[entry.id] = .some(try apply(entry, to: database))
        }
        for mailbox in mailboxes where try MailboxRow.exists(mailbox, database) {
            outcome.available[mailbox] = try MailboxRow.space(of: mailbox, database).available
        }
        return outcome
    }

    private func apply(_ entry: Entry, to database: Database) throws -> Int? {
        var taken: Int? = 0
        if !entry.audio.isEmpty {
            taken = try RecordingRow.append(entry.audio, to: entry.id, of: entry.mailbox, database)
        }
        switch entry.ending {
        case nil: return taken
        case .keep(let urgent): return try RecordingRow.keep(entry.id, urgent: urgent, database) ? taken : nil
        case .discard: try RecordingRow.discard(entry.id, database)
        case .recover:
            try RecordingRow.recover(entry.id, minimumBytes: minimumMessageBytes, database)
        }
        return taken
    }
}
