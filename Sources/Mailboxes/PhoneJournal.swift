// Writes what phones register and subscribe, and who has to wait after guessing their passwords. Each write is on the
// disk when it returns, and all that come while one transaction is being committed go into the next one together: ten
// thousand phones after a power cut cost as many commits as the disk can do meanwhile, and recordings wait for none of
// them longer than for one batch.

enum PhoneChange: Sendable {
    case bindings(of: ExtensionID, [StoredBinding])
    case subscription(StoredSubscription)
    case forget([String])
    case lockout(PasswordLockout)
}

actor PhoneJournal {
    private struct Entry {
        var change: PhoneChange
        var done: CheckedContinuation<Result<Void, StoreError>, Never>
    }

    /// Changes in one transaction.
    private static let batch = 500

    private let door: DatabaseDoor
    private var waiting: [Entry] = []
    private var isWriting = false
    /// Transactions so far.
    private(set) var commits = 0

    init(door: DatabaseDoor) { self.door = door }

    func write(_ change: PhoneChange) async throws(StoreError) {
        let result = await withCheckedContinuation { done in
            waiting.append(Entry(change: change, done: done))
            guard !isWriting else { return }
            isWriting = true
            Task { await run() }
        }
        try result.get()
    }

    private func run() async {
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.batch))
            waiting.removeFirst(batch.count)
            let changes = batch.map(\.change)
            commits += 1
            let results: [Result<Void, StoreError>]
            do throws(StoreError) {
                results = try await door.write { database in try changes.map { try $0.apply(database) } }
            } catch {
                results = changes.map { _ in .failure(error) }
            }
            for (entry, result) in zip(batch, results) { entry.done.resume(returning: result) }
        }
        isWriting = false
    }
}
