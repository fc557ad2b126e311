// Every key of every menu that an owner comes to below the main menu, in every key map: what it leads to, or that it
// means nothing; three that mean nothing end the call, and so does silence (C5–C11).
import CallControl
import Foundation
import Testing

@testable import Mailboxes
@testable import Voicemail

@Suite("Menus below the main menu")
struct OwnMenusTests {
    static let keymaps = ["asterisk", "default", "freeswitch"]

    /// Types `keys` when the menu is reached.
    private func visit(_ place: Place, _ house: House, _ map: KeyMap, _ keys: String) async throws -> ScriptedCall {
        let call = ScriptedCall()
        place.enter(call, map)
        call.when(place.prompt, type: keys)
        try await house.run(call, place.flow)
        #expect(call.cuesLeft == 0, "\(place.testDescription): not reached, heard \(call.prompts)")
        #expect(try await house.isConsistent())
        return call
    }

    private func house(_ place: Place, _ keymap: String) async throws -> (House, KeyMap)? {
        let house = try await House.open()
        let map = try #require(house.service.keymaps[keymap])
        guard place.isReached(map) else { return nil }
        try await house.choose(keymap: keymap, for: "100")
        try await place.prepare(house)
        return (house, map)
    }

    @Test("C5–C10: each key leads where its map says, every other one means nothing", arguments: Place.all, keymaps)
    func keys(_ place: Place, keymap: String) async throws {
        for key in Key.allCases {
            guard let (house, map) = try await house(place, keymap) else { return }
            let prompts = try await visit(place, house, map, String(key.rawValue)).prompts
            let reached = try #require(prompts.firstIndex(of: place.prompt))
            let next = prompts.dropFirst(reached + 1).first ?? ""
            #expect(next == place.leadsTo(map)[key] ?? place.otherwise, "\(key.rawValue)")
        }
    }

    @Test("C5–C10: three keys that mean nothing end the call", arguments: Place.all, keymaps)
    func wrongKeys(_ place: Place, keymap: String) async throws {
        guard place.otherwise == "invalid-key", let (house, map) = try await house(place, keymap) else { return }
        let prompts = try await visit(place, house, map, "DDD").prompts
        #expect(prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
        #expect(prompts.filter { $0 == "invalid-key" }.count == 2)
    }

    @Test("C5–C10: silence is asked about twice, and the third time ends the call", arguments: Place.all, keymaps)
    func silence(_ place: Place, keymap: String) async throws {
        guard let (house, map) = try await house(place, keymap) else { return }
        let call = try await visit(place, house, map, "")
        #expect(call.prompts.last == "goodbye")
        #expect(call.prompts.filter { $0 == "are-you-still-there" }.count == 2)
        #expect(call.events.filter { $0 == .silence }.count == 3)
    }

    @Test("C11: no menu of a key map is left out by the tests that press every key", arguments: keymaps)
    func everyMenu(keymap: String) throws {
        let path = House.repository.appending(path: "dialplan/keymaps/\(keymap).yaml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let menus = text.split(separator: "\n").filter { $0.hasSuffix(":") && $0.first?.isLetter == true }
            .map { String($0.dropLast()) }
        let map = try KeyMap(yaml: text, file: path)
        let below = Set(Place.all.filter { $0.isReached(map) }.map(\.menu))
        // `EveryKeyTests`, and the tests of what callers do.
        let elsewhere: Set = [
            "main", "message", "playing", "introducing", "more", "folder", "resume", "caller", "recording",
            "after-recording",
        ]
        // Nothing to press there, or asked together with what comes before it.
        let withoutKeys: [String: Set<String>] = [
            "asterisk": ["addressees", "introduction", "sending", "addressing"], "default": ["address-by"],
            "freeswitch": ["address-by", "addressees"],
        ]
        let reached = below.union(elsewhere).union(withoutKeys[keymap] ?? [])
        #expect(menus.count > 20)
        #expect(menus.filter { !reached.contains($0) } == [])
    }
}
