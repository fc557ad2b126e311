// SIPp scenarios that need a mailbox with settings of its own: greetings before the answer, and the operator.

import Testing

@Suite("SIPp scenarios of calls that are greeted early or passed on", .serialized)
struct PassingOnScenarioTests {
    @Test("The greeting comes before the answer, with 100rel and PRACK, and the message is left (B8)")
    func earlyMedia() async throws {
        let server = try await TestServer()
        _ = try await server.command("mailbox", "set", "101", "early-greeting=yes")
        try await Sipp.run("early-media-greeting-then-answer", against: server)
        try await server.process.waitFor("message delivered")
        #expect(try await server.messages(in: "101").count == 1)
        #expect(try await server.stop() == 0)
    }

    @Test("A key leads to another mailbox, and an announcement takes no message (B1, B6)")
    func elsewhere() async throws {
        let server = try await TestServer()
        _ = try await server.command("mailbox", "set", "101", "caller-keys=5=mailbox:102")
        try await Sipp.run("key-leads-to-another-mailbox", against: server)
        try await server.process.waitFor("message delivered")
        #expect(try await server.messages(in: "102").count == 1)
        _ = try await server.command("mailbox", "set", "101", "announcement-only=yes")
        try await Sipp.run("announcement-only-takes-no-message", against: server)
        try await server.process.waitFor("reason=announcement heard")
        #expect(try await server.messages(in: "101").isEmpty)
        #expect(try await server.stop() == 0)
    }

    @Test("The operator by REFER; when he is busy the message is left after all (B1)")
    func refer() async throws {
        let server = try await TestServer(["PHONES_OUTBOUND": "example.org 127.0.0.1:9"])
        _ = try await server.command("mailbox", "set", "101", "operator=102")
        try await Sipp.run("operator-by-refer", against: server)
        #expect(try await server.messages(in: "101").isEmpty)
        try await Sipp.run("operator-is-busy-and-the-message-is-left", against: server)
        try await server.process.waitFor("message delivered")
        #expect(try await server.messages(in: "101").count == 1)
        #expect(try await server.stop() == 0)
    }

    @Test(
        "The operator by a second call through the organisation's trunk, by UDP and by a connection that is opened (B1)",
        arguments: [("u1", ""), ("t1", " tcp")])
    func bridge(transport: String, setting: String) async throws {
        let port = Int.random(in: 18_000..<19_000)
        let server = try await TestServer(["PHONES_OUTBOUND": "example.org 127.0.0.1:\(port)\(setting)"])
        _ = try await server.command("mailbox", "set", "101", "operator=102")
        _ = try await server.command("organisation", "set", "example.org", "transfer=bridge")
        async let operatorsCall = Sipp.run(
            "operator-answers", against: server, transport: transport, ["-p", "\(port)"])
        try await Sipp.run("operator-by-bridge", against: server)
        _ = try await operatorsCall
        #expect(try await server.messages(in: "101").isEmpty)
        #expect(try await server.stop() == 0)
    }
}
