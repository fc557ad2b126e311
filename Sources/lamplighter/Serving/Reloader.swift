// SIGHUP: the number plan, the key maps and the certificates are read again. A wrong file is refused with file, line and reason, and
// what is running stays.

import Logging
import ServiceLifecycle
import UnixSignals

struct Reloader {
    let server: Server
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                try await server.reload()
                logger.notice("number plan, key maps and certificates have been read again")
            } catch {
                logger.error("refused, what is running stays", metadata: ["reason": "\(error)"])
            }
        }
    }
}
