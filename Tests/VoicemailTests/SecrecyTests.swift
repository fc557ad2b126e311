// What is typed as a PIN, right or wrong, old or new, reaches no log line (D3).
import Foundation
import Logging
import Synchronization
import Testing

@testable import Voicemail

@Suite("Logs")
struct SecrecyTests {
    /// Keeps every line with all its metadata.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(_ lines: Lines) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add("\(event.message) \(metadata) \(event.metadata ?? [:])")
        }
    }

    @Test("D3: PINs and account numbers that were typed are in no log line; each line names call and mailbox")
    func noPINs() async throws {
        let lines = Lines()
        let house = try await House.open(logger: Logger(label: "test", factory: { _ in Handler(lines) }))
        let call = ScriptedCall("5000")
        call.type("77313#100#" + "55117#" + "4815#" + "51" + "1234#" + "90210#90211#" + "66042#66042#" + "*#")
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.heard(inOrder: "unknown-account", "wrong-pin", "pin-changed", "goodbye"))
        #expect(lines.all.count >= 4)
        for line in lines.all {
            #expect(line.contains("scripted"), "\(line)")
            for secret in ["77313", "55117", "4815", "1234", "90210", "90211", "66042"] {
                #expect(!line.contains(secret), "\(line)")
            }
        }
        #expect(lines.all.contains { $0.contains("wrong PIN") && $0.contains("100@example.org") })
    }
}
