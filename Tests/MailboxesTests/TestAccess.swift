// What tests look at inside the store.

import Dispatch

@testable import Mailboxes

/// Holds a thread of the database or of the lanes until the test lets it go.
final class DispatchSemaphoreBox: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func wait() { semaphore.wait() }
    func signal() { semaphore.signal() }
}

extension SQLiteStore {
    var cycles: Int {
        get async throws { await writer?.cyclesBegun ?? 0 }
    }
}
