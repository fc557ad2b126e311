// SIGHUP: the number plan is read again. A wrong one is refused with file, line and reason, and the running one stays.

import Logging
import ServiceLifecycle
import UnixSignals

struct DialplanReloader: Service {
    let server: Server
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                try server.reloadDialplan()
                logger.notice("the number plan has been read again")
            } catch {
                logger.error("the number plan was refused, the old one stays", metadata: ["reason": "\(error)"])
            }
        }
    }
}
