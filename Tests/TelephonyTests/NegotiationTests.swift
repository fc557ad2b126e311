// What later offers of a call come to: hold, another codec, and a re-INVITE that wants our offer.

import CallControl
import Media
import SIP
import Testing

@testable import Telephony

@Suite("Later offers of a call (G2)")
struct NegotiationTests {
    private let capabilities = MediaCapabilities(
        address: "127.0.0.1", port: 20_000, codecs: [.pcmu, .pcma], sessionID: 1, version: 1)

    private func description(
        _ formats: String, _ direction: String = "sendrecv", address: String = "127.0.0.1"
    ) throws -> SessionDescription {
        let text =
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 \(address)\r\nt=0 0\r\nm=audio 4000 RTP/AVP \(formats)\r\n"
            + "a=rtpmap:101 telephone-event/8000\r\na=\(direction)\r\n"
        return try SessionDescription(parsing: Array(text.utf8))
    }

    private func call(_ formats: String) throws -> Negotiation {
        let (_, agreement) = try SDPNegotiation.answer(to: description(formats), with: capabilities)
        return try #require(Negotiation(agreement, capabilities))
    }

    @Test(
        "Whoever does not listen holds: nothing is played and nothing recorded",
        arguments: [
            ("sendonly", "127.0.0.1"), ("inactive", "127.0.0.1"), ("sendrecv", "0.0.0.0"),
        ])
    func hold(direction: String, address: String) throws {
        var call = try call("0 101")
        let held = try call.answer(to: description("0 101", direction, address: address))
        #expect(held != nil)
        #expect(!call.parameters.sends)
        #expect(!call.parameters.receives)
        let resumed = try call.answer(to: description("0 101"))
        #expect(resumed != nil)
        #expect(call.parameters.sends)
        #expect(call.parameters.receives)
    }

    @Test("Who never listened holds nothing: it is heard, also after a refresh; once it has listened, it holds (B8)")
    func oneWay() throws {
        let (_, agreement) = try SDPNegotiation.answer(to: description("0 101", "sendonly"), with: capabilities)
        var call = try #require(Negotiation(agreement, capabilities))
        #expect(!call.parameters.sends && call.parameters.receives)
        _ = try call.answer(to: description("0 101", "sendonly"))
        #expect(!call.parameters.sends && call.parameters.receives)
        for (direction, receives) in [("sendrecv", true), ("sendonly", false)] {
            _ = try call.answer(to: description("0 101", direction))
            #expect(call.parameters.receives == receives)
        }
        for (direction, address) in [("inactive", "127.0.0.1"), ("sendonly", "0.0.0.0"), ("sendrecv", "0.0.0.0")] {
            let offer = try description("0 101", direction, address: address)
            let held = try #require(Negotiation(SDPNegotiation.answer(to: offer, with: capabilities).1, capabilities))
            #expect(!held.parameters.sends && !held.parameters.receives)
        }
    }

    @Test("A re-INVITE without an offer gets ours, and its ACK the answer (RFC 3261 §14.2)")
    func lateOffer() throws {
        var call = try call("8 0 101")
        let offer = call.answer(to: nil)
        #expect(offer?.media.first?.formats == ["8", "0", "101"])
        let fits = try call.complete(with: description("0 101", "sendonly"))
        #expect(fits)
        #expect(call.parameters.codec == .pcmu)
        #expect(!call.parameters.sends)
        #expect(call.encoding == .pcma)
    }

    @Test("The call's codec is kept where it is offered, and another one taken where it is not")
    func anotherCodec() throws {
        var call = try call("0 101")
        let both = try call.answer(to: description("8 0 101"))
        #expect(both?.media.first?.formats == ["0", "101"])
        #expect(call.parameters.codec == .pcmu)
        let other = try call.answer(to: description("8 101"))
        #expect(other?.media.first?.formats == ["8", "101"])
        #expect(call.parameters.codec == .pcma)
        #expect(call.parameters.payloadType == 8)
        #expect(call.encoding == .pcmu)
        let none = try call.answer(to: description("18"))
        #expect(none == nil)
    }
}
