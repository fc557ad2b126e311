// A softphone that is not SIPp goes the whole way: it registers, subscribes, leaves a message with real speech,
// sees its lamp change, and plays the message back with keys by RFC 4733.

import Foundation
import Testing

@Suite("baresip")
struct SoftphoneTests {
    @Test("Register, subscribe, deposit, lamp, retrieve (A1, A3, B2, C2, F1, F2)")
    func wholeWay() async throws {
        let server = try await TestServer()
        let speech = NSTemporaryDirectory() + UUID().uuidString + ".wav"
        defer { try? FileManager.default.removeItem(atPath: speech) }
        _ = try await run(
            "sox",
            [
                "-t", "ul", "-r", "8000", "-c", "1", Sipp.folder + "/media/speech.ulaw", "-b", "16", "-e",
                "signed-integer", speech, "pad", "0", "60",
            ])
        let free = Int.random(in: 0..<1_000)
        let phone = try await Baresip(speech: speech, ports: (16_000 + free, 17_000 + free, 43_000 + free * 10))
        let address = "127.0.0.1:\(server.port)"
        phone.tell("uanew", "<sip:101@\(address)>;auth_user=101;auth_pass=lamp-101;regint=60;mwi=yes;audio_codecs=pcmu")
        try await phone.waitFor("REGISTER_OK")
        try await phone.waitFor("MWI_NOTIFY", holding: "Messages-Waiting: no")

        // To its own mailbox, so that its own lamp changes.
        phone.tell("dial", "sip:03101@\(address)")
        try await phone.waitFor("CALL_ESTABLISHED")
        try await Task.sleep(for: .seconds(1))
        phone.tell("sndcode", "#")
        try await Task.sleep(for: .seconds(6))
        phone.tell("hangup")
        try await phone.waitFor("CALL_CLOSED")
        try await phone.waitFor("MWI_NOTIFY", holding: "Voice-Message: 1/0")

        phone.tell("dial", "sip:5001@\(address)")
        try await phone.waitFor("CALL_ESTABLISHED")
        for key in "4815#" {
            phone.tell("sndcode", String(key))
            try await Task.sleep(for: .milliseconds(300))
        }
        try await Task.sleep(for: .seconds(4))
        phone.tell("sndcode", "1")
        try await Task.sleep(for: .seconds(3))
        phone.tell("sndcode", "2")
        try await phone.waitFor("MWI_NOTIFY", holding: "Voice-Message: 0/1")
        phone.tell("hangup")
        try await phone.waitFor("CALL_CLOSED")
        #expect(try await server.messages(in: "101").map(\.folder) == ["saved"])
        #expect(try await server.stop() == 0)
    }

    /// What is not decrypted right is silence, and no message comes of it.
    @Test("A message is left by SRTP, with keys that baresip makes (G3)", arguments: ["srtp", "srtp-mand"])
    func encrypted(how: String) async throws {
        let server = try await TestServer(["MEDIA_SRTP": "required", "MEDIA_SRTP_KEYS_IN_CLEAR": "yes"])
        let free = Int.random(in: 0..<1_000)
        let speech = NSTemporaryDirectory() + UUID().uuidString + ".wav"
        defer { try? FileManager.default.removeItem(atPath: speech) }
        _ = try await run(
            "sox",
            [
                "-t", "ul", "-r", "8000", "-c", "1", Sipp.folder + "/media/speech.ulaw", "-b", "16", "-e",
                "signed-integer", speech, "pad", "0", "60",
            ])
        let phone = try await Baresip(speech: speech, ports: (18_000 + free, 19_000 + free, 53_000 + free * 10))
        let address = "127.0.0.1:\(server.port)"
        phone.tell(
            "uanew",
            "<sip:101@\(address)>;auth_user=101;auth_pass=lamp-101;regint=60;mediaenc=\(how);audio_codecs=pcmu")
        try await phone.waitFor("REGISTER_OK")
        phone.tell("dial", "sip:03101@\(address)")
        try await phone.waitFor("CALL_ESTABLISHED")
        try await Task.sleep(for: .seconds(1))
        phone.tell("sndcode", "#")
        try await Task.sleep(for: .seconds(6))
        phone.tell("hangup")
        try await phone.waitFor("CALL_CLOSED")
        #expect(try await server.messages(in: "101").map(\.folder) == ["new"])
        #expect(try await server.stop() == 0)
    }
}
