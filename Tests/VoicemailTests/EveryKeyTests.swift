// Every key of the owner's menus, generated from the key maps: each of the sixteen keys, typed ahead, after a silence and
// while a message plays, in each menu of each map. Whatever is pressed, the call ends politely once its owner falls
// silent, what means nothing is told, and no message is lost, doubled or half moved (C1, C2, C4, C11, C12).
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

/// One of the owner's menus in one key map.
struct OwnersMenu: Sendable, CustomTestStringConvertible {
    enum Kind: String, CaseIterable {
        case main, message, more
        case moreOfMain = "more, from the main menu"
        case folderToListen = "folder to listen to"
        case folderToMove = "folder to move to"
        case resume
    }
    var kind: Kind
    var keymap: String

    var testDescription: String { "\(keymap): \(kind.rawValue)" }

    static let all = ["asterisk", "default", "freeswitch"].flatMap { keymap in
        Kind.allCases.map { OwnersMenu(kind: $0, keymap: keymap) }
    }

    /// When the key is pressed.
    enum Moment: CaseIterable { case ahead, afterSilence, whilePlaying }

    /// The keys that lead from the main menu to this one; nil where the map has no such way.
    func way(_ keys: KeyMap) -> [Key]? {
        let listen = keys.main.key(for: .newMessages) ?? keys.main.key(for: .messages)
        let way: [Key?] =
            switch kind {
            case .main, .resume: []
            case .message: [listen]
            case .more: [listen, keys.message.key(for: .more)]
            case .moreOfMain: [keys.main.key(for: .more)]
            case .folderToListen: [keys.main.key(for: .changeFolder)]
            case .folderToMove:
                if let key = keys.message.key(for: .moveToFolder) {
                    [listen, key]
                } else {
                    [listen, keys.message.key(for: .more), keys.more.key(for: .moveToFolder)]
                }
            }
        return way.contains(nil) ? nil : way.compactMap { $0 }
    }

    /// Whether `key` means something here.
    func means(_ key: Key, _ moment: Moment, _ keys: KeyMap) -> Bool {
        switch kind {
        case .main: keys.main[key] != nil
        case .resume: keys.resume[key] != nil || keys.main[key] != nil
        case .more, .moreOfMain: keys.more[key] != nil
        case .folderToListen: key.digit != nil || keys.folder[key] != nil
        case .folderToMove: key.digit != nil || keys.folder[key] == .cancel
        case .message:
            switch moment {
            case .ahead: keys.introducing[key] != nil
            case .afterSilence: keys.message[key] != nil
            case .whilePlaying: keys.playing[key] != nil
            }
        }
    }

    /// A call that comes here and presses `key`, or nothing, and is silent then; nil where that is no way.
    func call(_ key: Key?, _ moment: Moment, _ keys: KeyMap, hangUpAtStep: Int? = nil) -> ScriptedCall? {
        guard let way = way(keys) else { return nil }
        let call = ScriptedCall(account: "100", hangUpAtStep: hangUpAtStep)
        let typed = (way + [key].compactMap { $0 }).map { String($0.rawValue) }
        switch moment {
        case .ahead: call.when("enter-pin", type: "4815#" + typed.joined())
        case .afterSilence:
            call.when("enter-pin", type: "4815#")
            for key in typed { call.whenSilent(type: key) }
        case .whilePlaying:
            guard [.message, .more, .folderToMove].contains(kind), let listen = typed.first else { return nil }
            call.when("enter-pin", type: "4815#" + listen)
            call.inAudio(at: 1, type: typed.dropFirst().joined())
        }
        return call
    }
}

@Suite("Every key of the owner's menus, in every key map")
struct EveryKeyTests {
    private func house(_ menu: OwnersMenu) async throws -> (House, KeyMap) {
        let house = try await House.open()
        try await house.choose(keymap: menu.keymap, for: "100")
        try await house.settings {
            $0.mayCallBack = true
            $0.operatorNumber = "101"
        }
        return (house, try #require(house.service.keymaps[menu.keymap]))
    }

    /// Two new messages, one of them urgent, and a saved one.
    private func fill(_ house: House, _ menu: OwnersMenu) async throws {
        let mailbox = try await house.mailbox().id
        try await house.empty(mailbox)
        let id = try await house.message(3, 1, from: "101", sender: "101", urgent: true)
        try await house.message(2, 2)
        try await house.message(2, 3, in: .saved)
        let place = Bookmark(message: id, folder: .new, position: 8_000, at: House.noon)
        try await house.store.setBookmark(menu.kind == .resume ? place : nil, of: mailbox)
    }

    private func check(_ house: House, _ call: ScriptedCall, _ what: Comment) async throws {
        // Who is gone before the answer was never there.
        #expect(call.events.last == .hungUp || call.events.isEmpty && call.steps == 1, what)
        #expect(try await house.isConsistent(), what)
        let mailbox = try await house.mailbox().id
        let folders = try await house.folders(of: mailbox)
        #expect(folders.values.reduce(0, +) == 3, what)
        let counts = try await house.store.counts(of: mailbox)
        #expect(counts.new == folders[.new] ?? 0 && counts.saved == folders[.saved] ?? 0, what)
    }

    @Test("each key, typed ahead, after a silence, while a message plays", arguments: OwnersMenu.all)
    func everyKey(menu: OwnersMenu) async throws {
        let (house, keys) = try await house(menu)
        for moment in OwnersMenu.Moment.allCases {
            for key in Key.allCases {
                guard let call = menu.call(key, moment, keys) else { continue }
                try await fill(house, menu)
                await house.retrieve(call)
                let what = "\(key.rawValue) \(moment)" as Comment
                try await check(house, call, what)
                #expect(call.heard("invalid-key") == !menu.means(key, moment, keys), what)
                let isPolite = call.prompts.last == "goodbye"
                #expect(isPolite || call.events.contains(.passedOn("101")) || call.events.contains(.recording), what)
                #expect(call.cuesLeft == 0, what)
            }
        }
    }

    @Test("a hang-up at every step of the way to each menu and of the silence in it", arguments: OwnersMenu.all)
    func hangUps(menu: OwnersMenu) async throws {
        let (house, keys) = try await house(menu)
        var step = 1
        while let call = menu.call(nil, .afterSilence, keys, hangUpAtStep: step) {
            try await fill(house, menu)
            await house.retrieve(call)
            try await check(house, call, "step \(step)")
            if call.steps < step {
                #expect(call.prompts.last == "goodbye", "three silences end it politely")
                #expect(call.prompts.filter { $0 == "are-you-still-there" }.count >= 2)
                break
            }
            step += 1
        }
        #expect(step > 10 || menu.way(keys) == nil)
    }

    @Test(
        "a hang-up at every step of everything that can be done with messages",
        arguments: ["asterisk", "default", "freeswitch"])
    func tour(keymap: String) async throws {
        let menu = OwnersMenu(kind: .message, keymap: keymap)
        let (house, keys) = try await house(menu)
        func after(_ action: MessageAction) -> [Key] { [keys.message.key(for: action)].compactMap { $0 } }
        func more(_ action: MoreAction) -> [Key] {
            [keys.message.key(for: .more), keys.more.key(for: action)].compactMap { $0 }
        }
        let move = after(.moveToFolder).isEmpty ? more(.moveToFolder) : after(.moveToFolder)
        let script: [[Key]] = [
            try #require(menu.way(keys)), after(.faster), more(.louder), after(.delete), after(.delete), move + [.two],
            after(.next), after(.previous), more(.keepAsNew), after(.delete), after(.next),
        ]
        var step = 1
        while true {
            try await fill(house, menu)
            let call = ScriptedCall(account: "100", hangUpAtStep: step)
            call.when("enter-pin", type: "4815#")
            for keys in script where !keys.isEmpty { call.whenSilent(type: String(keys.map(\.rawValue))) }
            await house.retrieve(call)
            try await check(house, call, "step \(step)")
            if call.steps < step { break }
            step += 1
        }
        #expect(step > 30)
    }
}
