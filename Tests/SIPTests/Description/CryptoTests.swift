// G3: keys in offers and answers (RFC 4568).
import Testing

@testable import SIP

@Suite("G3: keys in offer and answer")
struct CryptoTests {
    /// 30 octets from 0 on, in Base64.
    private let inline = "inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
    private let suite80 = "AES_CM_128_HMAC_SHA1_80"
    private let key = MasterKey([UInt8](repeating: 0xA5, count: 30))

    private func ours(_ key: MasterKey?, required: Bool = false) -> MediaCapabilities {
        MediaCapabilities(
            address: "192.0.2.50", port: 20000, key: key, requiresProtection: required, sessionID: 7, version: 1)
    }

    private func offer(_ media: String) throws -> SessionDescription {
        let text = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\(media)"
        return try SessionDescription(parsing: Array(text.utf8))
    }

    private func audio(_ transport: String, _ crypto: String...) -> String {
        "m=audio 4000 \(transport) 0\r\n" + crypto.map { "a=crypto:\($0)\r\n" }.joined()
    }

    @Test(arguments: ["RTP/SAVP", "RTP/AVP"]) func `the first line that fits is answered with its tag and our own key`(
        transport: String
    ) throws {
        let offer = try offer(
            audio(
                transport, "1 AES_256_CM_HMAC_SHA1_80 \(inline)", "4 \(suite80) \(inline)|2^20",
                "5 \(suite80) \(inline)"))
        let (answer, agreement) = try SDPNegotiation.answer(to: offer, with: ours(key))
        let keys = try #require(agreement.keys)
        #expect(keys.theirs.bytes == (0..<30).map { UInt8($0) } && keys.ours == key && keys.suite == .sha1Tag80)
        #expect(answer.media.first?.transport == transport)
        let lines = answer.media.first?.attributes.filter { $0.name == "crypto" } ?? []
        #expect(lines.map(\.value) == ["4 \(suite80) inline:paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWl"])
    }

    @Test(arguments: [
        "1 AES_CM_128_HMAC_SHA1_80 inline:AAEC", "1 AES_CM_128_HMAC_SHA1_80 inline:", "1 AES_CM_128_HMAC_SHA1_80",
        "x AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd",
        "1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw=",
        "1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaG*wd",
        "1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd|2^20|1:4",
        "1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd|1:4",
        "1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd UNENCRYPTED_SRTP",
        "1 F8_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd", "",
    ])
    func `what we cannot do is as if it were not there`(line: String) throws {
        let secure = try offer(audio("RTP/SAVP", line))
        #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.answer(to: secure, with: ours(key)) }
        let plain = try offer(audio("RTP/AVP", line))
        #expect(try SDPNegotiation.answer(to: plain, with: ours(key)).1.keys == nil)
    }

    @Test func `parameters that may be left out are`() throws {
        let offer = try offer(audio("RTP/SAVP", "1 \(suite80) \(inline) -WSH=64"))
        #expect(try SDPNegotiation.answer(to: offer, with: ours(key)).1.keys != nil)
    }

    @Test func `without a key of ours, encryption is refused and nothing is said of keys`() throws {
        let secure = try offer(audio("RTP/SAVP", "1 \(suite80) \(inline)"))
        #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.answer(to: secure, with: ours(nil)) }
        let both = try offer(audio("RTP/AVP", "1 \(suite80) \(inline)"))
        let (answer, agreement) = try SDPNegotiation.answer(to: both, with: ours(nil))
        #expect(agreement.keys == nil && answer.media.first?["crypto"] == nil)
    }

    @Test func `where it is required, a stream in clear is refused, keys or not`() throws {
        for key in [key, nil] {
            let plain = try offer(audio("RTP/AVP"))
            #expect(throws: SDPError.nothingInCommon) {
                try SDPNegotiation.answer(to: plain, with: ours(key, required: true))
            }
        }
        let secure = try offer(audio("RTP/SAVP", "1 \(suite80) \(inline)"))
        #expect(try SDPNegotiation.answer(to: secure, with: ours(key, required: true)).1.keys != nil)
    }

    @Test func `of two streams the encrypted one is taken, wherever it stands`() throws {
        let offer = try offer(audio("RTP/AVP") + audio("RTP/SAVP", "1 \(suite80) \(inline)"))
        let (answer, agreement) = try SDPNegotiation.answer(to: offer, with: ours(key))
        #expect(answer.media.map(\.port) == [0, 20000] && agreement.keys != nil)
        #expect(try SDPNegotiation.answer(to: offer, with: ours(nil)).0.media.map(\.port) == [20000, 0])
    }

    @Test(arguments: [true, false]) func `our own offer is settled by its answer`(required: Bool) throws {
        let offer = SDPNegotiation.offer(with: ours(key, required: required))
        #expect(offer.media.first?.transport == (required ? "RTP/SAVP" : "RTP/AVP"))
        let peer = MasterKey([UInt8](repeating: 9, count: 30))
        let (answer, seenByPeer) = try SDPNegotiation.answer(to: offer, with: ours(peer))
        let agreement = try SDPNegotiation.agreement(offered: offer, answer: answer)
        #expect(agreement.keys?.ours == key && agreement.keys?.theirs == peer)
        #expect(seenByPeer.keys?.ours == peer && seenByPeer.keys?.theirs == key)
        // An answer in clear will do only where it is not required; another tag or suite than offered never.
        let transport = required ? "RTP/SAVP" : "RTP/AVP"
        if required {
            let clear = try self.offer(audio("RTP/AVP"))
            #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.agreement(offered: offer, answer: clear) }
        } else {
            let clear = try self.offer(audio("RTP/AVP"))
            #expect(try SDPNegotiation.agreement(offered: offer, answer: clear).keys == nil)
        }
        for line in ["9 \(suite80) \(inline)", "2 \(suite80) \(inline)"] {
            let wrong = try self.offer(audio(transport, line))
            #expect(throws: SDPError.nothingInCommon) { try SDPNegotiation.agreement(offered: offer, answer: wrong) }
        }
    }

    @Test func `keys are not written`() throws {
        let offer = try offer(audio("RTP/SAVP", "1 \(suite80) \(inline)"))
        let agreement = try SDPNegotiation.answer(to: offer, with: ours(key)).1
        var dumped = ""
        dump(agreement, to: &dumped)
        for text in ["\(agreement)", String(reflecting: agreement), dumped] {
            #expect(!text.contains("165") && text.contains("(secret)") || text == dumped && !text.contains("165"))
        }
    }
}
