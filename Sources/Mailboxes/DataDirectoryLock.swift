// One serving process per database: two would finish each other's open recordings. An advisory lock on a
// file beside the database; the kernel lets go of it however the process ends.

import Glibc
import Synchronization

final class DataDirectoryLock: Sendable {
    /// Nil once released.
    private let descriptor: Mutex<Int32?>

    /// - Throws: `.alreadyServed` when another process (or another store of this one) holds it.
    init(besides databasePath: String) throws(StoreError) {
        let path = databasePath + ".lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            if reason == EWOULDBLOCK { throw .alreadyServed(path: databasePath) }
            throw .cannotOpen(path: path, reason: String(cString: strerror(reason)))
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { close(open) }
            descriptor = nil
        }
    }
}
