// The command line as an administrator meets it (H3 in part): clear errors, and changes that the next call sees.

import Foundation
import Testing

@Suite("Command line")
struct CommandTests {
    private func program(_ arguments: [String], _ settings: [String: String] = [:]) async throws -> (
        status: Int32, output: String
    ) {
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

    @Test(
        "`check` names each prompt that is missing, cut short, no audio or no file at all, and `serve` serves without (A10, K1)"
    )
    func wrongPrompts() async throws {
        let files = FileManager.default
        let folder = NSTemporaryDirectory() + UUID().uuidString
        defer { try? files.removeItem(atPath: folder) }
        try files.copyItem(atPath: TestServer.package + "/prompts", toPath: folder)
        let names = try files.contentsOfDirectory(atPath: folder + "/en").filter { $0.hasSuffix(".flac") }
        let bySize = try names.map { folder + "/en/" + $0 }.map { path in
            (path: path, size: try files.attributesOfItem(atPath: path)[.size] as? Int ?? 0)
        }
        // The longest, so that half of one still has audio in it.
        let prompts = bySize.sorted { $0.size > $1.size }.prefix(4).map(\.path)
        try #require(prompts.count == 4)
        try files.removeItem(atPath: prompts[0])
        let whole = try Data(contentsOf: URL(fileURLWithPath: prompts[1]))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: prompts[1]))
        try Data("no audio".utf8).write(to: URL(fileURLWithPath: prompts[2]))
        try files.removeItem(atPath: prompts[3])
        #expect(mkfifo(prompts[3], 0o600) == 0)
        let (status, output) = try await program(["check"], ["LAMPLIGHTER_PROMPTS": folder])
        #expect(status == 1)
        let lines = output.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        for (prompt, reason) in zip(prompts, ["there is no such prompt", "cut short", "", "not a file"]) {
            #expect(lines.contains { $0.hasPrefix(prompt + ": " + reason) }, "\(prompt): \(reason)\n\(output)")
        }
        let server = try await TestServer(["PROMPTS": folder])
        #expect(try await server.stop() == 0)
    }

    @Test("A number plan or key map that is no file stops `check` at once", arguments: ["DIALPLAN", "KEYMAPS"])
    func pipes(setting: String) async throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(mkfifo(folder + "/default.yaml", 0o600) == 0)
        let (status, output) = try await program(["check"], ["LAMPLIGHTER_" + setting: folder])
        #expect(status == 1)
        #expect(output.contains("\(folder)/default.yaml:1: the file cannot be read"))
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

    @Test("A configuration file that was named and is not there stops the start")
    func missingFile() async throws {
        let (status, output) = try await program(["check", "--config", "/nowhere/lamplighter.yaml"])
        #expect(status != 0)
        #expect(output.contains("/nowhere/lamplighter.yaml: there is no such configuration file"))
    }

    @Test(
        "Looking into a data directory that is not there says so and creates nothing",
        arguments: [
            ["organisation", "list"], ["extension", "list"], ["mailbox", "list"], ["message", "list", "100"],
            ["message", "export", "1", "/nowhere/x.wav"], ["message", "delete", "1"],
        ])
    func missingData(arguments: [String]) async throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        let (status, output) = try await program(arguments, ["LAMPLIGHTER_DATA": folder])
        #expect(status == 1)
        #expect(output.contains("\(folder): data: there is no database in this directory"))
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("What is asked for and not there is said without a word about usage; lists keep to one line an entry")
    func notThere() async throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        let data = ["LAMPLIGHTER_DATA": folder]
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func inData(_ arguments: String...) async throws -> (status: Int32, output: String) {
            let child = try ChildProcess(TestServer.program, arguments, environment: data, in: TestServer.package)
            return (try await child.exitStatus(), child.output)
        }
        #expect(try await inData("organisation", "add", "example.org").status == 0)
        for (arguments, reason) in [
            (["message", "list", "999"], "there is no mailbox 999 in example.org"),
            (["message", "delete", "7"], "there is no message 7"),
        ] {
            let child = try ChildProcess(TestServer.program, arguments, environment: data, in: TestServer.package)
            #expect(try await child.exitStatus() == 1)
            #expect(child.output == "Error: \(reason)\n")
        }
        #expect(try await inData("mailbox", "list", "--domain", "other.example").status == 1)
        #expect(try await inData("extension", "add", "100", "--name", "A\nB\u{1B}[31m").status == 0)
        #expect(try await inData("extension", "list").output == "100\tA B [31m\tMD5\n")
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/lamplighter.sqlite")[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o600, "secrets and voices are nobody else's")
    }

    @Test(
        "A mailbox's life by command line: made, filled, listed, removed after a look inside, restored (E2, E3, C8, D1)"
    )
    func mailboxLife() async throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        let data = ["LAMPLIGHTER_DATA": folder]
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func output(_ arguments: String..., status: Int32 = 0) async throws -> String {
            let child = try ChildProcess(TestServer.program, arguments, environment: data, in: TestServer.package)
            #expect(try await child.exitStatus() == status, "\(arguments): \(child.output)")
            return child.output
        }
        _ = try await output("organisation", "add", "example.org")
        let added = try await output("extension", "add", "100", "--name", "Ann", "--email", "ann@example.org")
        #expect(added.firstMatch(of: /\nPIN: [0-9]{7}\n/) != nil)
        _ = try await output("mailbox", "add", "200", "--name", "Sales", "--member", "100", "--pin", "4815")
        #expect(try await output("mailbox", "add", "201", "--pin", "1234", status: 1) == "Error: 1234 is not allowed\n")
        #expect(try await output("pin", "reset", "200").firstMatch(of: /^PIN: [0-9]{7}\n$/) != nil)
        let notices = try await output("notice", "list").split(separator: "\n").map { $0.split(separator: "\t")[2] }
        #expect(notices == ["pin-created", "pin-reset"])
        #expect(try await output("pin", "set", "200", status: 1) == "Error: a PIN has 4 to 10 digits\n")
        #expect(
            try await output("pin", "reset", "200", "--to-default", status: 1)
                == "Error: example.org has no default PIN\n")
        #expect(try await output("lockout", "list").isEmpty)

        let prompt = TestServer.package + "/prompts/en/goodbye.flac"
        _ = try await output("greeting", "set", "100", "busy", prompt)
        #expect(try await output("greeting", "list", "100").hasPrefix("busy\t"))
        _ = try await output("greeting", "export", "100", "busy", folder + "/busy.wav")
        #expect(FileManager.default.fileExists(atPath: folder + "/busy.wav"))
        _ = try await output("lists", "add", "800", "100", "200", "--name", "All")
        #expect(try await output("lists", "show") == "800\tAll\t100,200\n")

        let refused = try await output("mailbox", "remove", "100", "--yes", status: 1)
        #expect(refused.contains("mailbox 100 is the own mailbox of extension 100"))
        let removed = try await output("extension", "remove", "100", "--yes")
        #expect(removed.contains("greetings: busy") && removed.contains("on lists: 800 All"))
        #expect(try await output("organisation", "removed", "example.org").contains("extension\t100\tAnn"))
        #expect(try await output("extension", "list").isEmpty)
        _ = try await output("extension", "restore", "100")
        #expect(try await output("greeting", "list", "100").hasPrefix("busy\t"))
        let again = try await output("extension", "restore", "100", status: 1)
        #expect(again == "Error: nothing with the number 100 was removed in example.org\n")
    }

    @Test("A written greeting is spoken by the program that is configured; one that fails changes nothing (E2)")
    func writtenGreeting() async throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let speaker = folder + "/speak"
        try Data("#!/bin/sh\ncat > \(folder)/said-$1; exec sox -q -n -r 16000 $2 synth 1.5 sine 440\n".utf8)
            .write(to: URL(fileURLWithPath: speaker))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: speaker)
        func output(_ speech: String, _ arguments: String..., status: Int32 = 0) async throws -> String {
            let child = try ChildProcess(
                TestServer.program, arguments,
                environment: ["LAMPLIGHTER_DATA": folder, "LAMPLIGHTER_VOICEMAIL_TEXT_TO_SPEECH": speech],
                in: TestServer.package)
            #expect(try await child.exitStatus() == status, "\(arguments): \(child.output)")
            return child.output
        }
        let text = "--voice; $(reboot) \"Wir sind bis fünf da.\""
        _ = try await output("", "organisation", "add", "example.org", "--language", "es")
        _ = try await output("", "mailbox", "add", "200", "--pin", "4815")
        let set = ["greeting", "set", "200", "unavailable"]
        let none = try await output("", set[0], set[1], set[2], set[3], "--text=\(text)", status: 1)
        #expect(none.contains("voicemail.text-to-speech"))
        let told = "\(speaker) {language} {file}"
        _ = try await output(told, set[0], set[1], set[2], set[3], "--text=\(text)")
        #expect(try await output("", "greeting", "list", "200").hasPrefix("unavailable\t1.5\t"))
        #expect(try String(contentsOfFile: folder + "/said-es", encoding: .utf8) == text + "\n")
        for broken in ["false {file}", "true {file}", "\(folder)/missing {file}"] {
            _ = try await output(broken, set[0], set[1], set[2], "busy", "--text=\(text)", status: 1)
        }
        #expect(try await output("", "greeting", "list", "200").split(separator: "\n").count == 1)
        _ = try await output("espeak-ng", "greeting", "list", "200", status: 1)
    }

    @Test(
        "Settings by command line: each is refused under its own name, days off need no hours, what is missing is told")
    func settings() async throws {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        let data = ["LAMPLIGHTER_DATA": folder]
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func output(_ arguments: String..., status: Int32 = 0) async throws -> String {
            let child = try ChildProcess(TestServer.program, arguments, environment: data, in: TestServer.package)
            #expect(try await child.exitStatus() == status, "\(arguments): \(child.output)")
            return child.output
        }
        func organisation(_ settings: String..., status: Int32 = 0) async throws -> String {
            let child = try ChildProcess(
                TestServer.program, ["organisation", "set", "example.org"] + settings, environment: data,
                in: TestServer.package)
            #expect(try await child.exitStatus() == status, "\(settings): \(child.output)")
            return child.output
        }
        func shown() async throws -> [Substring] {
            try await output("organisation", "show", "example.org").split(separator: "\n")
        }
        _ = try await output("organisation", "add", "example.org", "--name", "Example", "--time-zone", "Europe/Berlin")
        _ = try await output("extension", "add", "100", "--password", "x", "--pin", "4815")
        #expect(try await shown().prefix(2) == ["name=Example", "time-zone=Europe/Berlin"])

        _ = try await organisation("closed=2026-12-25", "hours=mon 09:00-12:00")
        #expect(try await shown().contains("closed=2026-12-25"), "whatever their order")
        _ = try await organisation("hours=")
        let open = try await shown()
        #expect(open.contains("closed=2026-12-25") && open.contains("hours="))
        _ = try await organisation("closed=")
        #expect(try await shown().contains("closed="))
        let night = try await organisation("hours=fri 22:00-06:00", status: 64)
        #expect(night.contains("past midnight it is fri 22:00-24:00, sat 00:00-06:00"))
        let spelt = try await organisation("operator=0049 30", status: 1)
        #expect(spelt == "Error: operator: \"0049 30\" cannot be dialled: 1 to 32 of 0-9, * and #, + in front\n")

        let twice = try await output("mailbox", "set", "100", "caller-keys=1=skip,1=none", status: 64)
        #expect(twice.contains("is not each key once"))
        let notes = try await output(
            "mailbox", "set", "100", "copies=101", "language=fr", "keymap=odd", "caller-keys=1=mailbox:102")
        for missing in ["mailbox 101 in example.org", "mailbox 102 in example.org", "language fr", "key map odd"] {
            #expect(notes.contains("note: there is no \(missing)"), "\(notes)")
        }
    }

    @Test("The prompts may be behind a symbolic link")
    func linkedPrompts() async throws {
        let link = NSTemporaryDirectory() + UUID().uuidString
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: TestServer.package + "/prompts")
        defer { try? FileManager.default.removeItem(atPath: link) }
        let (status, output) = try await program(["check"], ["LAMPLIGHTER_PROMPTS": link])
        #expect(status == 0, "\(output)")
    }

    @Test("A database that is damaged ends the start with its name", arguments: [0, 8_192])
    func damaged(from offset: UInt64) async throws {
        let server = try await TestServer()
        #expect(try await server.stop() == 0)
        let file = server.directory + "/lamplighter.sqlite"
        _ = try await run("sqlite3", [file, "PRAGMA wal_checkpoint(TRUNCATE)"])
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 65_536))
        try handle.close()
        let (status, output) = try await program(
            ["serve"], ["LAMPLIGHTER_DATA": server.directory, "LAMPLIGHTER_SIP_PORT": "0"])
        #expect(status == 1)
        #expect(output.contains("Error: cannot open \(file): "), "\(output)")
    }

    @Test("A port in use, or data that is served already, ends the start at once with the reason")
    func taken() async throws {
        let server = try await TestServer()
        let second = try await program(["serve"], ["LAMPLIGHTER_SIP_PORT": "\(server.port)"])
        #expect(second.status == 1)
        #expect(second.output.contains("cannot listen on 127.0.0.1:\(server.port): "))
        let (status, output) = try await program(
            ["serve"], ["LAMPLIGHTER_DATA": server.directory, "LAMPLIGHTER_SIP_PORT": "0"])
        #expect(status == 1)
        #expect(output.contains("another process serves"))
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
        let again = try await {
            _ = try await server.stop(); return try await server.restarted()
        }()
        #expect(!again.process.output.contains("password "))
    }

    @Test("The known secrets of a start on loopback are replaced by the first start that others can reach (D1)")
    func knownSecretsAreWithdrawn() async throws {
        let server = try await TestServer()
        #expect(server.process.output.contains("lamp-100"))
        _ = try await server.stop()
        let open = try await TestServer(["SIP_LISTEN": "0.0.0.0"], directory: server.directory)
        let lines = open.process.output.split(separator: "\n").filter { $0.contains("@example.org") }
        #expect(lines.filter { $0.contains("password ") }.count == 3 && lines.filter { $0.contains("PIN ") }.count == 4)
        await #expect(throws: ChildProcess.Failure.self) {
            try await Sipp.run("register-with-digest-and-unregister", against: open)
        }
    }
}
