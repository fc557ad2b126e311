import GRDB
import Testing

@testable import Mailboxes

@Suite("Queries use indexes alone")
struct PlanTests {
    @Test(
        "no scan of a table and no sorting",
        arguments: [
            ("log-in", ExtensionRow.byNumber), ("stranger", ExtensionRow.byShare),
            ("stranger", ExtensionRow.other),
            ("mailbox", MailboxRow.byNumber), ("mailbox", MailboxRow.byID),
            ("PIN", PINRow.find), ("lockout", LockoutLedger.find), ("lockout", PasswordLockoutRow.byKey),
            ("lockouts", PasswordLockoutRow.locked), ("accounts", ExtensionRow.byMailbox),
            ("counts", MessageRow.counts), ("list", MessageRow.list), ("message", MessageRow.byID),
            ("move", MessageRow.move), ("purge", MessageRow.purge), ("room", MailboxRow.bySpace),
            ("greeting", RecordingRow.findGreeting), ("greetings", RecordingRow.greetings),
            ("audio", RecordingRow.audio),
            ("audio", RecordingRow.chunkHolding), ("changes", DatabaseDoor.changedMailboxes),
            ("expired", Housekeeping.deletedLongAgo), ("expired", Housekeeping.newForLong),
            ("expired", Housekeeping.savedForLong), ("removed", Housekeeping.ofRemoved),
            ("removed", Housekeeping.removedExtensions), ("removed", Housekeeping.removedMailboxes),
            ("drawn", PINRow.isDrawn),
            ("organisation", OrganisationRow.byDomain),
            ("mailboxes", MailboxRow.byDomain), ("organisation", OrganisationRow.byID),
            ("member", MemberRow.isMember), ("bookmark", BookmarkRow.find),
            ("list", ListRow.byOwnNumber), ("list", ListRow.byNumber), ("lists", ListRow.ofOwner),
            ("lists", ListRow.ofOrganisation), ("number", MailboxRow.isTaken), ("part", LetterRow.partByID),
        ])
    func plan(name: String, sql: String) async throws {
        let scratch = try Scratch()
        let store = try await scratch.open()
        let steps = try await store.door.serially { database in
            let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] as String }
        }
        #expect(!steps.isEmpty)
        for step in steps where !step.contains("SCALAR SUBQUERY") && step != "SCAN CONSTANT ROW" {
            #expect(step.hasPrefix("SEARCH"), "\(name): \(steps)")
        }
        if name == "counts" { #expect(steps.allSatisfy { $0.contains("USING COVERING INDEX") }) }
    }

    @Test("recovery and the oldest deleted message touch open and deleted rows only")
    func partial() async throws {
        let scratch = try Scratch()
        let store = try await scratch.open()
        let plans = try await store.door.serially { database in
            try [RecordingRow.leftOpen, RecordingRow.oldestDeleted, RecordingRow.recovery].map { sql in
                let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                statement.setUncheckedArguments(StatementArguments())
                return try Row.fetchAll(statement).map { $0["detail"] as String }.joined(separator: "; ")
            }
        }
        #expect(plans[0].contains("recordingBeingMade"), "\(plans[0])")
        #expect(plans[1].contains("INDEX recordingInFolder (mailbox=? AND state=?)"), "\(plans[1])")
        // The chain of takes is walked by their ids.
        for scan in ["SCAN r;", "SCAN t;", "SCAN recording"] { #expect(!plans[2].contains(scan), "\(plans[2])") }
    }
}
