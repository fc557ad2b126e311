// The one way to the database inside this room: reads on snapshots, look-ups by key without a change of thread, writes
// one after the other, SQLite's errors in this room's words. Three promises: a commit is on the disk when a write
// returns (`synchronous = FULL`), a write once asked for runs to its end even when the asking Task is cancelled, and
// after every commit the mailboxes whose lamps it changed, and the extensions that were set otherwise, are told, those
// changed by other processes with them.

import Foundation
import GRDB
import Synchronization

final class DatabaseDoor: Sendable {
    private let pool: DatabasePool
    private let lookUps: [DatabaseQueue]
    private let turn = Atomic<Int>(0)
    let mailboxes = ChangeBroadcaster<MailboxID>()
    let extensions = ChangeBroadcaster<ExtensionID>()
    /// The newest revisions of `countsChange` and `extensionChange` that subscribers know.
    private let toldMailboxes = Atomic<Int64>(0)
    private let toldExtensions = Atomic<Int64>(0)

    init(
        path: String, prepareConnection: (@Sendable (Database) throws -> Void)? = nil
    ) throws(StoreError) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.label = "lamplighter.store"
            if let prepareConnection { configuration.prepareDatabase(prepareConnection) }
            pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB chooses NORMAL for WAL, which may lose the last commits with the power.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            guard try !pool.read(Schema.migrator.hasBeenSuperseded) else { throw StoreError.newerSchema(path: path) }
            try Schema.migrator.migrate(pool)
            lookUps = try Self.openLookUps(path: path, configuration)
            // What has happened until now is no news.
            toldMailboxes.store(try Self.newest(of: "countsChange", pool), ordering: .relaxed)
            toldExtensions.store(try Self.newest(of: "extensionChange", pool), ordering: .relaxed)
        } catch {
            throw StoreError(opening: path, error)
        }
    }

    /// Connections that only look up, as many as threads of the cooperative pool can use at a time. They must be nobody
    /// else's: a look-up waits, if ever, for another one that is running, and never for a Task that waits for a thread.
    private static func openLookUps(path: String, _ configuration: Configuration) throws -> [DatabaseQueue] {
        var configuration = configuration
        configuration.readonly = true
        configuration.label = "lamplighter.store.look-up"
        return try (0..<min(8, ProcessInfo.processInfo.activeProcessorCount)).map { _ in
            try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// Finds something by its key, on the calling thread: a row or two by an index, or a piece of audio, take less time
    /// than the way to another thread and back. Whatever grows with what is stored is for `read`. Each statement sees the
    /// store as it is then: a transaction around them would take longer than they do.
    func lookUp<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        let next = turn.wrappingAdd(1, ordering: .relaxed).newValue
        do {
            return try lookUps[Int(UInt(bitPattern: next) % UInt(lookUps.count))].unsafeRead { database in
                // GRDB does not ask before it uses a connection that was closed.
                guard database.sqliteConnection != nil else { throw StoreError.closed }
                return try body(database)
            }
        } catch { throw StoreError(error) }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let pool = pool
        return try await shielded { try await pool.read(body) }
    }

    /// Runs `body` in one immediate transaction; nothing of it stays when it throws.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try await serially { database in
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body(database)
                return .commit
            }
            guard let value else { throw StoreError.failed("a transaction ended without a result") }
            return value
        }
    }

    /// Runs `body` on the writing connection, alone but not in a transaction.
    func serially<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let pool = pool
        return try await shielded {
            try await pool.writeWithoutTransaction { database in
                let value = try body(database)
                try self.tellChanges(database)
                return value
            }
        }
    }

    /// Tells subscribers what another process has changed (the command line deleting a message).
    func tellChanges() async throws(StoreError) {
        try await serially { _ in }
    }

    func close() throws(StoreError) {
        mailboxes.finish()
        extensions.finish()
        do {
            for connection in lookUps { try connection.close() }
            try pool.close()
        } catch { throw StoreError(error) }
    }

    static let changedMailboxes = "SELECT mailbox, revision FROM countsChange WHERE revision > ? ORDER BY revision"
    static let changedExtensions = """
        SELECT extension, revision FROM extensionChange WHERE revision > ? ORDER BY revision
        """

    private func tellChanges(_ database: Database) throws {
        mailboxes.tell(try news(Self.changedMailboxes, since: toldMailboxes, database).map(MailboxID.init(rawValue:)))
        extensions.tell(
            try news(Self.changedExtensions, since: toldExtensions, database).map(ExtensionID.init(rawValue:)))
    }

    private static func newest(of table: String, _ pool: DatabasePool) throws -> Int64 {
        try pool.read { try Int64.fetchOne($0, sql: "SELECT max(revision) FROM \(table)") } ?? 0
    }

    private func news(_ sql: String, since told: borrowing Atomic<Int64>, _ database: Database) throws -> [Int64] {
        let rows = try Row.fetchAll(
            try database.cachedStatement(sql: sql), arguments: [told.load(ordering: .relaxed)])
        if let newest = rows.last { told.store(newest["revision"], ordering: .relaxed) }
        return rows.map { $0[0] }
    }

    /// A Task of its own does not inherit cancellation, which would make GRDB interrupt the statement.
    private func shielded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await Task { try await body() }.value
        } catch {
            throw StoreError(error)
        }
    }
}

extension StoreError {
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError: self.init(error)
        default: self = .failed("\(error)")
        }
    }

    init(opening path: String, _ error: any Error) {
        switch error as? StoreError {
        case nil: self = .cannotOpen(path: path, reason: StoreError(error).description)
        case .failed(let reason): self = .cannotOpen(path: path, reason: reason)
        case let known?: self = known
        }
    }

    private init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .timedOut
        case .SQLITE_MISUSE: self = .closed
        // The message alone: the description of a DatabaseError may hold the statement's arguments.
        default: self = .failed("\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))")
        }
    }
}
