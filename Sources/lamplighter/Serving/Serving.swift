// From the first file that is read to the last one that is closed, as one service: signals are taken up before
// anything is begun, so that a SIGTERM while the system starts ends it as cleanly as a later one.

import Logging
import ServiceLifecycle

struct Serving: Service {
    let configuration: Configuration
    /// Create a sample organisation when there is none.
    let sample: Bool
    let logger: Logger

    func run() async throws {
        logger.info("starting")
        let server = try await Server(configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [logger] in try await Reloader(server: server, logger: logger).run() }
            defer { tasks.cancelAll() }
            try await server.run(sample: sample)
        }
    }
}
