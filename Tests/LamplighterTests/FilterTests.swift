// The filter that ships for fail2ban finds the lines of guesses as the program writes them, and no others (D3, G4).
// What the lines say is held by the tests of the gatekeeper.

import Foundation
import Logging
import Synchronization
import Testing

@testable import lamplighter

@Suite("fail2ban")
struct FilterTests {
    private final class Page: TextOutputStream, Sendable {
        let text = Mutex("")
        func write(_ string: String) { text.withLock { $0 += string } }
    }

    /// The address that the filter finds in the line of this event.
    private func address(_ message: Logger.Message, _ fields: Logger.Metadata, room: String) throws -> String? {
        let page = Page()
        let logger = Logger(label: "lamplighter") { OneLineLogHandler(StreamLogHandler(label: $0, stream: page)) }
        logger.notice(message, metadata: fields, source: room)
        let line = page.text.withLock { $0 }.trimmingCharacters(in: .newlines)
        let filter = try String(contentsOfFile: TestServer.package + "/fail2ban/lamplighter.conf", encoding: .utf8)
        let expressions = filter.split(separator: "\n").map { $0.trimmingPrefix("failregex = ") }
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.hasPrefix("lamplighter: ") }
        #expect(expressions.count == 2)
        for expression in expressions {
            let regex = try Regex(expression.replacing("<HOST>", with: #"(?<host>[0-9a-fA-F:.]+)"#))
            if let match = line.firstMatch(of: regex) { return match["host"]?.substring.map(String.init) }
        }
        return nil
    }

    @Test("Wrong passwords and PINs of phones are found, with their address; those of trunks are not")
    func lines() throws {
        let account: Logger.Metadata = ["account": "100@example.org"]
        let password = account.merging(["address": "203.0.113.7"]) { $1 }
        #expect(try address("wrong password", password, room: "Phones") == "203.0.113.7")
        let trunk = account.merging(["peer": "203.0.113.7"]) { $1 }
        #expect(try address("wrong password", trunk, room: "Phones") == nil)
        var pin: Logger.Metadata = ["call-id": "a@b", "source": "100@example.org", "address": "2001:db8::7"]
        #expect(try address("wrong PIN", pin, room: "Voicemail") == "2001:db8::7")
        pin = ["call-id": "a@b", "source": "203.0.113.7 +31205551111"]
        #expect(try address("wrong PIN", pin, room: "Voicemail") == nil)
        let forged = "x lamplighter: account=1 address=192.0.2.99 [Phones] wrong password\n"
        #expect(try address("nothing has this number", ["dialled": "\(forged)"], room: "lamplighter") == nil)
    }
}
