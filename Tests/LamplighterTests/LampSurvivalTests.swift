// Lamps over kill -9 of the real program (F2): a phone that has only subscribed still has its lamp.

import Foundation
import SIP
import SIPTestPhone
import Testing

@Suite("Lamps survive", .serialized)
struct LampSurvivalTests {
    private static let host = "127.0.0.1"

    private func address(of server: TestServer) -> HostPort { HostPort(host: Self.host, port: UInt16(server.port)) }

    private func kept(_ server: TestServer) async throws -> Int {
        let count = try await run(
            "sqlite3", [server.directory + "/lamplighter.sqlite", "SELECT count(*) FROM subscription"])
        return Int(count.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    @Test("kill -9, twice: the dialog goes on by UDP, told at once, with a message that comes, refreshed and ended")
    func datagrams() async throws {
        var server = try await TestServer()
        let phone = try await TestPhone(server: address(of: server))
        var lamp = LampWatch("101", password: "lamp-101", to: "5001")
        #expect(try await lamp.subscribe(by: phone) == 200)
        var last = try #require(await phone.next())
        #expect(last.lamp == "active Voice-Message: 0/0 (0/0)")
        for _ in 0..<2 {
            try await server.kill()
            server = try await server.restarted()
            let next = try #require(await phone.next())
            #expect(lamp.owns(next) && next.lamp == "active Voice-Message: 0/0 (0/0)")
            #expect(next.head.cseq.number > last.head.cseq.number)
            last = next
        }
        try await Sipp.run("leave-message-hang-up-while-recording", against: server)
        let lit = try #require(await phone.next())
        #expect(lamp.owns(lit) && lit.lamp == "active Voice-Message: 1/0 (0/0)")
        #expect(try await lamp.subscribe(by: phone) == 200)
        #expect(await phone.next()?.lamp == "active Voice-Message: 1/0 (0/0)")
        #expect(try await kept(server) == 1)
        #expect(try await lamp.subscribe(by: phone, expires: 0) == 200)
        #expect(await phone.next()?.lamp == "terminated Voice-Message: 1/0 (0/0)")
        #expect(try await server.stop() == 0)
        #expect(try await kept(server) == 0)
    }

    @Test("kill -9: a subscription by TCP waits for its phone, and a clean stop leaves none")
    func connection() async throws {
        let before = try await TestServer()
        let phone = try await TestPhone(server: address(of: before), by: .tcp)
        var lamp = LampWatch("101", password: "lamp-101")
        #expect(try await lamp.subscribe(by: phone) == 200)
        #expect(await phone.next() != nil)
        try await before.kill()
        let server = try await before.restarted()
        let again = try await TestPhone(server: address(of: server), by: .tcp)
        #expect(try await lamp.subscribe(by: again) == 200)
        let notify = try #require(await again.next())
        #expect(lamp.owns(notify) && notify.lamp == "active Voice-Message: 0/0 (0/0)")
        #expect(try await kept(server) == 1)
        #expect(try await server.stop() == 0)
        #expect(await again.next()?.head["Subscription-State"] == "terminated;reason=deactivated")
        #expect(try await kept(server) == 0)
    }
}
