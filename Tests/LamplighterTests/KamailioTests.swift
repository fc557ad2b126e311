// Behind a proxy that is also the registrar (G4, A6, A1, F2): phones know a real Kamailio alone, with the configuration
// that `recipes/` ships. Calls that nobody takes come on from there, and lamps go back by it.

import Foundation
import SIP
import SIPTestPhone
import Testing

@Suite("Behind Kamailio")
struct KamailioTests {
    static let passwords = ["100": "proxy-100", "101": "proxy-101", "102": "proxy-102"]

    @Test(
        "Calls that are not taken leave messages, lamps follow by Path and Record-Route, 5001 opens the own mailbox",
        .timeLimit(.minutes(5)))
    func wholeWay() async throws {
        let port = try Kamailio.freePort()
        let server = try await TestServer([
            "PHONES_PEERS": "\(Kamailio.address) example.org",
            "PHONES_OUTBOUND": "example.org \(Kamailio.address):\(port)",
        ])
        let proxy = try await Kamailio(port: port, voicemail: server.port, passwords: Self.passwords, ringing: 3)

        // 102 does not subscribe: its lamp is told by the Path of its registration.
        let desk = try await DeskPhone(
            "102", password: "proxy-102", at: HostPort(host: Kamailio.address, port: UInt16(port)))
        #expect(try await desk.register() == 200)
        let notify = try await desk.lamp(shows: "Voice-Message: 0/0 (0/0)")
        #expect(notify.head.vias.count == 2, "not by Kamailio")
        #expect(notify.uri.port == desk.phone.address.port)
        // 101 subscribes: its lamp is told by the Record-Route of its subscription.
        let speech = try await Self.speech()
        defer { try? FileManager.default.removeItem(atPath: speech) }
        let owner = try await softphone("101", at: proxy, speech: speech, watchesLamp: true)
        try await owner.waitFor("MWI_NOTIFY", holding: "Messages-Waiting: no")

        let caller = try await softphone("100", at: proxy, speech: speech, watchesLamp: false)
        desk.phone.answer(with: 486)
        caller.tell("dial", "sip:102@example.org")
        try await caller.waitFor("CALL_ESTABLISHED")
        desk.phone.answer(with: 200)
        try await leaveMessage(caller)
        try await server.process.waitFor("diverted=102 busy")
        _ = try await desk.lamp(shows: "Voice-Message: 1/0 (0/0)")

        caller.tell("dial", "sip:101@example.org")
        try await caller.waitFor("CALL_ESTABLISHED")
        try await leaveMessage(caller)
        try await server.process.waitFor("diverted=101 noAnswer")
        try await owner.waitFor("MWI_NOTIFY", holding: "Voice-Message: 1/0")
        #expect(try await server.messages(in: "101").map { $0.caller.prefix { $0 != " " } } == ["100"])

        // The Message button: whose it is, Kamailio vouches for; the PIN is asked for all the same.
        owner.tell("dial", "sip:5001@example.org")
        try await owner.waitFor("CALL_ESTABLISHED")
        try await press("4815#", on: owner)
        try await server.process.waitFor("logged in")
        #expect(server.process.output.contains("mailbox=101@example.org"))
        try await Task.sleep(for: .seconds(4))
        try await press("1", on: owner)
        try await Task.sleep(for: .seconds(2))
        try await press("2", on: owner)
        try await owner.waitFor("MWI_NOTIFY", holding: "Voice-Message: 0/1")
        owner.tell("hangup")
        try await owner.waitFor("CALL_CLOSED")

        // After a power cut the way to 102 is still known.
        try await server.kill()
        let again = try await server.restarted()
        _ = try await desk.lamp(shows: "Voice-Message: 1/0 (0/0)")
        #expect(try await again.stop() == 0)
        #expect(try await proxy.stop() == 0)
    }

    private func softphone(
        _ number: String, at proxy: Kamailio, speech: String, watchesLamp: Bool
    ) async throws -> Baresip {
        let free = Int.random(in: 0..<1_000)
        let phone = try await Baresip(speech: speech, ports: (20_000 + free, 21_000 + free, 43_000 + free * 10))
        phone.tell(
            "uanew",
            "<sip:\(number)@example.org>;outbound=sip:\(Kamailio.address):\(proxy.port);auth_user=\(number)"
                + ";auth_pass=proxy-\(number);regint=60;mwi=\(watchesLamp ? "yes" : "no");audio_codecs=pcmu")
        try await phone.waitFor("REGISTER_OK")
        return phone
    }

    /// Skips the greeting, speaks and hangs up.
    private func leaveMessage(_ phone: Baresip) async throws {
        try await Task.sleep(for: .seconds(1))
        try await press("#", on: phone)
        try await Task.sleep(for: .seconds(5))
        phone.tell("hangup")
        try await phone.waitFor("CALL_CLOSED")
    }

    private func press(_ keys: String, on phone: Baresip) async throws {
        for key in keys {
            phone.tell("sndcode", String(key))
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// A WAV file of speech, with silence behind it; to be removed.
    private static func speech() async throws -> String {
        let file = NSTemporaryDirectory() + UUID().uuidString + ".wav"
        _ = try await run(
            "sox",
            [
                "-t", "ul", "-r", "8000", "-c", "1", Sipp.folder + "/media/speech.ulaw", "-b", "16", "-e",
                "signed-integer", file, "pad", "0", "60",
            ])
        return file
    }
}
