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
    /// Something to be sent to one mailbox.
    struct Posting: Sendable {
        var ticket: Int
        var sending: Sending
        var target: MailboxID
        /// Seconds since 1970.
        var at: Double
    }
    struct Entry: Sendable {
        var id: RecordingID
        var mailbox: MailboxID
        var audio: [UInt8]
        var ending: Ending?
    }
    struct Outcome: Sendable {
        var opened: [Int: Result<RecordingID, StoreError>] = [:]
        var posted: [Int: Delivery] = [:]
        /// What came of the copies of each entry that ended.
        var ended: [RecordingID: [Delivery]] = [:]
        /// Bytes taken of each entry; nil inside when its rows are gone.
        var taken: [RecordingID: Int?] = [:]
        /// Bytes free for more recording, at least; where they run short, exactly, deleted messages counted as room.
        var available: [MailboxID: Int] = [:]
    }

    var openings: [Opening] = []
    var entries: [Entry] = []
    var postings: [Posting] = []
    /// Whose free room is to be read exactly, at the end of the transaction.
    var mailboxes: Set<MailboxID> = []
    var minimumMessageBytes: Int
    var transcode: Transcoding

    var isEmpty: Bool { openings.isEmpty && entries.isEmpty && postings.isEmpty && mailboxes.isEmpty }

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
            var taken: Int? = 0
            if !entry.audio.isEmpty {
                let appended = try RecordingRow.append(entry.audio, to: entry.id, of: entry.mailbox, database)
                taken = appended?.taken
                if let free = appended?.free {
                    outcome.available[entry.mailbox] = free
                    if free < RecordingLimits.appendBytes { mailboxes.insert(entry.mailbox) }
                }
            }
            outcome.taken[entry.id] = .some(taken)
        }
        // All audio is in before a mailbox decides about copies: what its callers were promised comes first. Later
        // takes end first: they decide about those that they replace.
        for entry in entries.sorted(by: { $0.id.rawValue > $1.id.rawValue }) {
            outcome.ended[entry.id] = try end(entry, database)
        }
        for posting in postings {
            outcome.posted[posting.ticket] = try post(posting, database)
        }
        for mailbox in mailboxes where try MailboxRow.exists(mailbox, database) {
            outcome.available[mailbox] = try MailboxRow.space(of: mailbox, database).available
        }
        return outcome
    }

    /// - Returns: nil when it has not ended: there is nothing to keep, or another take decides about it.
    private func end(_ entry: Entry, _ database: Database) throws -> [Delivery]? {
        switch entry.ending {
        case nil: return nil
        case .keep(let urgent):
            return try RecordingRow.keep(entry.id, urgent: urgent, transcode: transcode, database)
        case .discard:
            try RecordingRow.discard(entry.id, database)
            return []
        case .recover:
            return try RecordingRow.recover(
                entry.id, minimumBytes: minimumMessageBytes, transcode: transcode, database)
        }
    }

    private func post(_ posting: Posting, _ database: Database) throws -> Delivery {
        try LetterRow.deliver(
            LetterRow.Letter(posting.sending, at: posting.at), to: posting.target, transcode: transcode, database)
    }
}

extension LetterRow.Letter {
    init(_ sending: Sending, at now: Double) {
        self.init(
            parts: sending.parts, source: sending.sender, sender: sending.sender, callerNumber: sending.callerNumber,
            callerName: sending.callerName, urgent: sending.urgent, receivedAt: now)
    }
}
