// Session descriptions from a hostile world (G2): read with bounds, written back as they were.
import Testing

@testable import SIP

@Suite("G2: session descriptions are read")
struct DescriptionTests {
    @Test func `what is not understood is kept as it came`() throws {
        let text = """
            v=0\r
            o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r
            s=Call to John Smith\r
            i=Information\r
            u=http://www.jdoe.example.com/home.html\r
            e=Jane Doe <jane@jdoe.example.com>\r
            p=+1 617 555-6011\r
            c=IN IP4 198.51.100.1\r
            b=AS:64\r
            t=0 0\r
            a=tool:x y:z\r
            a=flag\r
            m=audio 49180 RTP/AVP 0\r
            i=title\r
            c=IN IP4 198.51.100.2\r
            b=TIAS:64000\r
            a=rtpmap:0 PCMU/8000\r
            m=video 51372 RTP/AVP 99\r
            a=rtpmap:99 h263-1998/90000\r

            """
        let description = try SessionDescription(parsing: Array(text.utf8))
        #expect(String(decoding: description.encoded(), as: UTF8.self) == text)
        #expect(description.media.map(\.kind) == ["audio", "video"] && description.media[0]["rtpmap"] == "0 PCMU/8000")
        #expect(description.media[0].connection?.address == "198.51.100.2" && description.media[1].connection == nil)
    }

    @Test func `LF alone and empty lines at the end are read`() throws {
        let description = try SessionDescription(
            parsing: Array("v=0\no=- 1 1 IN IP4 1.2.3.4\ns= \nm=audio 4 RTP/AVP 0\n\n\r\n".utf8))
        #expect(description.media.first?.port == 4)
    }

    @Test(arguments: [
        "", "v=1\r\n", "o=- 1 1 IN IP4 1.2.3.4\r\nv=0\r\n", "v=0\r\nhello\r\n", "v=0\r\n=x\r\n", "v=0\r\nm=\r\n",
        "v=0\r\nm=audio\r\n",
        "v=0\r\nm=audio 70000 RTP/AVP 0\r\n", "v=0\r\nm=audio -1 RTP/AVP 0\r\n", "v=0\r\nm=audio 49217 RTP/A]",
        "v=0\r\nm=au\"dio 4 RTP/AVP 0\r\n",
        "v=0\r\nm=audio 4 RTP//AVP 0\r\n", "v=0\r\nm=audio 4 RTP/AVP 0;x\r\n", "v=0\r\nc=IN IP4\r\n",
        "v=0\r\nc=IN IP5 1.2.3.4\r\n",
        "v=0\r\nc=IN IP4 /\r\n", "v=0\r\no=- 1 1\r\n", "v=0\r\na=:x\r\n", "v=0\r\ns=a\rb\r\n", "v=0\r\ns=a\0b\r\n",
    ])
    func `garbage is malformed`(_ text: String) {
        #expect(throws: SDPError.malformed) { try SessionDescription(parsing: Array(text.utf8)) }
    }

    @Test func `too many bytes, lines, streams or formats are too large`() {
        for text in [
            "v=0\r\ns=" + String(repeating: "x", count: 20000), "v=0\r\n" + String(repeating: "a=x\r\n", count: 600),
            "v=0\r\n" + String(repeating: "m=audio 4 RTP/AVP 0\r\n", count: 40),
            "v=0\r\nm=audio 4 RTP/AVP" + String(repeating: " 0", count: 100) + "\r\n",
        ] {
            #expect(throws: SDPError.tooLarge) { try SessionDescription(parsing: Array(text.utf8)) }
        }
    }

    @Test func `no value can end its line`() {
        let hostile = "x\r\na=injected\nm=audio\0"
        var description = SessionDescription()
        description.origin = .init(username: hostile, sessionID: hostile, version: hostile, address: hostile)
        description.name = hostile
        description.connection = .init(address: hostile)
        description.attributes = [.init(hostile, hostile)]
        description.lines = [.init("i", hostile)]
        description.media = [.init(kind: hostile, port: 1, transport: hostile, formats: [hostile])]
        let lines = String(decoding: description.encoded(), as: UTF8.self).split(separator: "\r\n")
        #expect(lines.map { $0.prefix(2) } == ["v=", "o=", "s=", "i=", "c=", "a=", "m="])
        #expect(!lines.contains { $0.contains("\n") || $0.contains("\r") || $0.contains("\0") })
    }
}
