// Offer and answer for one audio stream (G2): the offer's codec order, its streams in their order, mirrored directions.
import Testing

@testable import SIP

@Suite("G2: offer and answer")
struct NegotiationTests {
    private let capabilities = MediaCapabilities(address: "192.0.2.50", port: 20000, sessionID: 7, version: 1)

    private func offer(_ media: String, session: String = "c=IN IP4 192.0.2.1\r\n") throws -> SessionDescription {
        try SessionDescription(
            parsing: Array("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n\(session)t=0 0\r\n\(media)".utf8))
    }

    private func answer(_ media: String, session: String = "c=IN IP4 192.0.2.1\r\n") throws -> (String, AudioAgreement)
    {
        let (answer, agreement) = try SDPNegotiation.answer(to: offer(media, session: session), with: capabilities)
        return (String(decoding: answer.encoded(), as: UTF8.self), agreement)
    }

    @Test func `the answer is complete, canonical and ours alone`() throws {
        let (text, agreement) = try answer(
            """
            m=audio 49170 RTP/AVP 9 8 0 101\r
            a=rtpmap:9 G722/8000\r
            a=rtpmap:8 PCMA/8000\r
            a=rtpmap:101 telephone-event/8000\r
            a=fmtp:101 0-16\r
            a=x-hostile:copy me\r

            """)
        #expect(
            text == """
                v=0\r
                o=lamplighter 7 1 IN IP4 192.0.2.50\r
                s=-\r
                c=IN IP4 192.0.2.50\r
                t=0 0\r
                m=audio 20000 RTP/AVP 8 101\r
                a=rtpmap:8 PCMA/8000\r
                a=rtpmap:101 telephone-event/8000\r
                a=fmtp:101 0-15\r
                a=ptime:20\r
                a=sendrecv\r

                """)
        #expect(
            agreement
                == AudioAgreement(
                    encoding: "PCMA", payloadType: 8, telephoneEvent: 101, remoteAddress: "192.0.2.1",
                    remotePort: 49170, remoteControlPort: 49171, direction: .sendReceive))
    }

    @Test(arguments: [
        ("0 8", "PCMU", UInt8(0)), ("8 0", "PCMA", 8), ("18 0", "PCMU", 0), ("3 8 0", "PCMA", 8),
    ])
    func `the offer's order decides, and static payload types need no rtpmap`(
        _ formats: String, _ encoding: String, _ payloadType: UInt8
    ) throws {
        let (_, agreement) = try answer("m=audio 4000 RTP/AVP \(formats)\r\n")
        #expect(
            agreement.encoding == encoding && agreement.payloadType == payloadType && agreement.telephoneEvent == nil)
    }

    @Test func `a dynamic payload type for PCMU is answered with that type, and an rtpmap overrules the static one`()
        throws
    {
        let (text, agreement) = try answer(
            "m=audio 4000 RTP/AVP 0 107\r\na=rtpmap:0 G729/8000\r\na=rtpmap:107 pcmu/8000/1\r\n")
        #expect(agreement.payloadType == 107 && agreement.encoding == "PCMU")
        #expect(text.contains("m=audio 20000 RTP/AVP 107\r\na=rtpmap:107 PCMU/8000\r\n"))
    }

    @Test func `of three telephone-events the one with the codec's clock is taken`() throws {
        let (_, agreement) = try answer(
            """
            m=audio 4000 RTP/AVP 96 0 97 98 99\r
            a=rtpmap:96 opus/48000/2\r
            a=rtpmap:97 telephone-event/48000\r
            a=rtpmap:98 telephone-event/16000\r
            a=rtpmap:99 telephone-event/8000\r

            """)
        #expect(agreement.telephoneEvent == 99)
    }

    @Test(arguments: [
        ("a=sendrecv", MediaDirection.sendReceive), ("a=sendonly", .receiveOnly), ("a=recvonly", .sendOnly),
        ("a=inactive", .inactive), ("a=ptime:30", .sendReceive),
    ])
    func `directions are mirrored, at the stream and at the session`(_ line: String, _ ours: MediaDirection) throws {
        let (text, agreement) = try answer("m=audio 4000 RTP/AVP 0\r\n\(line)\r\n")
        #expect(agreement.direction == ours && text.hasSuffix("a=\(ours.rawValue)\r\n"))
        let session = "c=IN IP4 192.0.2.1\r\n\(line)\r\n"
        #expect(try answer("m=audio 4000 RTP/AVP 0\r\n", session: session).1.direction == ours)
        #expect(try answer("m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n", session: session).1.direction == .sendReceive)
    }

    @Test func `an address of zeros holds the old way: we send nothing`() throws {
        #expect(try answer("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n").1.direction == .receiveOnly)
        #expect(
            try answer("m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n", session: "c=IN IP4 0.0.0.0\r\n").1.direction
                == .inactive)
    }

    @Test func `the stream's own address and RTCP port win over the defaults`() throws {
        let (_, agreement) = try answer("m=audio 65535 RTP/AVP 0\r\nc=IN IP4 192.0.2.77/127\r\n")
        #expect(agreement.remoteAddress == "192.0.2.77" && agreement.remoteControlPort == 65535)
        let (_, other) = try answer(
            "m=audio 4000/2 RTP/AVP 0\r\na=rtcp:53020 IN IP4 192.0.2.7\r\n", session: "c=IN IP4 192.0.2.9\r\n")
        #expect(other.remoteAddress == "192.0.2.9" && other.remoteControlPort == 53020)
    }

    @Test func `streams that we do not take keep their place with port 0`() throws {
        let (text, agreement) = try answer(
            """
            m=video 5000 RTP/AVP 31 32\r
            m=audio 4000 RTP/SAVP 0\r
            m=audio 4002 RTP/AVP 8\r
            m=audio 4004 RTP/AVP 0\r
            m=image 4006 udptl t38\r
            a=T38MaxBitRate:14400\r

            """)
        let lines = text.split(separator: "\r\n").filter { $0.hasPrefix("m=") }
        #expect(
            lines == [
                "m=video 0 RTP/AVP 31", "m=audio 0 RTP/SAVP 0", "m=audio 20000 RTP/AVP 8", "m=audio 0 RTP/AVP 0",
                "m=image 0 udptl t38",
            ])
        #expect(agreement.remotePort == 4002 && !text.contains("T38MaxBitRate"))
    }

    @Test(arguments: [
        "", "m=video 5000 RTP/AVP 31\r\n", "m=audio 0 RTP/AVP 0\r\n", "m=audio 4000 RTP/SAVP 0\r\n",
        "m=audio 4000 RTP/AVPF 0\r\n", "m=audio 4000 RTP/AVP 18 9\r\n",
        "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/16000\r\n",
        "m=audio 4000 RTP/AVP 107\r\na=rtpmap:107 PCMU/8000/2\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 phone.example.org\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 255.255.255.255\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n", "m=audio 4000 RTP/AVP 256\r\na=rtpmap:256 PCMU/8000\r\n",
    ])
    func `nothing usable is nothing in common, which becomes 488`(_ media: String) throws {
        let offer = try offer(media)
        #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.answer(to: offer, with: capabilities) }
    }

    @Test func `an offer without any address has nothing in common either`() throws {
        let offer = try offer("m=audio 4000 RTP/AVP 0\r\n", session: "")
        #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.answer(to: offer, with: capabilities) }
    }

    @Test(arguments: [
        ("9 0", "G722", UInt8(9)), ("0 9", "PCMU", 0), ("9", "G722", 9), ("18 9 8", "G722", 9),
    ])
    func `G2: G.722 is taken with a clock of 8 kHz where the offer has it first`(
        _ formats: String, _ encoding: String, _ payloadType: UInt8
    ) throws {
        var ours = capabilities
        ours.codecs = [.pcmu, .pcma, .g722]
        let offer = try offer("m=audio 4000 RTP/AVP \(formats) 101\r\na=rtpmap:101 telephone-event/8000\r\n")
        let (answer, agreement) = try SDPNegotiation.answer(to: offer, with: ours)
        #expect(agreement.encoding == encoding && agreement.payloadType == payloadType)
        #expect(agreement.telephoneEvent == 101)
        #expect(answer.media.first?["rtpmap"] == "\(payloadType) \(encoding)/8000")
        #expect(SDPNegotiation.offer(with: ours).media.first?.formats == ["0", "8", "9", "101"])
    }

    @Test(arguments: [([CodecName.g722, .pcma], "9"), ([.pcma, .g722], "8"), ([.pcmu], "0")])
    func `G2: our order decides where it is insisted on`(_ codecs: [CodecName], _ chosen: String) throws {
        var ours = capabilities
        ours.codecs = codecs
        ours.insistsOnOrder = true
        let (answer, _) = try SDPNegotiation.answer(to: offer("m=audio 4000 RTP/AVP 0 8 9\r\n"), with: ours)
        #expect(answer.media.first?.formats == [chosen])
    }

    @Test func `G2: G.722 with a clock that it never has is something else`() throws {
        var ours = capabilities
        ours.codecs = [.g722]
        let offer = try offer("m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 G722/16000\r\n")
        #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.answer(to: offer, with: ours) }
    }

    @Test func `IPv6 on both sides works`() throws {
        let ours = MediaCapabilities(address: "2001:db8::50", port: 20000, sessionID: 7, version: 1)
        let offer = try offer("m=audio 4000 RTP/AVP 0\r\n", session: "c=IN IP6 2001:db8::1\r\n")
        let (answer, agreement) = try SDPNegotiation.answer(to: offer, with: ours)
        #expect(agreement.remoteAddress == "2001:db8::1")
        let text = String(decoding: answer.encoded(), as: UTF8.self)
        #expect(
            text.contains("c=IN IP6 2001:db8::50\r\n") && text.contains("o=lamplighter 7 1 IN IP6 2001:db8::50\r\n"))
    }

    @Test func `our own offer, answered, settles what the answer chose`() throws {
        let offer = SDPNegotiation.offer(with: capabilities)
        #expect(String(decoding: offer.encoded(), as: UTF8.self).contains("m=audio 20000 RTP/AVP 0 8 101\r\n"))
        let answer = try self.offer("m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=recvonly\r\n")
        let agreement = try SDPNegotiation.agreement(offered: offer, answer: answer)
        #expect(agreement.encoding == "PCMA" && agreement.telephoneEvent == 101 && agreement.direction == .sendOnly)
        let peer = MediaCapabilities(address: "192.0.2.60", port: 30000, codecs: [.pcma], sessionID: 9, version: 1)
        let (theirs, seenByPeer) = try SDPNegotiation.answer(to: offer, with: peer)
        #expect(seenByPeer.remotePort == 20000)
        #expect(try SDPNegotiation.agreement(offered: offer, answer: theirs).remotePort == 30000)
        for refusal in [
            "m=audio 0 RTP/AVP 0\r\n", "m=audio 4000 RTP/AVP 18\r\n",
            "m=audio 4000 RTP/AVP 107\r\na=rtpmap:107 PCMU/8000\r\n", "",
        ] {
            let answer = try self.offer(refusal)
            #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.agreement(offered: offer, answer: answer) }
        }
    }
}
