// Migration 6: recordings in G.722. A CHECK that only becomes wider changes nothing that is stored, and so its text alone
// is changed, the way that SQLite's documentation of ALTER TABLE gives for this: the table, its indexes and triggers, and
// the audio stay as they are.

import GRDB

extension Schema {
    static func wideband(_ database: Database) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA schema_version") ?? 0
        try database.execute(sql: "PRAGMA writable_schema = ON")
        try database.execute(
            sql: """
                UPDATE sqlite_schema SET sql = replace(sql, 'encoding IN (''PCMU'', ''PCMA'')',
                    'encoding IN (''PCMU'', ''PCMA'', ''G722'')') WHERE type = 'table' AND name = 'recording'
                """)
        try database.execute(sql: "PRAGMA schema_version = \(version + 1)")
        try database.execute(sql: "PRAGMA writable_schema = OFF")
    }
}
