// Two owners of one mailbox, interleaved at every place: whatever one phone is doing, another one is faster before each
// single thing that the first asks of the store. No wrong message is ever touched, nothing that one has deleted comes
// back by the other's listening, nothing is sent twice, and the counts are true (C2, C4, C5, C8).
import CallControl
import Foundation
import Mailboxes
import Testing

@testable import Voicemail

/// What the first phone does, and where the message may be afterwards that it does it with.
struct OnePhone: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var keys: String
    /// Where its message is to begin with, and where the keys put it; nil: they file nothing, they only listen.
    var begins = Folder.new
    var files: Folder?
    /// What it sends to 101 when everything is still there.
    var sends = false

    static let all = [
        OnePhone(testDescription: "listens to the end and goes on", keys: "1"),
        OnePhone(testDescription: "goes on at once, and back", keys: "1#**##"),
        OnePhone(testDescription: "deletes", keys: "13##", files: .deleted),
        OnePhone(testDescription: "deletes and has it back", keys: "133##", files: .new),
        OnePhone(testDescription: "saves", keys: "12#", files: .saved),
        OnePhone(testDescription: "keeps as new", keys: "104#", files: .new),
        OnePhone(testDescription: "moves to a folder", keys: "1052##", files: .work),
        OnePhone(testDescription: "has a deleted one back", keys: "63##", begins: .deleted, files: .new),
        OnePhone(testDescription: "listens to a folder", keys: "72##", begins: .work),
        OnePhone(testDescription: "forwards", keys: "103101#22##", sends: true),
    ]
}

/// What the other phone does with that message.
enum OtherPhone: String, CaseIterable { case deletes, moves, purges, getsAnother }

@Suite("Two owners interleaved at every step (C2)")
struct InterleavingTests {
    private func house(_ phone: OnePhone) async throws -> (house: House, first: RecordingID, second: RecordingID) {
        let house = try await House.open()
        let first = try await house.message(1, 1)
        if phone.begins != .new { try await house.move(first, to: phone.begins) }
        let second = try await house.message(1, 2)
        if phone.begins != .new { try await house.move(second, to: phone.begins) }
        return (house, first, second)
    }

    /// The first phone's call, with the other one's turn before its operation `place`; returns how many there were.
    private func run(_ phone: OnePhone, _ house: House, before place: Int, _ deed: @escaping @Sendable () async -> Void)
        async -> (call: ScriptedCall, operations: Int)
    {
        let store = InterleavedStore(house.store, before: place, deed)
        let call = ScriptedCall(account: "100")
        call.type("4815#" + phone.keys)
        await house.service(with: store).run("own-mailbox", arguments: [:], call)
        return (call, store.operations)
    }

    @Test("the other phone comes first, before each operation", arguments: OnePhone.all, OtherPhone.allCases)
    func otherPhoneFirst(_ phone: OnePhone, other: OtherPhone) async throws {
        var place = 1
        while true {
            let (house, first, second) = try await house(phone)
            let mailbox = try await house.mailbox().id
            let (call, operations) = await run(phone, house, before: place) {
                switch other {
                case .deletes: try? await house.move(first, to: .deleted)
                case .moves: try? await house.move(first, to: .family)
                case .purges: _ = try? await house.store.purge(first, of: mailbox)
                case .getsAnother: _ = try? await house.message(1, 3)
                }
            }
            guard place <= operations else { break }
            let what = "\(phone.testDescription), \(other) before \(place) of \(operations)" as Comment
            #expect(call.prompts.suffix(1) == ["goodbye"] && call.events.last == .hungUp, what)
            try await check(house, what)
            let folders = try await house.folders(of: mailbox)
            #expect(folders.values.reduce(0, +) == [.purges: 1, .getsAnother: 3][other, default: 2], what)
            try await checkFirst(house, phone, other, first, what)
            // What the keys do with the first they may do with the second, once the first is out of the way; but keys
            // that were meant for a message that has just vanished touch no other.
            let mayBe: Set<Folder> = Set([phone.begins, .saved, phone.files ?? .saved])
            #expect(mayBe.contains(try #require(try await house.folder(of: second))), what)
            let sent = try await house.newAudio(of: "101")
            #expect(sent.count <= (phone.sends ? 1 : 0), what)
            #expect(sent.allSatisfy { $0 == House.speech(1, 1) || $0 == House.speech(1, 2) }, what)
            place += 1
        }
        #expect(place > 8)
    }

    private func checkFirst(
        _ house: House, _ phone: OnePhone, _ other: OtherPhone, _ first: RecordingID, _ what: Comment
    ) async throws {
        let folder = try await house.folder(of: first)
        switch other {
        case .purges: #expect(folder == nil, what)
        case .getsAnother: #expect(folder != nil, what)
        case .deletes where phone.files == nil: #expect(folder == .deleted, what)
        case .moves where phone.files == nil: #expect(folder == .family, what)
        // Whoever files it on purpose may be the last to do so; one key deletes, and has back what is deleted already.
        case .deletes: #expect([.deleted, .saved, phone.begins, phone.files].contains(folder), what)
        case .moves: #expect([.family, .saved, .deleted, phone.files].contains(folder), what)
        }
    }

    private func check(_ house: House, _ what: Comment) async throws {
        #expect(try await house.isConsistent(), what)
        let mailbox = try await house.mailbox().id
        let counts = try await house.store.counts(of: mailbox)
        #expect(try await counts.new == house.messages(in: .new).count, what)
        #expect(try await counts.saved == house.messages(in: .saved).count, what)
    }

    @Test("C8: a numbered greeting is deleted by one phone while the other chooses it: what is chosen is there")
    func greetings() async throws {
        for keys in ["4935*#", "4933*#"] {
            var place = 1
            while true {
                let house = try await House.open()
                try await house.greeting(.slot3)
                let mailbox = try await house.mailbox().id
                let phone = OnePhone(testDescription: "chooses", keys: keys)
                let chooses = keys == "4933*#"
                let (_, operations) = await run(phone, house, before: place) {
                    if chooses {
                        _ = try? await house.store.chooseGreeting(3, of: mailbox)
                    } else {
                        _ = try? await house.store.deleteGreeting(.slot3, of: mailbox)
                    }
                }
                guard place <= operations else { break }
                let isThere = try await house.store.greeting(.slot3, of: mailbox) != nil
                let chosen = try await house.mailbox().settings.chosenGreeting
                #expect(isThere || chosen == nil, "\(keys) before \(place)")
                place += 1
            }
            #expect(place > 8)
        }
    }
}

extension House {
    /// The same service with another door to the store.
    func service(with store: any Store) -> VoicemailService {
        VoicemailService(
            store: store, phrasebook: service.phrasebook, keymaps: service.keymaps, settings: service.settings,
            now: service.now, logger: service.logger)
    }
}
