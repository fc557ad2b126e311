// Valid messages damaged at random (G1): nothing that comes in may crash the parser, and what it accepts must survive
// being written and read again. The generator is seeded, so a failure can be repeated.
import SeededNumbers
import Testing

@testable import SIP

extension SplitMix64 {
    private static let signs = Array("\r\n \t\0\"\\<>;,:=@%?&*/[]()0aZ\u{7F}é".utf8) + [0xFF, 0xFE]

    mutating func damage(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...Int.random(in: 0...2, using: &self) {
            guard let place = bytes.indices.randomElement(using: &self) else { break }
            let end = min(bytes.count, place + Int.random(in: 1...20, using: &self))
            switch Int.random(in: 0...6, using: &self) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes[place] = Self.signs.randomElement(using: &self) ?? 0
            case 2: bytes.insert(Self.signs.randomElement(using: &self) ?? 0, at: place)
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: bytes.indices.randomElement(using: &self) ?? 0)
            case 5: bytes.swapAt(place, bytes.indices.randomElement(using: &self) ?? place)
            default: if Bool.random(using: &self) { bytes.removeSubrange(place...) }
            }
        }
        return bytes
    }
}

@Suite("G1: damaged messages")
struct MutationTests {
    private static let corpus: [[UInt8]] = [
        Wire.invite(
            replacing: [
                "Via: SIP/2.0/UDP [2001:db8::9:1]:5066;received=2001:db8::9:255;branch=z9hG4bKas3, SIP/2.0/TCP a.b"
            ],
            adding: [
                "Record-Route: <sip:p2.example.org;lr>, <sip:p1.example.org:5061;lr>", "Route: <sip:192.0.2.9;lr>",
            ],
            body: "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"),
        Wire.message(
            "REGISTER sip:example.org SIP/2.0",
            replacing: [
                #"Contact: "A, \"B\"" <sip:100%2C@192.0.2.1;ob>;+sip.instance="<urn:uuid:1>";q=0.5, <tel:+1>;expires=6"#
            ],
            adding: [
                #"Authorization: Digest username="100", realm="e.org", nonce="n", uri="sip:e.org", response="r""#
            ]),
        Wire.message("SIP/2.0 200 OK", replacing: ["CSeq: 8 NOTIFY", "To: sip:a:b%40c@example.org;user=phone;tag=1"]),
        Wire.message(
            "SUBSCRIBE sip:100@example.org SIP/2.0",
            adding: ["o: message-summary", "Accept: application/simple-message-summary"]),
    ]

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `5,000 damaged messages crash nothing, and accepted ones read back the same`(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var accepted = 0
        for _ in 0..<5_000 {
            let bytes = generator.damage(Self.corpus.randomElement(using: &generator) ?? [])
            switch MessageParser.parse(bytes) {
            case .request(let request):
                accepted += 1
                let again = Wire.request(request.encoded())
                if again != request { Issue.record("\(request)\n\(String(describing: again))") }
            case .response(let response):
                accepted += 1
                let again = Wire.response(response.encoded())
                if again != response { Issue.record("\(response)\n\(String(describing: again))") }
            case .refused(let answer, _):
                guard var answer else { continue }
                // A malformed Call-ID is repeated, since the sender matches by it.
                answer.head.callID = "x"
                if Wire.response(answer.encoded()) != answer { Issue.record("\(answer)") }
            }
        }
        #expect(accepted > 500 && accepted < 4_500, "\(accepted)")
    }

    @Test func `damaged streams end in messages or an error, never above the bound`() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<1_000 {
            var framer = StreamFramer()
            do throws(FramingError) {
                for _ in 0..<4 {
                    try framer.append(generator.damage(Self.corpus.randomElement(using: &generator) ?? []))
                    while framer.next() != nil {}
                }
            } catch { #expect(framer.unfinished == 0) }
            #expect(framer.unfinished <= MessageParser.maximumSize)
        }
    }

    @Test func `damaged descriptions and credentials are read or refused`() throws {
        let sdp = Array(
            """
            v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000/2 RTP/AVP 107 8 101\r
            a=rtpmap:107 PCMU/8000/1\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:4009\r
            a=sendonly\r\nm=video 1 RTP/AVP 31\r\n
            """.utf8)
        let digest = Array(
            #"Digest username="1\"", realm=r, nonce="n", uri="sip:x", response="r", qop=auth, nc=00000001, cnonce=c"#
                .utf8)
        let capabilities = MediaCapabilities(address: "192.0.2.50", port: 20000, sessionID: 7, version: 1)
        var generator = SplitMix64(seed: 6)
        var answered = 0
        for _ in 0..<5_000 {
            if let credentials = try? DigestCredentials(
                parsing: String(decoding: generator.damage(digest), as: UTF8.self))
            {
                #expect(!credentials.nonce.isEmpty)
            }
            guard let offer = try? SessionDescription(parsing: generator.damage(sdp)),
                let (answer, agreement) = try? SDPNegotiation.answer(to: offer, with: capabilities)
            else { continue }
            answered += 1
            #expect(answer.media.count == offer.media.count && agreement.remotePort > 0)
            #expect(try SessionDescription(parsing: answer.encoded()) == answer)
        }
        #expect(answered > 500)
    }
}
