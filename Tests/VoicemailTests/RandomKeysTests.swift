// Anybody, pressing anything, for ever: random keys through all menus, with recordings and hang-ups at random moments.
// Whatever was pressed, the books are right after each call: nothing half made, no quota passed, counts that are
// what the lists say, no message lost that nobody deleted, and what a caller said is there once.
import CallControl
import Foundation
import GRDB
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Random keys through all menus")
struct RandomKeysTests {
    /// All seeds come from this one. `LAMPLIGHTER_SEED` plays a run again.
    static let seed =
        ProcessInfo.processInfo.environment["LAMPLIGHTER_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: .min ... .max)
    static let players = 8
    static let steps = 100_000

    @Test("100,000 steps, and the store's books are right after every call", arguments: 0..<players)
    func play(_ player: Int) async throws {
        print("random keys: LAMPLIGHTER_SEED=\(Self.seed), player \(player)")
        var random = SplitMix64(state: Self.seed &+ UInt64(player) &* 0x1_0000_0001)
        var steps = 0
        while steps < Self.steps / Self.players {
            let run = try await RandomRun(&random)
            for _ in 0..<40 { steps += try await run.call(&random) }
        }
    }
}

/// One house and what is known of it from the calls so far.
private struct RandomRun {
    let house: House
    private let keymap: String
    private let mailboxes: [MailboxID]
    private static let numbers = ["100", "101", "200"]

    init(_ random: inout SplitMix64) async throws {
        let quota = [60_000, 300_000, Mailbox.defaultQuota].randomElement(using: &random) ?? 300_000
        house = try await House.open(quota: quota)
        keymap = house.service.keymaps.names.randomElement(using: &random) ?? KeyMaps.defaultName
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
        settings.offersReview = Int.random(in: 0..<4, using: &random) > 0
        settings.envelope = EnvelopeMode.allCases.randomElement(using: &random) ?? .onDemand
        settings.order = MessageOrder.allCases.randomElement(using: &random) ?? .oldestFirst
        settings.playsNewAtOnce = Bool.random(using: &random)
        settings.goesOnAfterDelete = Bool.random(using: &random)
        settings.mayCallBack = Bool.random(using: &random)
        settings.mayBroadcast = Bool.random(using: &random)
        settings.needsIntroduction = Int.random(in: 0..<4, using: &random) == 0
        settings.operatorNumber = Bool.random(using: &random) ? "101" : nil
        settings.copies = Int.random(in: 0..<4, using: &random) == 0 ? ["101"] : []
        return settings
    }

    /// One call; returns how many steps it took.
    func call(_ random: inout SplitMix64) async throws -> Int {
        let seed = random.next()
        let number = Self.numbers.randomElement(using: &random) ?? "100"
        try await house.restoreAccess()
        let deposits = Int.random(in: 0..<3, using: &random) == 0
        let call: RandomCall
        if deposits {
            call = RandomCall("03\(number)", account: nil, pin: House.pin, seed: seed)
            await house.service.run("leave-message", arguments: ["mailbox": number], call)
        } else {
            call = RandomCall("5001", account: number == "200" ? nil : number, pin: House.pin, seed: seed)
            await house.service.run("own-mailbox", arguments: [:], call)
        }
        try await check(call, "call \(seed) of \(call.invitation.dialled), \(keymap), …\(call.lastPrompts)")
        return call.steps
    }

    private func check(_ call: RandomCall, _ what: String) async throws {
        #expect(try await house.isConsistent(), "\(what)")
        #expect(try await house.losses() == [], "\(what)")
        for mailbox in mailboxes {
            let counts = try await house.store.counts(of: mailbox)
            let new = try await house.store.messages(in: .new, of: mailbox)
            #expect(counts.new == new.count && counts.newUrgent == new.filter(\.urgent).count, "\(what)")
            #expect(try await house.store.messages(in: .saved, of: mailbox).count == counts.saved, "\(what)")
        }
        try await checkDelivery(of: call, what)
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
