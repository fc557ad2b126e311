// The real program over every transport: IPv6, TLS with certificates that change, a public address, session timers.

import Foundation
import Testing

@Suite("Transports (G1)", .serialized)
struct TransportTests {
    @Test("SIPp over IPv6, by UDP and TCP: signalling, and a message byte for byte", arguments: ["u1", "t1"])
    func internetProtocol6(transport: String) async throws {
        let server = try await TestServer(["SIP_LISTEN": "::1"])
        let scenarios = [
            "options-are-answered", "register-with-digest-and-unregister", "subscribe-notify-refresh-unsubscribe",
            "hold-and-resume", "leave-message-hang-up-while-recording",
        ]
        for scenario in scenarios {
            try await Sipp.run(scenario, against: server, transport: transport, from: "::1", at: "[::1]")
        }
        try await server.process.waitFor("message delivered")
        let message = try #require(try await server.messages(in: "101").first)
        let spoken = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Sipp.folder + "/media/speech.ulaw")))
        let heard = try Heard(try await server.audio(of: message), of: spoken)
        #expect(heard.isExact && heard.seconds >= 3.5)
        #expect(try await server.stop() == 0)
    }

    @Test("A session interval that is too short, one that is refreshed, and a public address in Contact and SDP")
    func settings() async throws {
        let server = try await TestServer([
            "SIP_MINIMUM_SESSION_EXPIRES": "32", "SIP_ADVERTISE": "itself to 127.0.0.2, 203.0.113.5",
        ])
        try await Sipp.run("session-interval-too-short-is-422", against: server)
        try await Sipp.run("public-address-is-told", against: server)
        // There it would fail: the 203.0.113.5 that 127.0.0.1 is told is none of ours.
        try await Sipp.run("record-route-comes-back", against: server, from: "127.0.0.2")
        try await Sipp.run("session-timer-is-refreshed", against: server)
        #expect(try await server.stop() == 0)
    }

    @Test("A softphone over IPv6: register, subscribe, deposit, lamp (F1, F2, B2)")
    func softphone() async throws {
        let server = try await TestServer(["SIP_LISTEN": "::1"])
        let speech = try await Self.speech()
        defer { try? FileManager.default.removeItem(atPath: speech) }
        let phone = try await Baresip(speech: speech, ports: Self.ports(), host: "::1")
        try await Self.leaveMessage(phone, at: "[::1]:\(server.port)") {}
        #expect(try await server.messages(in: "101").count == 1)
        #expect(try await server.stop() == 0)
    }

    @Test(
        "A softphone by TLS; the certificate changes during its call, and a wrong file is refused and changes nothing")
    func secureSoftphone() async throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await Self.makeCertificate(in: folder)
        let trusted = folder + "/trusted.pem"
        try FileManager.default.copyItem(atPath: folder + "/certificate.pem", toPath: trusted)
        let server = try await TestServer([
            "SIP_TLS_LISTEN": "127.0.0.1", "SIP_TLS_PORT": "0", "SIP_TLS_CERTIFICATE": folder + "/certificate.pem",
            "SIP_TLS_KEY": folder + "/key.pem",
        ])
        let port = try #require(server.securePort)
        let speech = try await Self.speech()
        defer { try? FileManager.default.removeItem(atPath: speech) }
        let phone = try await Baresip(speech: speech, ports: Self.ports(), authority: trusted)
        try await Self.leaveMessage(phone, at: "127.0.0.1:\(port);transport=tls") {
            try "nothing".write(toFile: folder + "/key.pem", atomically: true, encoding: .utf8)
            server.process.signal(SIGHUP)
            try await server.process.waitFor("key.pem: no private key can be read")
            try await Self.makeCertificate(in: folder)
            server.process.signal(SIGHUP)
            try await server.process.waitFor("certificates have been read again")
        }
        #expect(try await server.messages(in: "101").count == 1)
        try await Self.connect(to: port, trusting: folder + "/certificate.pem")
        await #expect(throws: ChildProcess.Failure.self) { try await Self.connect(to: port, trusting: trusted) }
        #expect(try await server.stop() == 0)
    }

    // MARK: Steps

    private static func leaveMessage(
        _ phone: Baresip, at address: String, during: () async throws -> Void
    ) async throws {
        phone.tell("uanew", account(at: address))
        try await phone.waitFor("REGISTER_OK")
        try await phone.waitFor("MWI_NOTIFY", holding: "Messages-Waiting: no")
        phone.tell("dial", "sip:03101@\(address)")
        try await phone.waitFor("CALL_ESTABLISHED")
        try await during()
        phone.tell("sndcode", "#")
        try await Task.sleep(for: .seconds(6))
        phone.tell("hangup")
        try await phone.waitFor("CALL_CLOSED")
        try await phone.waitFor("MWI_NOTIFY", holding: "Voice-Message: 1/0")
    }

    private static func account(at address: String) -> String {
        "<sip:101@\(address)>;auth_user=101;auth_pass=lamp-101;regint=60;mwi=yes;audio_codecs=pcmu"
            + ";outbound=\\\"sip:\(address)\\\""
    }

    private static func ports() -> (sip: Int, control: Int, rtp: Int) {
        let free = Int.random(in: 0..<1_000)
        return (16_000 + free, 17_000 + free, 43_000 + free * 10)
    }

    /// A WAV file of the caller's speech, and a minute of silence behind it.
    private static func speech() async throws -> String {
        let file = NSTemporaryDirectory() + UUID().uuidString + ".wav"
        let raw = ["-t", "ul", "-r", "8000", "-c", "1", Sipp.folder + "/media/speech.ulaw"]
        _ = try await run("sox", raw + ["-b", "16", "-e", "signed-integer", file, "pad", "0", "60"])
        return file
    }

    /// A new connection; throws when `authority` has not signed the certificate that is shown.
    private static func connect(to port: Int, trusting authority: String) async throws {
        let client = "openssl s_client -connect 127.0.0.1:\(port) -CAfile \(authority) -verify_return_error"
        _ = try await run("sh", ["-c", client + " </dev/null"])
    }

    private static func makeCertificate(in folder: String) async throws {
        _ = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=Test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder + "/key.pem", "-out",
                folder + "/certificate.pem",
            ])
    }
}
