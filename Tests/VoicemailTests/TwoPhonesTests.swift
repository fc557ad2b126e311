// Several phones in one mailbox at once: whatever one of them does to a message that the other is at, no other message
// is touched, nothing that was deleted comes back by itself, and the counts are true.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Several phones in one mailbox")
struct TwoPhonesTests {
    /// Runs a whole call of another phone, in saved messages ("2"), while the first one is in the middle of something.
    private func other(_ house: House, _ folder: String, at second: Double, _ keys: String) async {
        let call = ListenTests.call(folder)
        call.inAudio(at: second, type: keys)
        call.when("message-2", type: "#")
        await house.retrieve(call)
    }

    private func total(_ house: House) async throws -> Int {
        var total = 0
        for folder in Folder.allCases { total += try await house.messages(in: folder).count }
        return total
    }

    @Test(
        "C2: one phone deletes the message that another one hears: it stays deleted, the next one is another message",
        arguments: ["", "#", "2", "3"])
    func deletedWhileHeard(key: String) async throws {
        let house = try await House.open()
        let first = try await house.message(6, 1)
        let second = try await house.message(6, 2)
        let call = ListenTests.call()
        call.inAudio(at: 2, do: { await other(house, "1", at: 1, "3") })
        call.inAudio(at: 3, type: key)
        await house.retrieve(call)
        switch key {
        // To its end, next, or deleted as well: it was deleted and is deleted.
        case "", "#", "3": #expect(try await house.folder(of: first) == .deleted)
        // Saved on purpose.
        default: #expect(try await house.folder(of: first) == .saved)
        }
        #expect(try await house.folder(of: second) == (["", "3"].contains(key) ? .new : .saved))
        #expect(try await total(house) == 2)
        let counts = try await house.store.counts(of: house.mailbox().id)
        #expect(try await counts.new == house.messages(in: .new).count)
        #expect(try await counts.saved == house.messages(in: .saved).count)
    }

    @Test("C2 C4: one phone moves the message that another one deletes and has back: it is where it was put last")
    func movedWhileDeleted() async throws {
        let house = try await House.open()
        let id = try await house.message(6, 1)
        let other = try await house.message(6, 2)
        let call = ListenTests.call()
        call.inAudio(at: 2, type: "3")
        call.when("message-deleted", do: { try? await house.move(id, to: .work) })
        call.when("to-undelete-message", type: "3")
        call.when("message-undeleted", do: {})
        await house.retrieve(call)
        #expect(call.heard("message-undeleted"))
        #expect(try await house.folder(of: id) == .work, "had back by the other phone, and not moved from there")
        #expect(try await house.folder(of: other) == .new)
    }

    @Test("C2 C4: a message that another phone has put into a folder is told and played; next leaves it there")
    func movedMeanwhile() async throws {
        let house = try await House.open()
        let first = try await house.message(4, 1)
        let second = try await house.message(4, 2)
        let call = ListenTests.call()
        call.inAudio(at: 1, do: { try? await house.move(second, to: .friends) })
        call.when("end-of-message", type: "#")
        call.inAudio(at: 2, type: "#")
        await house.retrieve(call)
        #expect(call.heard(inOrder: "message-1", "message-2", "no-more-messages"))
        #expect(try await house.folder(of: first) == .saved)
        #expect(try await house.folder(of: second) == .friends)
    }

    @Test("C2: many phones at once press everything there is: no message is lost or doubled, the counts are true")
    func manyAtOnce() async throws {
        let house = try await House.open()
        for seed in 1...4 { try await house.message(2, seed) }
        let before = Set(try await all(house).map(\.id))
        await withTaskGroup(of: Void.self) { phones in
            for (index, keys) in ["1332#3#2#3", "13#3#3#3#", "1#2#*3#", "2333#", "6333#3", "105405305204", "722*6"]
                .enumerated()
            {
                phones.addTask {
                    let call = ScriptedCall(account: "100")
                    call.type("4815#" + keys)
                    await house.retrieve(call)
                    #expect(call.events.last == .hungUp, "\(index)")
                }
            }
        }
        #expect(Set(try await all(house).map(\.id)) == before)
        let counts = try await house.store.counts(of: house.mailbox().id)
        #expect(try await counts.new == house.messages(in: .new).count)
        #expect(try await counts.saved == house.messages(in: .saved).count)
        #expect(try await house.isConsistent())
    }

    private func all(_ house: House) async throws -> [Message] {
        var all: [Message] = []
        for folder in Folder.allCases { all += try await house.messages(in: folder) }
        return all
    }
}
