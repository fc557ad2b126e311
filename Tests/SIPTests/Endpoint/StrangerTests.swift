// What somebody sends who is not in a call (G4): he does not know all that names it, and so changes nothing in it.

import NIOSSL
import Testing

@testable import SIP

@Suite("G4: strangers")
struct StrangerTests {
    @Test(
        "A BYE, INFO, UPDATE or re-INVITE that has the Call-ID or a tag wrong gets 481, and the call goes on",
        arguments: ["BYE", "INFO", "UPDATE", "INVITE"])
    func spoofed(method: String) async throws {
        try await Bench.run { bench in
            let (phone, stranger) = (try await bench.phone(), try await bench.phone())
            let (caller, _, _) = try await bench.call(phone)
            var wrong = [caller, caller, caller, caller]
            wrong[0].callID = "another"
            wrong[1].tag = "guessed"
            wrong[2].toTag = "guessed"
            wrong[3].toTag = caller.toTag.map { $0.uppercased() + "0" }
            for (number, spoof) in wrong.enumerated() {
                stranger.send(spoof.text(method, 100 + number))
                #expect(try await stranger.final().status == 481)
            }
            #expect(try await phone.hearsNothing())
            #expect(await bench.endpoint.statistics.calls == 1)
            phone.send(caller.text("BYE", 2))
            #expect(try await phone.response().status == 200)
        }
    }

    @Test("A CANCEL with the right branch and another Call-ID or CSeq gets 481, and it rings on")
    func cancel() async throws {
        try await Bench.run { bench in
            let (phone, stranger) = (try await bench.phone(), try await bench.phone())
            let caller = phone.caller
            phone.send(caller.text("INVITE", 1, branch: "z9hG4bK-known", body: Caller.offer))
            let invite = try await bench.user.calls.stream.first()
            #expect(try await phone.response().status == 100)
            var spoof = caller
            spoof.callID = "another"
            stranger.send(spoof.text("CANCEL", 1, branch: "z9hG4bK-known"))
            stranger.send(caller.text("CANCEL", 2, branch: "z9hG4bK-known"))
            for _ in 1...2 { #expect(try await stranger.response().status == 481) }
            invite.ring()
            #expect(try await phone.response().status == 180)
            phone.send(caller.text("CANCEL", 1, branch: "z9hG4bK-known"))
            #expect(try await phone.response().status == 200)
            #expect(try await phone.response().status == 487)
        }
    }

    @Test("An ACK with a tag wrong ends no repetition of the 200")
    func acknowledgement() async throws {
        try await Bench.run { bench in
            let (phone, stranger) = (try await bench.phone(), try await bench.phone())
            var caller = phone.caller
            phone.send(caller.text("INVITE", 1, body: Caller.offer))
            let invite = try await bench.user.calls.stream.first()
            _ = await invite.answer(sdp: try SessionDescription(parsing: Array(Caller.offer.utf8)))
            #expect(try await phone.final().status == 200)
            caller.toTag = "guessed"
            stranger.send(caller.text("ACK", 1, branch: "z9hG4bK-ack"))
            #expect(try await stranger.hearsNothing())
            await bench.advance(.milliseconds(500))
            #expect(try await phone.response().status == 200)
        }
    }

    @Test("Of a call by TLS nothing is taken by UDP or TCP, whatever it knows")
    func unprotected() async throws {
        let authority = try CertificateAuthority()
        let own = try authority.issue(for: "IP:127.0.0.1")
        let credentials = try TLSCredentials(
            certificate: (own.certificate, own.key), clientAuthority: nil, authority: authority.certificate,
            verifies: true)
        try await Bench.run { configuration in
            configuration.listenSecurely = [HostPort(host: "127.0.0.1", port: 0)]
            configuration.credentials = credentials
        } _: { bench in
            let phone = try await Phone(connectedTo: bench.secureAddress, tls: try authority.client())
            let (caller, _, _) = try await bench.call(phone)
            for stranger in [try await bench.phone(), try await bench.connection()] {
                var spoof = stranger.caller
                (spoof.callID, spoof.tag, spoof.toTag) = (caller.callID, caller.tag, caller.toTag)
                stranger.send(spoof.text("BYE", 2))
                #expect(try await stranger.response().status == 481)
            }
            phone.send(caller.text("BYE", 2))
            #expect(try await phone.response().status == 200)
        }
    }
}
