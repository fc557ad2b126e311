// Anybody, pressing anything, for ever: random keys through all menus, with recordings and hang-ups at random moments.
// Whatever was pressed, the books are right after each call: nothing half made, no quota passed, counts that are
// what the lists say, no message lost that nobody deleted, and what a caller said is there once.
import CallControl
import Foundation
import GRDB
import Mailboxes
import Phrases
import SeededNumbers
import Synchronization
import Testing

@testable import Voicemail

@Suite("Random keys through all menus")
struct RandomKeysTests {
    /// All seeds come from this one. `LAMPLIGHTER_SEED` plays a run again.
    static let seed =
        ProcessInfo.processInfo.environment["LAMPLIGHTER_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: .min ... .max)
    static let players = 8
    static let steps = 100_000
    /// What was heard by the players that are through, and how many these are.
    private static let heard = Mutex<(prompts: Set<String>, players: Int)>(([], 0))

    @Test("100,000 steps, and the store's books are right after every call", arguments: 0..<players)
    func play(_ player: Int) async throws {
        print("random keys: LAMPLIGHTER_SEED=\(Self.seed), player \(player)")
        var random = SplitMix64(seed: Self.seed &+ UInt64(player) &* 0x1_0000_0001)
        var steps = 0
        var prompts: Set<String> = []
        while steps < Self.steps / Self.players {
            let run = try await RandomRun(&random)
            for _ in 0..<40 {
                let call = try await run.call(&random)
                steps += call.steps
                prompts.formUnion(call.prompts)
            }
        }
        let (all, players) = Self.heard.withLock { heard in
            heard.prompts.formUnion(prompts)
            heard.players += 1
            return heard
        }
        guard players == Self.players else { return }
        let unheard = Self.choices.subtracting(all).subtracting(["enter-more-letters"])
        #expect(unheard.sorted() == [], "these keys never led there")
    }

    /// What every menu and every question offers, so that none of them is left out. (More letters of a name are asked for
    /// where many have the same; here is one.)
    private static let choices = Set(
        PromptID.allCases.map(\.rawValue).filter { prompt in
            ["to-", "for-", "enter-"].contains { prompt.hasPrefix($0) }
        })

    @Test("a run that is played again by its seed is the same, call by call")
    func replay() async throws {
        func play() async throws -> [[String]] {
            var random = SplitMix64(seed: Self.seed)
            let run = try await RandomRun(&random)
            var calls: [[String]] = []
            for _ in 0..<12 { calls.append(try await run.call(&random).prompts) }
            return calls
        }
        let (first, second) = (try await play(), try await play())
        #expect(first == second, "LAMPLIGHTER_SEED=\(Self.seed)")
    }
}

/// One house and what is known of it from the calls so far.
private struct RandomRun {
    let house: House
    private let keymap: String
    private let mailboxes: [MailboxID]
    private static let numbers = ["100", "101", "102", "200"]

    init(_ random: inout SplitMix64) async throws {
        let quota = [60_000, 300_000, Mailbox.defaultQuota].randomElement(using: &random) ?? 300_000
        var terms = VoicemailSettings()
        terms.longestGreeting = .seconds(5)
        terms.longestName = .seconds(3)
        house = try await House.open(quota: quota, settings: terms)
        let keymap = house.service.keymaps.names.randomElement(using: &random) ?? KeyMaps.defaultName
        self.keymap = keymap
        let directoryBy = OrganisationSettings.DirectoryKey.allCases.randomElement(using: &random) ?? .both
        try await house.neighbour("102", quota: quota, name: "Ada Lovelace")
        try await house.list(3, "101", "102")
        try await house.organisation {
            $0.callableNumbers = ["555"]
            $0.operatorNumber = "101"
            $0.keymap = keymap
            $0.directoryBy = directoryBy
        }
        for kind in [GreetingKind.temporary, .slot3, .name] where Bool.random(using: &random) {
            try await house.greeting(kind, 1)
        }
        try await house.watchMessages()
        var mailboxes: [MailboxID] = []
        for number in Self.numbers { mailboxes.append(try await house.mailbox(number).id) }
        self.mailboxes = mailboxes
        let settings = Self.settings(keymap, &random)
        for number in Self.numbers {
            _ = try await house.store.changeSettings(of: house.mailbox(number).id) { changed in
                changed = settings
                changed.copies.removeAll { $0 == number }
            }
        }
    }

    private static func settings(_ keymap: String, _ random: inout SplitMix64) -> MailboxSettings {
        var settings = MailboxSettings()
        settings.keymap = keymap
        settings.language = ["en", "es"].randomElement(using: &random)
        settings.offersReview = Int.random(in: 0..<4, using: &random) > 0
        settings.envelope = EnvelopeMode.allCases.randomElement(using: &random) ?? .onDemand
        settings.order = MessageOrder.allCases.randomElement(using: &random) ?? .oldestFirst
        settings.playsNewAtOnce = Bool.random(using: &random)
        settings.goesOnAfterDelete = Bool.random(using: &random)
        settings.mayCallBack = Bool.random(using: &random)
        settings.mayBroadcast = Bool.random(using: &random)
        settings.operatorNumber = Bool.random(using: &random) ? "101" : nil
        settings.warnsAt = [40, 90].randomElement(using: &random) ?? 90
        settings.maximumMessage = [nil, 5].randomElement(using: &random) ?? nil
        settings.temporaryGreetingEnds =
            [nil, House.noon - 1, House.noon + 90_000].randomElement(using: &random) ?? nil
        settings.isEnabled = Int.random(in: 0..<10, using: &random) > 0
        settings.isAnnouncementOnly = Int.random(in: 0..<10, using: &random) == 0
        settings.copies = Int.random(in: 0..<4, using: &random) == 0 ? ["101"] : []
        return settings
    }

    func call(_ random: inout SplitMix64) async throws -> RandomCall {
        let seed = random.next()
        let number = Self.numbers.randomElement(using: &random) ?? "100"
        try await house.restoreAccess()
        if Int.random(in: 0..<12, using: &random) == 0 { try await makeNew(number, &random) }
        if Int.random(in: 0..<12, using: &random) == 0 { try await interrupt(number) }
        let account = number == "200" ? nil : number
        let (application, arguments, caller): (String, [String: String], String?) =
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<4: ("leave-message", ["mailbox": number], nil)
            case 4: ("any-mailbox", [:], account)
            case 5: ("directory", [:], nil)
            case 6: ("shared-mailbox", ["mailbox": "200"], account)
            default: ("own-mailbox", [:], account)
            }
        let call = RandomCall(number, account: caller, pin: House.pin, seed: seed)
        await house.service.run(application, arguments: arguments, call)
        try await check(call, "call \(seed), \(application) \(number), \(keymap), …\(call.lastPrompts)")
        return call
    }

    /// The last call broke off in a message.
    private func interrupt(_ number: String) async throws {
        guard let message = try await house.messages(in: .new, of: number).last else { return }
        let place = Bookmark(message: message.id, folder: .new, position: 8_000, at: House.noon)
        try await house.store.setBookmark(place, of: message.mailbox)
    }

    /// Somebody logs in for the first time.
    private func makeNew(_ number: String, _ random: inout SplitMix64) async throws {
        try await house.settings(of: number) { $0.needsIntroduction = true }
        guard Bool.random(using: &random) else { return }
        try await house.store.setPIN(House.pin, of: house.mailbox(number).id, temporary: true)
    }

    private func check(_ call: RandomCall, _ what: String) async throws {
        #expect(try await house.isConsistent(), "\(what)")
        #expect(try await house.losses() == [], "\(what)")
        for mailbox in mailboxes {
            let counts = try await house.store.counts(of: mailbox)
            let new = try await house.store.messages(in: .new, of: mailbox)
            #expect(counts.new == new.count && counts.newUrgent == new.filter(\.urgent).count, "\(what)")
            #expect(try await house.store.messages(in: .saved, of: mailbox).count == counts.saved, "\(what)")
            let chosen = try await house.store.mailbox(mailbox)?.settings.chosenGreeting.flatMap(GreetingKind.slot)
            let isThere = if let chosen { try await house.store.greeting(chosen, of: mailbox) != nil } else { true }
            #expect(isThere, "no such greeting: \(what)")
        }
        try await checkDelivery(of: call, what)
        try await checkSending(of: call, what)
    }

    /// What an owner recorded to be sent is in nobody's mailbox twice, unless it was forwarded from there.
    private func checkSending(of call: RandomCall, _ what: String) async throws {
        let deposits = Set(try await house.depositsOnly(call.utterances).map(\.tag))
        let drafts = call.utterances.map(\.tag).filter { !deposits.contains($0) }
        let delivered = try await house.messages(beginningWith: drafts)
        #expect(delivered.isEmpty || call.heard("message-sent-to") || call.heard("message-forwarded-to"), "\(what)")
        let isForwarded = call.heard("message-forwarded-to")
        #expect(isForwarded || Set(delivered).count == delivered.count, "sent twice: \(what)")
    }

    /// What a caller said is in the mailbox once: the last good take, unless the caller took it back.
    private func checkDelivery(of call: RandomCall, _ what: String) async throws {
        let deposits = try await house.depositsOnly(call.utterances)
        let delivered = try await house.messages(beginningWith: deposits.map(\.tag))
        #expect(Set(delivered).count == delivered.count, "doubled: \(what)")
        guard let last = deposits.last(where: \.isGood), !call.heard("message-cancelled") else { return }
        if call.metAFullMailbox {
            #expect(!delivered.isEmpty, "lost: \(what)")
        } else {
            // What is added to a recording stands behind its beginning.
            let first = deposits.first { $0.recording == last.recording } ?? last
            #expect(delivered.contains { $0.tag == first.tag }, "lost: \(what)")
            #expect(Set(delivered.map(\.tag)).count == 1, "more than one take: \(what)")
        }
    }
}
