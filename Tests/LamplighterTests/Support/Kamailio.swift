// A real Kamailio with the configuration of `recipes/`, on loopback, with files of its own.

import Foundation

final class Kamailio: Sendable {
    static let address = "127.0.0.2"
    let port: Int
    private let folder: String
    private let process: ChildProcess

    /// Starts it and waits until it serves.
    /// - Parameters:
    ///   - port: see `freePort()`.
    ///   - voicemail: where Lamplighter listens on 127.0.0.1.
    ///   - ringing: seconds until a mailbox takes a call.
    init(port: Int, voicemail: Int, passwords: [String: String], ringing: Int) async throws {
        self.port = port
        folder = NSTemporaryDirectory() + "kamailio-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var configuration = try String(contentsOfFile: TestServer.package + "/recipes/kamailio.cfg", encoding: .utf8)
        for (example, own) in [
            ("PROXY!192.0.2.10:5060!", "PROXY!\(Self.address):\(port)!"),
            ("LAMPLIGHTER!192.0.2.20:5060!", "LAMPLIGHTER!127.0.0.1:\(voicemail)!"),
            ("text:///etc/kamailio/dbtext!", "text://\(folder)!"), ("RINGING!20000!", "RINGING!\(ringing * 1_000)!"),
        ] {
            guard configuration.contains(example) else {
                throw ChildProcess.Failure(description: "recipes/kamailio.cfg has no \(example)")
            }
            configuration = configuration.replacingOccurrences(of: example, with: own)
        }
        let accounts = passwords.enumerated().map { "\($0 + 1):\($1.key):example.org:\($1.value)\n" }
        for (name, text) in [
            ("version", "id(int,auto) table_name(string) table_version(int)\n1:subscriber:7\n"),
            (
                "subscriber",
                "id(int,auto) username(string) domain(string) password(string)\n" + accounts.joined()
            ),
            (
                "kamailio.cfg",
                configuration + """

                    loadmodule "xlog.so"
                    event_route[core:worker-one-init] { xlog("L_ALERT", "Kamailio is ready\\n"); }

                    """
            ),
        ] {
            try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
        process = try ChildProcess(
            "kamailio",
            [
                "-f", folder + "/kamailio.cfg", "-DD", "-E", "-m", "16", "-M", "4", "-Y", folder, "-w", folder,
            ])
        try await process.waitFor("Kamailio is ready")
    }

    /// SIGTERM, and the exit status: its main process ends the others.
    func stop() async throws -> Int32 {
        process.signal(SIGTERM)
        return try await process.exitStatus(seconds: 30)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A port that is free there for UDP and TCP.
    static func freePort() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 12_000..<20_000)
            if isFree(port) { return port }
        }
        throw ChildProcess.Failure(description: "no free port on \(address)")
    }

    private static func isFree(_ port: Int) -> Bool {
        [SOCK_STREAM, SOCK_DGRAM].allSatisfy { type in
            let descriptor = Foundation.socket(AF_INET, Int32(type.rawValue), 0)
            defer { close(descriptor) }
            var own = sockaddr_in()
            own.sin_family = sa_family_t(AF_INET)
            own.sin_port = UInt16(port).bigEndian
            own.sin_addr.s_addr = inet_addr(address)
            return withUnsafePointer(to: &own) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }
    }
}
