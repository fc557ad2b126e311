// The command line as an administrator meets it (H3 in part): clear errors, and changes that the next call sees.

import Foundation
import Testing

@Suite("Command line")
struct CommandTests {
    private func program(_ arguments: [String], _ settings: [String: String] = [:]) async throws -> (status: Int32, output: String) {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        let child = try ChildProcess(
            TestServer.program, arguments, environment: ["LAMPLIGHTER_DATA": folder].merging(settings) { $1 },
            in: TestServer.package)
        let status = try await child.exitStatus()
        try? FileManager.default.removeItem(atPath: folder)
        return (status, child.output)
    }

    @Test("`check` accepts what is shipped")
    func checkIsContent() async throws {
        let (status, output) = try await program(["check"])
        #expect(status == 0, "\(output)")
    }

    @Test("A wrong key stops the start with file, line, key and reason")
    func wrongKey() async throws {
        let file = NSTemporaryDirectory() + UUID().uuidString + ".yaml"
        try "sip:\n  port: 5060\n  prot: 5060\n".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let (status, output) = try await program(["serve", "--config", file])
        #expect(status != 0)
        #expect(output.contains("\(file):3: sip.prot: unknown key"))
    }

    @Test("A wrong value in the environment stops the start with its name and reason")
    func wrongValue() async throws {
        let (status, output) = try await program(["serve"], ["LAMPLIGHTER_SIP_PORT": "seventy"])
        #expect(status != 0)
        #expect(output.contains("LAMPLIGHTER_SIP_PORT: sip.port: expected a number from 0 to 65535"))
    }

    @Test("Organisations, extensions and mailboxes are added while the system runs, and can be called at once (A8, E1)")
    func addWhileRunning() async throws {
        let server = try await TestServer()
        _ = try await server.command("organisation", "add", "second.example")
        let added = try await server.command("extension", "add", "100", "--domain", "second.example")
        #expect(added.contains("password: ") && added.contains("PIN: "))
        _ = try await server.command("mailbox", "add", "300", "--pin", "8642")
        #expect(try await server.command("mailbox", "list").contains("300\tgeneral"))
        await #expect(throws: ChildProcess.Failure.self) {
            _ = try await server.command("mailbox", "add", "300", "--pin", "8642")
        }
    }

    @Test("A first start that others can reach makes secrets of its own and prints them once (D1)")
    func secretsOffLoopback() async throws {
        let server = try await TestServer(["SIP_LISTEN": "0.0.0.0"])
        #expect(!server.process.output.contains("lamp-100"))
        #expect(!server.process.output.contains("4815"))
        let again = try await { _ = try await server.stop(); return try await server.restarted() }()
        #expect(!again.process.output.contains("password "))
    }
}
