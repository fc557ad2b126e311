// The number plan as callers meet it: what the plan that comes with the product does, which rule wins, and what an
// organisation can change.
import Foundation
import Testing

@testable import Dialplan

@Suite("Number plan")
struct DialplanTests {
    /// `dialplan/` of this repository, the one that users get.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "dialplan").path

    @Test(
        "A1 A2 A3 A9: the plan in dialplan/ knows 5000, 5001, 5002, 03 + extension and bare extensions",
        arguments: [
            ("5000", Application(name: "any-mailbox")),
            ("5001", Application(name: "own-mailbox")),
            ("5002", Application(name: "directory")),
            ("03100", Application(name: "leave-message", arguments: ["mailbox": "100"])),
            ("0310", Application(name: "leave-message", arguments: ["mailbox": "10"])),
            ("031234567890", Application(name: "leave-message", arguments: ["mailbox": "1234567890"])),
            ("100", Application(name: "leave-message", arguments: ["mailbox": "100"])),
            ("200", Application(name: "leave-message", arguments: ["mailbox": "200"])),
            ("500012", Application(name: "leave-message", arguments: ["mailbox": "500012"])),
        ])
    func shippedPlan(dialled: String, expected: Application) throws {
        #expect(try Dialplan.load(Self.folder).application(for: dialled, domain: "example.org") == expected)
    }

    @Test(
        "A10: a number that no rule takes starts nothing",
        arguments: [
            "", "1", "12", "1234567", "03123456789012", "alice", "+100", "1+00", "0３100", "*97", ";x=1", "---",
            String(repeating: "1", count: 100_000),
        ])
    func unknownNumbers(dialled: String) throws {
        #expect(try Dialplan.load(Self.folder).application(for: dialled, domain: "example.org") == nil)
    }

    @Test("A7: separators and parameters of a dialled number do not count")
    func separators() throws {
        let plan = try Dialplan.load(Self.folder)
        for dialled in ["50-00", "5 0.0(0)", "5000;phone-context=example.org"] {
            #expect(plan.application(for: dialled, domain: "example.org")?.name == "any-mailbox")
        }
    }

    @Test("A7: the rule with more literal digits wins, whatever the order of the file")
    func mostSpecific() throws {
        let rules = [
            "  - { dial: '{mailbox:4}', application: leave-message }",
            "  - { dial: '50{mailbox:2}', application: open-mailbox }",
            "  - { dial: '5001', application: own-mailbox }",
            "  - { dial: '{mailbox:3}#', application: open-mailbox }",
        ]
        for order in [rules, rules.reversed()] {
            let plan = try Dialplan(yaml: (["numbers:"] + order).joined(separator: "\n"), file: "plan.yaml")
            #expect(plan.application(for: "5001", domain: "a") == Application(name: "own-mailbox"))
            #expect(plan.application(for: "5002", domain: "a")?.name == "open-mailbox")
            #expect(plan.application(for: "5002", domain: "a")?.arguments == ["mailbox": "02"])
            #expect(plan.application(for: "5102", domain: "a")?.name == "leave-message")
            #expect(plan.application(for: "510#", domain: "a")?.arguments == ["mailbox": "510"])
        }
    }

    @Test("A5: an organisation maps 5001 to its shared mailbox, the others keep theirs")
    func organisationOverride() throws {
        let plan = try Dialplan(
            yaml: """
                numbers:
                  - { dial: "5001", application: own-mailbox }
                  - { dial: "03{mailbox:2-10}", application: leave-message }
                organisations:
                  Unified.Example:
                    - { dial: "5001", application: open-mailbox, arguments: { mailbox: "200" } }
                    - { dial: "{mailbox:4-5}", application: leave-message }
                """, file: "plan.yaml")
        let shared = Application(name: "open-mailbox", arguments: ["mailbox": "200"])
        let plain = Application(name: "leave-message", arguments: ["mailbox": "03100"])
        #expect(plan.application(for: "5001", domain: "unified.EXAMPLE") == shared)
        #expect(plan.application(for: "5001", domain: "dual.example") == Application(name: "own-mailbox"))
        #expect(plan.application(for: "03100", domain: "unified.example") == plain, "its own rules come first")
        #expect(plan.application(for: "03100", domain: "dual.example")?.arguments == ["mailbox": "100"])
    }

    @Test("A5 A9 B6 C13: shared mailboxes, the directory, several mailboxes and a language are named in the plan")
    func applications() throws {
        let plan = try Dialplan(
            yaml: """
                numbers:
                  - { dial: "5001", application: shared-mailbox, arguments: { mailbox: "200", language: pt-BR } }
                  - { dial: "5002", application: directory }
                  - { dial: "5003", application: directory, arguments: { language: es } }
                  - { dial: "5200", application: leave-message, arguments: { mailbox: "101&102" } }
                  - { dial: "04{mailbox:3}", application: leave-message, arguments: { language: es } }
                """, file: "plan.yaml")
        let expected = [
            "5001": Application(name: "shared-mailbox", arguments: ["mailbox": "200", "language": "pt-BR"]),
            "5002": Application(name: "directory"),
            "5003": Application(name: "directory", arguments: ["language": "es"]),
            "5200": Application(name: "leave-message", arguments: ["mailbox": "101&102"]),
            "04100": Application(name: "leave-message", arguments: ["mailbox": "100", "language": "es"]),
        ]
        for (dialled, application) in expected {
            #expect(plan.application(for: dialled, domain: "a") == application)
        }
    }

    @Test("A5: the organisations that the shipped plan gives as examples make a plan")
    func examples() throws {
        let text = try String(contentsOfFile: Self.folder + "/default.yaml", encoding: .utf8)
        let example = text.components(separatedBy: "# organisations:\n").dropFirst().joined()
            .split(separator: "\n").prefix { $0.hasPrefix("#") }.map { $0.dropFirst(2) }
        let plan = try Dialplan(yaml: (["organisations:"] + example).joined(separator: "\n"), file: "plan.yaml")
        #expect(plan.application(for: "5001", domain: "unified.example")?.name == "shared-mailbox")
        #expect(plan.application(for: "5001", domain: "dual.example") == nil)
        #expect(plan.application(for: "200", domain: "dual.example")?.name == "shared-mailbox")
        #expect(plan.application(for: "5200", domain: "dual.example")?.name == "leave-message")
        #expect(plan.application(for: "+31205551101", domain: "dual.example")?.arguments == ["mailbox": "1101"])
        #expect(plan.application(for: "5034", domain: "dual.example")?.arguments == ["language": "es"])
    }

    @Test("A7: feature codes may hold * and # and international numbers start with +")
    func featureCodes() throws {
        let plan = try Dialplan(
            yaml: """
                numbers:
                  - { dial: "*97", application: own-mailbox }
                  - { dial: "#3{mailbox:3}", application: leave-message }
                  - { dial: "+3120555{mailbox:4}", application: leave-message }
                """, file: "plan.yaml")
        #expect(plan.application(for: "*97", domain: "a")?.name == "own-mailbox")
        #expect(plan.application(for: "#3100", domain: "a")?.arguments == ["mailbox": "100"])
        #expect(plan.application(for: "+31 (20) 555-1234", domain: "a")?.arguments == ["mailbox": "1234"])
        #expect(plan.application(for: "31205551234", domain: "a") == nil)
    }

    @Test("A7: the files of a folder make one plan, and a clash between two of them names both")
    func folder() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", "numbers:\n  - { dial: '5001', application: own-mailbox }\n")
        try folder.write("b.yaml", "organisations:\n  b.example:\n    - { dial: '7', application: any-mailbox }\n")
        try folder.write("notes.txt", "not: [read")
        let plan = try Dialplan.load(folder.path)
        #expect(plan.application(for: "5001", domain: "b.example")?.name == "own-mailbox")
        #expect(plan.application(for: "7", domain: "b.example")?.name == "any-mailbox")
        #expect(plan.application(for: "7", domain: "a.example") == nil)

        try folder.write("c.yaml", "\nnumbers:\n  - { dial: '5001', application: any-mailbox }\n")
        let clash = #expect(throws: DialplanError.self) { try Dialplan.load(folder.path) }
        #expect(clash?.file == folder.path + "/c.yaml")
        #expect(clash?.line == 3)
        #expect(clash?.reason.contains(folder.path + "/a.yaml:2") == true)
    }

    @Test("A7: a missing file, a folder without a plan and a file that is not text are refused by name")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DialplanError.self) { try Dialplan.load(folder.path + "/none.yaml") }
        #expect(throws: DialplanError.self) { try Dialplan.load(folder.path) }
        try Data([0xFF, 0xFE, 0x00, 0xD8]).write(to: URL(filePath: folder.path + "/x.yaml"))
        let error = #expect(throws: DialplanError.self) { try Dialplan.load(folder.path) }
        #expect(error?.file == folder.path + "/x.yaml")
    }
}

/// A folder that is gone when the test is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "dialplan-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
