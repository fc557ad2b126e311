// Counts how many rows statements step through for want of an index, in triggers and cascades as well: SQLite counts it
// itself, for each statement that runs to its end.

import GRDB
import GRDBSQLite
import Synchronization

final class ScanWatch: Sendable {
    private struct State {
        var isOn = false
        var scans: [String: Int] = [:]
        var statements: [String: Int] = [:]
    }
    private let state = Mutex(State())

    /// The statements that scanned, and over how many rows at most.
    var scans: [String: Int] { state.withLock { $0.scans } }
    var statements: [String: Int] { state.withLock { $0.statements } }

    /// How often statements ran that begin like this.
    func count(of beginning: String) -> Int {
        statements.filter { $0.key.hasPrefix(beginning) }.values.reduce(0, +)
    }

    func start() { state.withLock { $0.isOn = true } }

    /// The watch must outlive the connection.
    func watch(_ database: Database) throws {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let code = sqlite3_trace_v2(
            database.sqliteConnection, UInt32(SQLITE_TRACE_PROFILE),
            { _, context, statement, _ in
                guard let context, let statement else { return 0 }
                let pointer = OpaquePointer(statement)
                let rows = Int(sqlite3_stmt_status(pointer, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1))
                let sql = sqlite3_sql(pointer).map { String(cString: $0) } ?? "?"
                Unmanaged<ScanWatch>.fromOpaque(context).takeUnretainedValue().finished(sql, rows: rows)
                return 0
            }, context)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private func finished(_ sql: String, rows: Int) {
        state.withLock { state in
            guard state.isOn else { return }
            state.statements[sql, default: 0] += 1
            if rows > 0 { state.scans[sql] = max(rows, state.scans[sql] ?? 0) }
        }
    }
}
