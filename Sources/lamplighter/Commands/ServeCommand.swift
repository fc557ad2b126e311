// `lamplighter serve`: runs until SIGTERM or SIGINT; SIGHUP reads number plan, key maps and
// certificates again.

import ArgumentParser
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serves calls in the foreground.")
    @OptionGroup var common: CommonOptions
    @Flag(help: "Create a sample organisation when there is none.") var sample = false

    func run() async throws {
        // Until it serves there is nothing to read again, and the signal's default would end it.
        signal(SIGHUP, SIG_IGN)
        let configuration = try common.load()
        var logger = Logger(label: "lamplighter") { OneLineLogHandler(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .notice
        let serving = Serving(configuration: configuration, sample: sample, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: serving, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}
