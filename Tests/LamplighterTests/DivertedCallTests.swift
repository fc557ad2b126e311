// Whose mailbox a diverted call is for (A6): two organisations in one store, each with a 100 and a 101, and INVITEs as
// their trunks send them.

import CallControl
import Dialplan
import Foundation
import Mailboxes
import SIP
import Testing

@testable import lamplighter

@Suite("A6: diverted calls")
struct DivertedCallTests {
    private final class Town: Sendable {
        let store: SQLiteStore
        let folder = NSTemporaryDirectory() + "diverted-" + UUID().uuidString
        static let plan = """
            numbers:
              - { dial: "5000", application: any-mailbox }
              - { dial: "5001", application: own-mailbox }
              - { dial: "5002", application: directory }
              - { dial: "5009", application: any-mailbox, arguments: { language: es } }
              - { dial: "03{mailbox:2-10}", application: leave-message }
              - { dial: "{mailbox:3}", application: leave-message }
            organisations:
              unified.example:
                - { dial: "5001", application: shared-mailbox, arguments: { mailbox: "200" } }
                - { dial: "5003", application: open-mailbox, arguments: { mailbox: "200" } }
                - { dial: "5200", application: leave-message, arguments: { mailbox: "200&101" } }
                - { dial: "+3120555{mailbox:3}", application: leave-message }
            """

        init() async throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            store = try await SQLiteStore.open(path: folder + "/store.sqlite", options: SQLiteStoreOptions())
            for domain in ["unified.example", "dual.example"] {
                _ = try await store.addOrganisation(NewOrganisation(domain: domain, name: domain))
                for number in ["100", "101"] {
                    _ = try await store.addExtension(
                        NewExtension(domain: domain, number: number, password: "secret", pin: "4815"))
                }
            }
            _ = try await store.addMailbox(NewMailbox(domain: "unified.example", number: "200", pin: "4815"))
            _ = try await store.addMailbox(NewMailbox(domain: "dual.example", number: "300", pin: "4815"))
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// What a call to `uri` is for, in a few words: application, its mailbox, who diverted and why.
        func call(
            _ uri: String, at domain: String = "unified.example", from caller: String = "5551234", to: String? = nil,
            _ headers: String...
        ) async throws -> String {
            let lines =
                [
                    "INVITE sip:\(uri) SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
                    "From: <sip:\(caller)@pbx.example>;tag=1", "To: <sip:\(to ?? "5001")@pbx.example>", "Call-ID: 1",
                    "CSeq: 1 INVITE", "Contact: <sip:192.0.2.1>",
                ] + headers + ["", ""]
            guard case .request(let request) = MessageParser.parse(Array(lines.joined(separator: "\r\n").utf8)) else {
                return "unreadable"
            }
            let plan = try Dialplan(yaml: Self.plan, file: "plan.yaml")
            let found = try await DivertedCall(store: store, plan: plan, domain: domain).destination(
                Diversions(of: request), dialled: plan.application(for: request.uri.user ?? "", domain: domain),
                caller: caller)
            guard let found else { return "404" }
            let arguments = found.application.arguments.sorted { $0.key > $1.key }.map(\.value)
            let who = found.diversion.map { ["for \($0.number)", "\($0.reason)"] + ($0.isPrivate ? ["private"] : []) }
            return ([found.application.name] + arguments + (who ?? [])).joined(separator: " ")
        }
    }

    @Test("whatever the number dialled starts, a diverted call leaves a message with the party that diverted it")
    func alwaysADeposit() async throws {
        let town = try await Town()
        for dialled in ["5000", "5001", "5002", "5003", "100", "03100", "5200", "vm", "999999"] {
            let found = try await town.call("\(dialled)@a.b", "Diversion: <sip:101@pbx.example>;reason=no-answer")
            #expect(found == "leave-message 101 for 101 noAnswer", "\(dialled)")
        }
        #expect(try await town.call("5009@a.b", "Diversion: <sip:101@c.d>") == "leave-message 101 es for 101 unknown")
        #expect(try await town.call("5001@a.b") == "shared-mailbox 200", "nobody diverted this one")
        #expect(try await town.call("5001@a.b", at: "dual.example") == "own-mailbox")
        #expect(try await town.call("5200@a.b") == "leave-message 200&101")
    }

    @Test("target before history, history before Diversion")
    func precedence() async throws {
        let town = try await Town()
        let diversion = "Diversion: <sip:200@pbx.example>;reason=time-of-day"
        let history = "History-Info: <sip:101@c.d>;index=1,<sip:5001@a.b;cause=408>;index=1.1;mp=1"
        #expect(
            try await town.call("5001@a.b;target=sip:100%40c.d;cause=486", history, diversion)
                == "leave-message 100 for 100 busy")
        #expect(try await town.call("5001@a.b", history, diversion) == "leave-message 101 for 101 noAnswer")
        #expect(try await town.call("5001@a.b", diversion) == "leave-message 200 for 200 outOfHours")
    }

    @Test("the first diverting party counts, or the last where the organisation wants it so")
    func firstOrLast() async throws {
        let town = try await Town()
        let headers = ["Diversion: <sip:101@c.d>;reason=no-answer", "Diversion: <sip:100@c.d>;reason=unconditional"]
        #expect(try await town.call("5001@a.b", headers[0], headers[1]) == "leave-message 100 for 100 unconditional")
        let organisation = try #require(try await town.store.organisation(domain: "unified.example"))
        _ = try await town.store.changeSettings(of: organisation.id) { $0.diverted = .last }
        #expect(try await town.call("5001@a.b", headers[0], headers[1]) == "leave-message 101 for 101 noAnswer")
    }

    @Test("a diverting party without a mailbox gives way to the next, then to the number dialled, then to 404")
    func unknownParties() async throws {
        let town = try await Town()
        let main = "Diversion: <sip:+31205550000@c.d>;reason=user-busy"
        #expect(
            try await town.call("5001@a.b", "Diversion: <sip:101@c.d>;reason=no-answer", main)
                == "leave-message 101 for 101 noAnswer")
        #expect(try await town.call("5001@a.b", main) == "leave-message 200 for 200 busy")
        #expect(try await town.call("5003@a.b", main) == "leave-message 200 for 200 busy")
        #expect(try await town.call("5200@a.b", main) == "leave-message 200&101 for 200 busy")
        #expect(try await town.call("03100@a.b;cause=408") == "leave-message 100 for 100 noAnswer")
        #expect(try await town.call("5002@a.b", main) == "directory", "it asks nobody for a PIN")
        for dialled in ["5000", "5001", "vm"] {
            #expect(try await town.call("\(dialled)@a.b", at: "dual.example", main) == "404", "\(dialled)")
        }
        #expect(try await town.call("5000@a.b", "Diversion: nonsense") == "404", "unreadable, but diverted")
        #expect(try await town.call("5000@a.b;target=sip:999%40a.b") == "404")
        #expect(try await town.call("999999@a.b") == "404")
    }

    @Test(
        "a number of the outside world is mapped by the number plan",
        arguments: ["sip:+3120-555-101@c.d", "tel:+3120555101;x=1"])
    func mapped(address: String) async throws {
        let town = try await Town()
        let header = "Diversion: <\(address)>;reason=no-answer"
        #expect(try await town.call("5000@a.b", header) == "leave-message 101 for 101 noAnswer")
        #expect(try await town.call("5000@a.b", at: "dual.example", header) == "404", "the other one has no such rule")
    }

    @Test("an extension whose own mailbox is a general one counts, though its old mailbox is still there (A5)")
    func ownIsGeneral() async throws {
        let town = try await Town()
        let account = try #require(try await town.store.account(number: "101", domain: "unified.example"))
        let team = try #require(try await town.store.mailbox(number: "200", domain: "unified.example"))
        try await town.store.setMailbox(team.id, of: account.id)
        let diversion = "Diversion: <sip:101@pbx.example>;reason=no-answer"
        #expect(try await town.call("5001@a.b", diversion) == "leave-message 101 for 101 noAnswer")
        try await town.store.removeMailbox(
            try #require(try await town.store.mailbox(number: "101", domain: "unified.example")).id)
        #expect(try await town.call("5001@a.b", diversion) == "leave-message 101 for 101 noAnswer")
    }

    @Test("A8: another organisation's 100 is not ours, and its mailboxes are not there")
    func organisations() async throws {
        let town = try await Town()
        let foreign = "Diversion: <sip:100@dual.example>;reason=no-answer"
        let own = "Diversion: <sip:101@unified.example>;reason=user-busy"
        #expect(try await town.call("5000@a.b", foreign) == "404")
        #expect(try await town.call("5000@a.b", own, foreign) == "leave-message 101 for 101 busy")
        #expect(try await town.call("5000@a.b", at: "dual.example", foreign) == "leave-message 100 for 100 noAnswer")
        #expect(try await town.call("5000@a.b", at: "dual.example", "Diversion: <sip:200@c.d>") == "404")
        #expect(
            try await town.call("5000@a.b", at: "dual.example", "Diversion: <sip:300@c.d>")
                == "leave-message 300 for 300 unknown")
    }

    @Test("To tells the mailbox only where the pilot number was dialled, and never the caller's own")
    func toHeader() async throws {
        let town = try await Town()
        #expect(try await town.call("5000@a.b", to: "101") == "leave-message 101 for 101 unknown")
        #expect(try await town.call("5000@a.b", from: "101", to: "101") == "any-mailbox", "101 listens to messages")
        #expect(try await town.call("5000@a.b", to: "999") == "any-mailbox")
        #expect(try await town.call("03100@a.b", to: "101") == "leave-message 100")
        #expect(
            try await town.call("5000@a.b", "History-Info: <sip:101@c.d>;index=1,<sip:5000@a.b>;index=1.1")
                == "leave-message 101 for 101 unknown")
    }

    @Test("who wants to stay unnamed is found all the same")
    func privacy() async throws {
        let town = try await Town()
        #expect(
            try await town.call("5000@a.b", "Diversion: <sip:101@c.d>;reason=user-busy;privacy=full")
                == "leave-message 101 for 101 busy private")
        #expect(
            try await town.call(
                "5000@a.b",
                "History-Info: <sip:101@c.d?Privacy=history>;index=1,<sip:5000@a.b;cause=486>;index=1.1;mp=1")
                == "leave-message 101 for 101 busy private")
    }

    @Test("a call that claims a thousand diverting parties is looked up for a few of them only")
    func bounded() async throws {
        let town = try await Town()
        let many = (1...60).map { "<sip:77\($0)@c.d>" }.joined(separator: ",")
        #expect(try await town.call("5000@a.b", "Diversion: <sip:101@c.d>", "Diversion: \(many)") == "404")
    }
}
