// One system, two organisations with the same numbers (A8), each with its own idea of a general mailbox (A5) and a
// trunk of its own that diverts calls to it (A6): the real program, real sockets.

import Foundation
import Mailboxes
import Testing

@testable import lamplighter

@Suite("Two organisations on one system", .serialized)
struct OrganisationTests {
    static let domains = ["unified.example", "dual.example"]
    static let trunks = ["unified.example": "127.0.0.2", "dual.example": "127.0.0.3"]

    private func server() async throws -> TestServer {
        let server = try await TestServer([
            "DIALPLAN": Sipp.folder + "/organisations.yaml",
            "PHONES_PEERS": Self.trunks.map { "\($1) \($0)" }.joined(separator: ","),
        ])
        let store = try await SQLiteStore.administer(directory: server.directory, creating: false)
        for domain in Self.domains {
            _ = try await store.addOrganisation(NewOrganisation(domain: domain, name: domain))
            let general = try await store.addMailbox(NewMailbox(domain: domain, number: "200", pin: "4815"))
            for number in ["100", "101", "102"] {
                let password = "\(domain.prefix { $0 != "." })-\(number)"
                let account = try await store.addExtension(
                    NewExtension(domain: domain, number: number, password: password, pin: "4815"))
                if number == "100" { try await store.addMember(account.id, to: general.id) }
            }
        }
        try await store.close()
        return server
    }

    /// "101@dual.example new" for every message of both organisations.
    private func messages(_ server: TestServer) async throws -> [String] {
        var found: [String] = []
        for domain in Self.domains + ["example.org"] {
            for number in ["100", "101", "102", "200"] {
                for message in try await server.messages(in: number, of: domain) {
                    found.append("\(number)@\(domain) from \(message.caller.prefix { $0 != " " })")
                }
            }
        }
        return found
    }

    @Test(
        "A6: each way to say who diverted a call leads to that mailbox of the trunk's organisation, with the reason",
        arguments: [
            ("diverted-busy-hears-the-busy-greeting", "101 busy"), ("diverted-by-history-info", "101 noAnswer"),
            ("rfc4458-target", "101 busy"), ("diverted-call-to-5001-is-a-deposit", "101 unconditional"),
        ])
    func diverted(scenario: String, diversion: String) async throws {
        let server = try await server()
        for (count, domain) in Self.domains.enumerated() {
            let local = try #require(Self.trunks[domain])
            try await Sipp.run(scenario, against: server, from: local)
            try await server.process.waitFor("diverted=\(diversion)", times: (count + 1) * 2)
            try await server.process.waitFor("message delivered", times: count + 1)
            #expect(try await messages(server) == Self.domains[...count].map { "101@\($0) from +31205551234" })
        }
        #expect(!server.process.output.contains("logged in"))
        #expect(try await server.stop() == 0)
    }

    @Test("A6, A10: diverted by a number without a mailbox, a call to 5000 gets 404")
    func nobody() async throws {
        let server = try await server()
        try await Sipp.run("diverted-by-nobody-here-is-404", against: server, from: "127.0.0.3")
    }

    @Test("A6: what a phone says about a diversion is not believed")
    func untrusted() async throws {
        let server = try await server()
        try await Sipp.run("untrusted-diversion-is-ignored", against: server)
        try await server.process.waitFor("logged in")
        #expect(server.process.output.contains("mailbox=100@example.org"))
        #expect(!server.process.output.contains("diverted="))
        #expect(try await messages(server).isEmpty)
    }

    @Test("A8: a trunk's calls reach its organisation's mailbox and no other of that number")
    func trunks() async throws {
        let server = try await server()
        for (count, domain) in Self.domains.enumerated() {
            let local = try #require(Self.trunks[domain])
            try await Sipp.run("call-from-a-trunk-leaves-a-message", against: server, from: local)
            try await server.process.waitFor("message delivered", times: count + 1)
            #expect(try await messages(server) == Self.domains[...count].map { "101@\($0) from +31205551234" })
        }
    }

    @Test("B6: one call leaves its message in two mailboxes, of the trunk's organisation only")
    func several() async throws {
        let server = try await server()
        try await Sipp.run("one-call-for-several-mailboxes", against: server, from: "127.0.0.3")
        try await server.process.waitFor("message delivered")
        #expect(
            try await messages(server) == [101, 102].map { "\($0)@dual.example from +31205551234" })
    }

    @Test("A8: the same extension in two organisations has two passwords, and neither opens the other")
    func passwords() async throws {
        let server = try await server()
        try await Sipp.run("two-organisations", against: server)
        #expect(!server.process.output.contains("application="))
        try await Sipp.run("dual-5001-is-personal", against: server)
        try await server.process.waitFor("logged in")
        #expect(server.process.output.contains("mailbox=100@dual.example"))
    }

    @Test("A5: one organisation's 5001 opens its general mailbox while the other's opens each phone's own")
    func unifiedAndDual() async throws {
        let server = try await server()
        let visits = [
            ("unified-5001", "200@unified.example"), ("dual-member", "200@dual.example"),
            ("dual-5001-is-personal", "100@dual.example"),
        ]
        for (count, visit) in visits.enumerated() {
            try await Sipp.run(visit.0, against: server)
            try await server.process.waitFor("logged in", times: count + 1)
            let line = server.process.output.split(separator: "\n").last { $0.contains("logged in") }
            #expect(line?.contains("mailbox=\(visit.1)") == true, "\(line ?? "")")
        }
        #expect(try await messages(server).isEmpty)
        try await Sipp.run("dual-stranger", against: server)
        try await server.process.waitFor("message delivered")
        #expect(try await messages(server) == ["200@dual.example from 101"])
    }
}
