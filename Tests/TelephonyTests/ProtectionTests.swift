// G3: who gets keys: those whose signalling nobody can read along, and those whose account or trunk wants them; and what
// a re-INVITE does to them.

import CallControl
import Media
import SIP
import Testing

@testable import Telephony

@Suite("Encrypted audio (G3)")
struct ProtectionTests {
    private let party = Party(account: "100", domain: "example.org", address: "192.0.2.1")

    private func flow(_ transport: Transport) -> Flow {
        Flow(
            transport: transport, local: HostPort(host: "127.0.0.1", port: 5_060),
            remote: HostPort(host: "192.0.2.1", port: 5_060))
    }

    private func capabilities(
        _ protection: Protection, _ transport: Transport, inClear: Bool = false
    ) -> MediaCapabilities {
        let terms = AudioTerms(protection: { _ in protection }, exchangesKeysInClear: inClear)
        return terms.capabilities(with: party, over: flow(transport), address: "127.0.0.1", port: 20_000)
    }

    private func offer(_ key: Character, suite: String = "AES_CM_128_HMAC_SHA1_80") throws -> SessionDescription {
        let text =
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n"
            + "a=crypto:1 \(suite) inline:\(String(repeating: key, count: 40))\r\n"
        return try SessionDescription(parsing: Array(text.utf8))
    }

    @Test("Keys go over TLS alone, unless the laboratory permits it", arguments: [Protection.preferred, .required])
    func keysAreNotForEverybody(protection: Protection) {
        #expect(capabilities(protection, .tls).key != nil)
        for transport in [Transport.udp, .tcp] {
            #expect(capabilities(protection, transport).key == nil)
            #expect(capabilities(protection, transport, inClear: true).key != nil)
        }
        #expect(capabilities(protection, .tls).requiresProtection == (protection == .required))
        #expect(capabilities(.off, .tls, inClear: true).key == nil)
        #expect(capabilities(protection, .tls).key != capabilities(protection, .tls).key)
    }

    @Test("A key that is required and cannot be exchanged refuses the call")
    func refused() throws {
        let ours = capabilities(.required, .udp)
        let offer = try offer("A")
        #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.answer(to: offer, with: ours) }
    }

    @Test("Our key stays in a re-INVITE with the same one of the peer's, and changes with it")
    func newKeys() throws {
        let ours = capabilities(.preferred, .tls)
        let (_, agreement) = try SDPNegotiation.answer(to: offer("A"), with: ours)
        var call = try #require(Negotiation(agreement, ours))
        let first = try #require(call.parameters.protection)
        var answered = try call.answer(to: offer("A"))
        #expect(answered != nil && call.parameters.protection == first)
        answered = try call.answer(to: offer("B"))
        let second = try #require(call.parameters.protection)
        #expect(second.sendingKey != first.sendingKey && second.receivingKey != first.receivingKey)
        let expected = try SDPNegotiation.agreement(offered: offer("B"), answer: try #require(answered))
        #expect(expected.keys?.theirs.bytes == second.sendingKey, "what was answered is what is used")
        answered = try call.answer(to: offer("B", suite: "AES_CM_128_HMAC_SHA1_32"))
        #expect(call.parameters.protection?.tag == .bits32)
        #expect(call.parameters.protection?.sendingKey != second.sendingKey)
    }
}
