// What has to be thrown away by the clock: messages deleted long enough ago, and sources that have stopped
// guessing. Runs at the start and once an hour.

import GRDB

struct Housekeeping: Sendable {
    static let interval = 3_600
    /// Messages in one transaction: a large clear-out must not keep recordings from their commit.
    private static let messagesAtOnce = 100
    static let expired = "SELECT id FROM recording WHERE state = 'deleted' AND deletedAt < ? LIMIT ?"

    let door: DatabaseDoor
    let ledger: LockoutLedger
    let options: SQLiteStoreOptions

    func run() async throws(StoreError) {
        let now = options.now()
        let limit = now - options.deletedRetention
        var count: Int
        repeat {
            count = try await door.write { database in
                try database.execute(
                    sql: "DELETE FROM recording WHERE id IN (\(Self.expired))",
                    arguments: [limit, Self.messagesAtOnce])
                return database.changesCount
            }
        } while count == Self.messagesAtOnce
        try await door.write { [ledger] in try ledger.forgetQuietSources(at: now, $0) }
    }
}
