// Key maps are data: the default one is what the design promises, another one changes keys and spoken menus alike,
// and a wrong one is refused with file, line and reason.
import CallControl
import Foundation
import Testing

@testable import Voicemail

@Suite("Key maps (C11)")
struct KeyMapTests {
    static let path = House.repository.appending(path: "dialplan/keymaps/default.yaml").path
    static func yaml() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test("the default map is the promised one: a message")
    func defaultMap() throws {
        let map = try KeyMap(yaml: Self.yaml(), file: "default.yaml")
        let message: [Key: MessageAction] = [
            .one: .fromTheStart, .two: .save, .three: .delete, .four: .slower, .five: .envelope, .six: .faster,
            .seven: .back, .eight: .pause, .nine: .ahead, .star: .previous, .pound: .next, .zero: .more,
        ]
        let main: [Key: MainAction] = [
            .one: .newMessages, .two: .savedMessages, .three: .sendMessage, .four: .greetingsAndName,
            .five: .options, .six: .deletedMessages, .seven: .changeFolder, .zero: .reachOperator, .star: .sayAgain,
            .pound: .goodbye,
        ]
        let more: [Key: MoreAction] = [
            .one: .reply, .two: .callBack, .three: .forward, .four: .keepAsNew, .five: .moveToFolder, .six: .louder,
            .seven: .softer, .star: .goBack, .zero: .mainMenu,
        ]
        for key in Key.allCases {
            #expect(map.message[key] == message[key])
            #expect(map.playing[key] == message[key], "one key means one thing")
            #expect(map.introducing[key] == message[key], "one key means one thing")
            #expect(map.main[key] == main[key])
            #expect(map.more[key] == more[key])
        }
        #expect(map.caller[.pound] == .skip)
        #expect(map.caller[.star] == .logIn)
        #expect(map.recording.meaningful == [.pound])
    }

    @Test("what differs while a message plays is a table of its own: the rest is as after it")
    func playingTable() throws {
        let path = House.repository.appending(path: "dialplan/keymaps/asterisk.yaml").path
        let map = try KeyMap(yaml: String(contentsOfFile: path, encoding: .utf8), file: "asterisk.yaml")
        #expect(map.playing[.pound] == .ahead && map.message[.pound] == .goodbye)
        #expect(map.playing[.two] == .fromTheStart && map.message[.two] == .changeFolder)
        #expect(map.playing[.seven] == .delete && map.message[.seven] == .delete)
        #expect(map.introducing[.one] == .skipIntroduction && map.playing[.one] == .firstMessage)
        #expect(map.introducing[.pound] == .ahead)
        #expect(map.message.key(for: .fromTheStart) == .five, "a menu speaks the keys that count after a message")
        #expect(map.hasOneMenu)
        #expect(try !KeyMap(yaml: Self.yaml(), file: "default.yaml").hasOneMenu)
    }

    @Test("another map changes what the keys do and what the menu says; an action without a key is not offered")
    func anotherMap() async throws {
        let yaml = try Self.yaml().replacing("new-messages: 1", with: "new-messages: 9")
            .replacing("saved-messages: 2", with: "saved-messages: none")
            .replacing("log-in: \"*\"", with: "log-in: \"8\"")
        let maps = KeyMaps(
            default: try KeyMap(yaml: Self.yaml(), file: "a"), others: ["swapped": try KeyMap(yaml: yaml, file: "b")])
        let house = try await House.open(keymaps: maps)
        try await house.choose(keymap: "swapped", for: "100")
        let call = ScriptedCall()
        call.when("person-at-extension", type: "*8")
        call.when("enter-pin", type: "4815#")
        call.when("to-end-the-call", type: "2")
        call.when("invalid-key", type: "9")
        await house.deposit(call)
        #expect(call.heard(inOrder: "to-hear-new-messages", "press-9", "invalid-key", "no-new-messages"))
        #expect(!call.heard("to-hear-saved-messages"))
    }

    @Test("a folder of maps is loaded by file name, and the default must be there")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keymaps-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: KeyMapError.self) { try KeyMaps.load(folder.path) }
        #expect(throws: KeyMapError.self) { try KeyMaps.load(folder.path + "/none") }
        try Self.yaml().write(to: folder.appending(path: "asterisk.yaml"), atomically: true, encoding: .utf8)
        #expect(throws: KeyMapError.self) { try KeyMaps.load(folder.path) }
        try Self.yaml().write(to: folder.appending(path: "default.yaml"), atomically: true, encoding: .utf8)
        #expect(try KeyMaps.load(folder.path).names == ["asterisk", "default"])
    }

    /// Line numbers are those of the shipped file, in which one text is replaced.
    struct Case: Sendable, CustomTestStringConvertible {
        var replaced: String
        var with: String
        var blames: String
        var reason: String
        var testDescription: String { with }
    }

    @Test(
        "a wrong map is refused with file, line and reason",
        arguments: [
            Case(replaced: "goodbye: \"#\"", with: "goodbye: \"12\"", blames: "goodbye:", reason: "'12' is not a key"),
            Case(replaced: "goodbye: \"#\"", with: "goodbye: x", blames: "goodbye:", reason: "'x' is not a key"),
            Case(replaced: "goodbye: \"#\"", with: "goodbye: [1]", blames: "goodbye:", reason: "not a key"),
            Case(
                replaced: "goodbye: \"#\"", with: "goodbye: 1", blames: "goodbye:",
                reason: "'1' already means new-messages"),
            Case(replaced: "goodbye: \"#\"", with: "godbye: \"#\"", blames: "godbye:", reason: "no action 'godbye'"),
            Case(replaced: "  goodbye: \"#\"\n", with: "", blames: "  new-messages: 1", reason: "which key is goodbye"),
            Case(replaced: "recording:", with: "recoding:", blames: "recoding:", reason: "no menu 'recoding'"),
            Case(
                replaced: "recording:\n  done: \"#\"\n  operator: none", with: "recording: no", blames: "recording:",
                reason: "lines"),
            Case(
                replaced: "start-over: \"*\"", with: "start-over: 5", blames: "start-over:",
                reason: "'5' is not a key"),
            Case(replaced: "goodbye: \"#\"", with: "goodbye: *", blames: "goodbye:", reason: ""),
            Case(replaced: "none: [messages", with: "none: [mesages", blames: "mesages", reason: "no action 'mesages'"),
            Case(
                replaced: "none: [messages, more]", with: "none: [more]", blames: "  new-messages: 1",
                reason: "messages"),
            Case(
                replaced: "none: [messages, more]", with: "none: [messages, more, goodbye]",
                blames: "[messages, more, goodbye]", reason: "'goodbye' stands in 'main' twice"),
        ])
    func refused(_ bad: Case) throws {
        let yaml = try Self.yaml().replacing(bad.replaced, with: bad.with, maxReplacements: 1)
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains(bad.blames) }) + 1
        let error = #expect(throws: KeyMapError.self) { try KeyMap(yaml: yaml, file: "bad.yaml") }
        #expect(error?.file == "bad.yaml")
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.reason.contains(bad.reason) == true || bad.reason.isEmpty, "\(error?.reason ?? "")")
    }

    @Test(
        "what is no map at all is refused on its first line",
        arguments: [
            "", "- 1", "hello", "main: {}", String(repeating: "#", count: 70_000),
            String(repeating: "[", count: 60_000),
        ])
    func noMap(yaml: String) {
        let error = #expect(throws: KeyMapError.self) { try KeyMap(yaml: yaml, file: "bad.yaml") }
        #expect(error?.line == 1)
        #expect(error?.description.hasPrefix("bad.yaml:1: ") == true)
    }
}
