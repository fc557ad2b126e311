// The writer's books: what every recording in the making has waiting for the next commit, and how many bytes each
// of their mailboxes still has room for. A pure machine: audio and outcomes of commits in, batches out.

struct OpenRecordings: Sendable {
    struct Recording: Sendable {
        let mailbox: MailboxID
        /// Mailboxes that get the same message.
        var copies: [MailboxID] = []
        var isDraft = false
        /// Not yet committed.
        var waiting: [UInt8] = []
        /// Promised bytes turned out not to fit: nothing may follow the gap.
        var isCutOff = false
        /// Of the last commit; for the next to ask.
        var failure: StoreError?
        /// Once asked for, it is tried with every commit until it succeeds.
        var ending: RecordingBatch.Ending?
        /// Of the ending: what came of the copies.
        var result: Result<[Delivery], StoreError>?
        /// Nobody will ask for the result.
        var isAbandoned = false
    }
    private struct Account {
        /// As of the last commit, at least.
        var available: Int
        /// Accepted since and not yet committed.
        var promised = 0
        var recordings = 0
        var free: Int { max(0, available - promised) }
    }

    private let waitingLimit: Int
    private var recordings: [RecordingID: Recording] = [:]
    private var accounts: [MailboxID: Account] = [:]
    /// Mailboxes whose free room is to be read again with the next commit.
    private var inDoubt: Set<MailboxID> = []
    /// Mailboxes that are deciding whether a copy fits: nothing is promised there until they have.
    private var deciding: Set<MailboxID> = []

    init(waitingLimit: Int) {
        self.waitingLimit = waitingLimit
    }

    var count: Int { recordings.count }

    subscript(id: RecordingID) -> Recording? { recordings[id] }

    /// Bytes accepted for a mailbox that are not yet in the database.
    func promised(in mailbox: MailboxID) -> Int {
        accounts[mailbox]?.promised ?? 0
    }

    mutating func add(_ id: RecordingID, _ new: NewRecording, available: Int) {
        let mailbox = new.mailbox
        recordings[id] = Recording(mailbox: mailbox, copies: new.copies, isDraft: new.purpose == .draft)
        var account = accounts[mailbox] ?? Account(available: available)
        account.available = available
        account.recordings += 1
        accounts[mailbox] = account
    }

    /// Whether the books have less room for it than that, which the database should be asked about: something
    /// may have been removed since the last commit. If so, the next batch asks.
    mutating func isShort(_ id: RecordingID, of count: Int) -> Bool {
        guard let recording = recordings[id], !recording.isCutOff, free(in: recording.mailbox) < count else {
            return false
        }
        inDoubt.insert(recording.mailbox)
        return true
    }

    /// - Returns: how many bytes fit.
    mutating func append(_ audio: [UInt8], to id: RecordingID) throws(StoreError) -> Int {
        guard var recording = recordings[id], recording.ending == nil else { throw .recordingEnded(id) }
        if let failure = recording.failure {
            recordings[id]?.failure = nil
            throw failure
        }
        guard recording.waiting.count + audio.count <= waitingLimit else { throw .commitsTooSlow(id) }
        let free = recording.isCutOff ? 0 : free(in: recording.mailbox)
        let count = min(audio.count, free)
        recordings[id] = nil  // so that the bytes are appended in place
        recording.waiting.append(contentsOf: audio.prefix(count))
        recordings[id] = recording
        accounts[recording.mailbox]?.promised += count
        return count
    }

    private func free(in mailbox: MailboxID) -> Int {
        deciding.contains(mailbox) ? 0 : accounts[mailbox]?.free ?? 0
    }

    /// It was shortened in the database: it may go on from there, and its mailbox has more room than is known here.
    mutating func trimmed(_ id: RecordingID) {
        guard let mailbox = recordings[id]?.mailbox else { return }
        recordings[id]?.isCutOff = false
        inDoubt.insert(mailbox)
    }

    mutating func end(_ id: RecordingID, _ ending: RecordingBatch.Ending) {
        recordings[id]?.ending = ending
        recordings[id]?.failure = nil
    }

    /// The recorder is gone; what it has not ended is recovered.
    mutating func abandon(_ id: RecordingID) {
        guard let recording = recordings[id] else { return }
        if recording.result != nil { return forget(id) }
        recordings[id]?.isAbandoned = true
        if recording.ending == nil { recordings[id]?.ending = .recover }
    }

    mutating func forget(_ id: RecordingID) {
        guard let recording = recordings.removeValue(forKey: id) else { return }
        accounts[recording.mailbox]?.promised -= recording.waiting.count
        accounts[recording.mailbox]?.recordings -= 1
        if accounts[recording.mailbox]?.recordings == 0 { accounts[recording.mailbox] = nil }
    }

    /// Hands out everything that is ready; `committed` or `failed` must follow.
    mutating func takeEntries() -> [RecordingBatch.Entry] {
        var entries: [RecordingBatch.Entry] = []
        for (id, recording) in recordings where recording.result == nil {
            if recording.waiting.isEmpty && recording.ending == nil { continue }
            entries.append(
                RecordingBatch.Entry(
                    id: id, mailbox: recording.mailbox, audio: recording.waiting, ending: recording.ending))
            recordings[id]?.waiting = []
            if recording.ending == .discard || recording.copies.isEmpty || recording.ending == nil { continue }
            holdPromises(in: recording.copies)
        }
        return entries
    }

    /// Until `endCycle` nothing is promised in these mailboxes, and the coming batch tells what is free there.
    mutating func holdPromises(in mailboxes: [MailboxID]) {
        let busy = mailboxes.filter { accounts[$0] != nil }
        deciding.formUnion(busy)
        inDoubt.formUnion(busy)
    }

    mutating func endCycle() {
        deciding = []
    }

    mutating func takeMailboxesInDoubt() -> Set<MailboxID> {
        defer { inDoubt = [] }
        return inDoubt
    }

    /// Enters what a commit has done with `entries`.
    mutating func committed(_ entries: [RecordingBatch.Entry], _ outcome: RecordingBatch.Outcome) {
        for (mailbox, available) in outcome.available { accounts[mailbox]?.available = available }
        for entry in entries {
            accounts[entry.mailbox]?.promised -= entry.audio.count
            guard let recording = recordings[entry.id] else { continue }
            let taken = outcome.taken[entry.id] ?? nil
            if let ending = entry.ending {
                let ended = outcome.ended[entry.id]
                if ending == .recover, ended == nil { continue }  // another take decides about it; asked again
                recordings[entry.id]?.result = ended.map { .success($0) } ?? .failure(.recordingGone(entry.id))
                if recording.isAbandoned { forget(entry.id) }
            } else if let taken {
                recordings[entry.id]?.failure = nil  // made good, nothing was lost
                if taken < entry.audio.count { cutOff(entry.id, nil) }
            } else {
                cutOff(entry.id, .recordingGone(entry.id))
            }
        }
    }

    /// Puts `entries` back to be tried again.
    mutating func failed(_ entries: [RecordingBatch.Entry], _ error: StoreError) {
        for entry in entries {
            recordings[entry.id]?.waiting.insert(contentsOf: entry.audio, at: 0)
            recordings[entry.id]?.failure = error
        }
    }

    private mutating func cutOff(_ id: RecordingID, _ failure: StoreError?) {
        guard var recording = recordings[id] else { return }
        accounts[recording.mailbox]?.promised -= recording.waiting.count
        recording.waiting = []
        recording.isCutOff = true
        recording.failure = failure
        recordings[id] = recording
    }
}
