// What a server has said and what its database holds, for tests that end it without warning.

import Testing

extension TestServer {
    /// What the log lines with this ending say of a key, in their order.
    /// - Parameter log: nil: all that has been said until now.
    func logged(_ key: String, in log: String? = nil, ending: String) -> [String] {
        (log ?? process.output).split(separator: "\n").filter { $0.hasSuffix(ending) }.compactMap { line in
            line.split(separator: " ").first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
        }
    }

    func expectSoundDatabase() async throws {
        let check = try await run("sqlite3", [directory + "/lamplighter.sqlite", "PRAGMA integrity_check"])
        #expect(check == "ok\n")
        // Orphans, and sums that are not the sum of their parts.
        for query in [
            "PRAGMA foreign_key_check", "SELECT id FROM recording WHERE state = 'open'",
            "SELECT id FROM recording r WHERE bytes <> (SELECT coalesce(sum(length(audio)), 0) FROM chunk WHERE recording = r.id)",
            "SELECT id FROM mailbox m WHERE used <> (SELECT coalesce(sum(bytes), 0) FROM recording WHERE mailbox = m.id)",
            "SELECT id FROM mailbox WHERE used > quota",
        ] {
            let found = try await run("sqlite3", [directory + "/lamplighter.sqlite", query])
            #expect(found.isEmpty, "\(query): \(found)")
        }
    }
}
