// The writer: it commits the audio of all open recordings in one transaction a second (group commit), or at
// once when a recording begins or ends; whatever else is ready goes along. Recorders are told from the books how
// much fits; the transaction checks again and has the last word.
//
// A failed commit loses nothing that it can keep: the audio goes back to the front of its queue, the recorders
// are told by their next append, and the next commit tries again. When there is no room for audio but for an
// ending, recordings end with what was committed before. Waiting audio is bounded per recording, recordings in
// number, and every wait ends after a number of ticks.

import Logging

actor RecordingWriter {
    private struct Waiter {
        let cycle: Int
        let lastTick: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private let door: DatabaseDoor
    private let limits: RecordingLimits
    private let minimumMessageBytes: Int
    private let transcode: Transcoding
    private let now: @Sendable () -> Double
    private let logger: Logger

    private var books: OpenRecordings
    private var openings: [RecordingBatch.Opening] = []
    private var opened: [Int: Result<RecordingID, StoreError>] = [:]
    private var postings: [RecordingBatch.Posting] = []
    private var posted: [Int: Result<Delivery, StoreError>] = [:]
    /// Openings and postings that somebody still waits for.
    private var tickets: Set<Int> = []
    private var lastTicket = 0

    private var waiters: [Waiter] = []
    private var ticks = 0
    private(set) var cyclesBegun = 0
    private var isWanted = false
    private var isRunning = false
    private var isFailing = false
    private var isClosed = false

    init(door: DatabaseDoor, options: SQLiteStoreOptions, logger: Logger) {
        self.door = door
        limits = options.limits
        minimumMessageBytes = options.minimumMessageBytes
        transcode = options.transcode
        now = options.now
        self.logger = logger
        books = OpenRecordings(waitingLimit: options.limits.waitingBytes)
    }

    func open(_ new: NewRecording) async throws(StoreError) -> RecordingID {
        guard !isClosed else { throw .closed }
        guard books.count + tickets.count < limits.openRecordings else {
            throw .tooManyRecordings(limits.openRecordings)
        }
        lastTicket += 1
        let ticket = lastTicket
        tickets.insert(ticket)
        defer { tickets.remove(ticket) }
        openings.append(RecordingBatch.Opening(ticket: ticket, new: new, openedAt: now()))
        try await nextCycle()
        guard let result = opened.removeValue(forKey: ticket) else { throw .timedOut }
        return try result.get()
    }

    /// - Returns: how many bytes fit; at once, unless the room runs short and the database has to be asked.
    func append(_ audio: [UInt8], to id: RecordingID) async throws(StoreError) -> Int {
        guard audio.count <= RecordingLimits.appendBytes else { throw .chunkTooLarge(audio.count) }
        guard !isClosed else { throw .closed }
        if books.isShort(id, of: audio.count) { try await nextCycle() }
        return try books.append(audio, to: id)
    }

    /// Sends to one mailbox, with the commit that also decides what its callers get of the room.
    func post(_ sending: Sending, to target: MailboxID) async throws(StoreError) -> Delivery {
        guard !isClosed else { throw .closed }
        guard tickets.count < limits.openRecordings else { throw .overloaded }
        lastTicket += 1
        let ticket = lastTicket
        tickets.insert(ticket)
        defer {
            tickets.remove(ticket)
            postings.removeAll { $0.ticket == ticket }
        }
        postings.append(RecordingBatch.Posting(ticket: ticket, sending: sending, target: target, at: now()))
        try await nextCycle()
        guard let result = posted.removeValue(forKey: ticket) else { throw .timedOut }
        return try result.get()
    }

    func trim(_ id: RecordingID, to bytes: Int) async throws(StoreError) {
        guard let recording = books[id], recording.ending == nil else { throw .recordingEnded(id) }
        guard !isClosed else { throw .closed }
        try await flush(id)
        guard try await door.write({ try RecordingRow.trim(id, to: bytes, $0) }) else { throw .recordingGone(id) }
        books.trimmed(id)
    }

    /// Keeps or discards it. When that fails it is tried again with every commit, and may be asked for again.
    /// - Returns: what came of the copies.
    func end(_ id: RecordingID, _ ending: RecordingBatch.Ending) async throws(StoreError) -> [Delivery] {
        guard let recording = books[id] else { throw .recordingEnded(id) }
        if recording.isDraft, ending != .discard { throw .draftIsNotKept(id) }
        if recording.result == nil {
            guard !isClosed else { throw .closed }
            books.end(id, ending)
            try await nextCycle()
        } else if recording.ending != ending {
            throw .recordingEnded(id)
        }
        guard let recording = books[id] else { throw .recordingEnded(id) }
        guard let result = recording.result else { throw recording.failure ?? .timedOut }
        books.forget(id)
        return try result.get()
    }

    /// Nobody holds the recording any more. With the next tick it ends as it would after a crash.
    func abandon(_ id: RecordingID) {
        books.abandon(id)
    }

    /// Returns when everything that was appended to it is in the database.
    func flush(_ id: RecordingID) async throws(StoreError) {
        guard books[id] != nil else { return }
        try await nextCycle()
        if let failure = books[id]?.failure { throw failure }
    }

    /// Whether nobody waits for a commit.
    var isIdle: Bool { waiters.isEmpty }

    func promised(in mailbox: MailboxID) -> Int {
        books.promised(in: mailbox)
    }

    /// Once a second: commits what waits, tells what others have changed, ends waits that took too long.
    func tick() {
        ticks += 1
        let late = waiters.filter { $0.lastTick < ticks }
        waiters.removeAll { $0.lastTick < ticks }
        for waiter in late { waiter.continuation.resume(returning: false) }
        requestCycle()
    }

    /// Commits what waits, and takes nothing more.
    func close() async throws(StoreError) {
        isClosed = true
        try await nextCycle()
    }

    /// Waits for the end of a commit that begins after this call. Its outcome is in the books.
    func nextCycle() async throws(StoreError) {
        let isDone = await withCheckedContinuation { continuation in
            waiters.append(
                Waiter(cycle: cyclesBegun + 1, lastTick: ticks + limits.patience, continuation: continuation))
            requestCycle()
        }
        guard isDone else { throw .timedOut }
    }

    private func requestCycle() {
        isWanted = true
        guard !isRunning else { return }
        isRunning = true
        Task { await runCycles() }
    }

    private func runCycles() async {
        while isWanted {
            isWanted = false
            cyclesBegun += 1
            await runCycle()
            let done = waiters.filter { $0.cycle <= cyclesBegun }
            waiters.removeAll { $0.cycle <= cyclesBegun }
            for waiter in done { waiter.continuation.resume(returning: true) }
        }
        isRunning = false
    }

    private func runCycle() async {
        var batch = RecordingBatch(minimumMessageBytes: minimumMessageBytes, transcode: transcode)
        batch.openings = openings
        batch.postings = postings
        batch.entries = books.takeEntries()
        books.holdPromises(in: postings.map(\.target))
        batch.mailboxes = books.takeMailboxesInDoubt().union(openings.map(\.new.mailbox))
        openings = []
        postings = []
        defer { books.endCycle() }
        do {
            enter(batch, try await commit(batch))
            report(nil)
        } catch {
            report(error)
            await retryEndings(of: batch, after: error)
        }
    }

    private func commit(_ batch: RecordingBatch) async throws(StoreError) -> RecordingBatch.Outcome {
        if batch.isEmpty {
            try await door.tellChanges()
            return RecordingBatch.Outcome()
        }
        return try await door.write { try batch.apply(to: $0) }
    }

    /// When not all of it can be written, at least what recordings already have can be delivered.
    private func retryEndings(of batch: RecordingBatch, after error: StoreError) async {
        for opening in batch.openings { answer(opening, .failure(error), available: 0) }
        for posting in batch.postings where tickets.contains(posting.ticket) {
            posted[posting.ticket] = .failure(error)
        }
        var endings = batch
        endings.openings = []
        endings.postings = []
        endings.entries.removeAll { $0.ending == nil }
        books.failed(batch.entries.filter { $0.ending == nil }, error)
        guard !endings.entries.isEmpty else { return }
        do {
            let outcome = try await commit(endings.withoutAudio)
            let lost = endings.entries.reduce(0) { $0 + $1.audio.count }
            logger.warning("recordings ended without their last audio", metadata: ["bytes": "\(lost)"])
            enter(endings, outcome)
        } catch {
            books.failed(endings.entries, error)
        }
    }

    private func enter(_ batch: RecordingBatch, _ outcome: RecordingBatch.Outcome) {
        books.committed(batch.entries, outcome)
        for opening in batch.openings {
            guard let result = outcome.opened[opening.ticket] else { continue }
            answer(opening, result, available: outcome.available[opening.new.mailbox] ?? 0)
        }
        for posting in batch.postings where tickets.contains(posting.ticket) {
            posted[posting.ticket] = outcome.posted[posting.ticket].map { .success($0) }
        }
    }

    private func answer(
        _ opening: RecordingBatch.Opening, _ result: Result<RecordingID, StoreError>, available: Int
    ) {
        let isAwaited = tickets.contains(opening.ticket)
        if case .success(let id) = result {
            books.add(id, opening.new, available: available)
            if !isAwaited { books.abandon(id) }
        }
        if isAwaited { opened[opening.ticket] = result }
    }

    /// Logs the first of a row of failures and the end of it.
    private func report(_ error: StoreError?) {
        if let error, !isFailing {
            logger.error("recordings cannot be committed", metadata: ["reason": "\(error)"])
        } else if error == nil, isFailing {
            logger.notice("recordings are committed again")
        }
        isFailing = error != nil
    }
}
