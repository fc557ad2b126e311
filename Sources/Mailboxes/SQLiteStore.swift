// `Store` on SQLite: one database file, and beside it the lock of the process that serves from it. This file opens
// and closes it; what it does is in the extensions, a concept each.

public import Logging

public final class SQLiteStore: Store {
    /// How long after each whole second of the monotonic clock (`CLOCK_MONOTONIC`) the group commit runs. A recorder
    /// that cuts its chunks at whole seconds then loses less than a second and a half to a crash.
    public static let commitPhase: Duration = .milliseconds(400)

    let door: DatabaseDoor
    let options: SQLiteStoreOptions
    let ledger: LockoutLedger
    let slowLanes = SlowLanes()
    let tries = TriesUnderWay()
    let logger: Logger
    let key: StoreKey
    let phoneJournal: PhoneJournal
    /// Nil when opened for administration.
    let writer: RecordingWriter?
    private let lock: DataDirectoryLock?
    private let ticker: Task<Void, Never>?
    /// Clears out what has expired, beside everything else: neither the start nor a commit waits for it.
    private let keeper: Task<Void, Never>?

    /// Opens the database file, creating or migrating it as needed. A serving store first delivers the messages that
    /// a crash cut short (`minimumMessageBytes`) and removes other unfinished recordings.
    /// - Throws: `StoreError.alreadyServed`, `.newerSchema`, `.cannotOpen`, `.diskFull`, `.timedOut`.
    public static func open(
        path: String, options: SQLiteStoreOptions = SQLiteStoreOptions(),
        logger: Logger = Logger(label: "lamplighter.store")
    ) async throws(StoreError) -> SQLiteStore {
        let lock: DataDirectoryLock? = options.access == .serving ? try DataDirectoryLock(besides: path) : nil
        let door = try DatabaseDoor(path: path, prepareConnection: options.prepareConnection)
        let key = try StoreKey.load(besides: path)
        if lock != nil {
            let count: Int
            do {
                count = try await door.write { [options] database in
                    try RecordingRow.recoverAll(
                        minimumBytes: options.minimumMessageBytes, transcode: options.transcode, database)
                }
            } catch { throw StoreError(opening: path, error) }
            if count > 0 {
                logger.notice("finished what a crash cut short", metadata: ["recordings": "\(count)"])
            }
        }
        return SQLiteStore(door: door, key: key, lock: lock, options: options, logger: logger)
    }

    private init(
        door: DatabaseDoor, key: StoreKey, lock: DataDirectoryLock?,
        options: SQLiteStoreOptions, logger: Logger
    ) {
        self.door = door
        self.key = key
        self.lock = lock
        self.options = options
        self.logger = logger
        ledger = LockoutLedger(logger: logger)
        phoneJournal = PhoneJournal(door: door)
        writer = lock == nil ? nil : RecordingWriter(door: door, options: options, logger: logger)
        if let writer, options.commits == .everySecond {
            ticker = Self.tick(writer)
            keeper = Self.keep(Housekeeping(door: door, ledger: ledger, options: options, logger: logger), logger)
        } else {
            ticker = nil
            keeper = nil
        }
    }

    deinit {
        ticker?.cancel()
        keeper?.cancel()
    }

    public func changes() -> AsyncStream<MailboxID> {
        door.mailboxes.subscribe()
    }

    public func extensionChanges() -> AsyncStream<ExtensionID> {
        door.extensions.subscribe()
    }

    public func close() async throws {
        defer {
            ticker?.cancel()
            lock?.release()
        }
        keeper?.cancel()
        await keeper?.value
        try await writer?.close()
        try door.close()
    }

    func keepHouse() async throws(StoreError) {
        try await Housekeeping(door: door, ledger: ledger, options: options, logger: logger).run()
    }

    private static func tick(_ writer: RecordingWriter) -> Task<Void, Never> {
        let phase = commitPhase / .seconds(1)
        return Task {
            while true {
                let delay = SystemTime.delay(from: SystemTime.monotonicSeconds(), toPhase: phase)
                guard (try? await Task.sleep(for: .seconds(delay), clock: .suspending)) != nil else { return }
                await writer.tick()
            }
        }
    }

    private static func keep(_ house: Housekeeping, _ logger: Logger) -> Task<Void, Never> {
        Task {
            repeat {
                do { try await house.run() } catch {
                    logger.error("cannot clear out what has expired", metadata: ["reason": "\(error)"])
                }
            } while (try? await Task.sleep(for: .seconds(Housekeeping.interval), clock: .suspending)) != nil
        }
    }
}
