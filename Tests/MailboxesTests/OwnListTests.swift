// An owner's own lists as they are kept by telephone: all of a change or nothing of it (C6).
import Testing

@testable import Mailboxes

@Suite("An owner's own lists (C6)")
struct OwnListTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("a list is made by the first who is put on it; who is gone or elsewhere is left out; taking off takes off")
    func ownList() async throws {
        let store = try await scratch.open()
        let owner = try await store.sampleMailbox("100")
        let one = try await store.sampleMailbox("101")
        let two = try await store.sampleMailbox("102")
        _ = try await store.addOrganisation(NewOrganisation(domain: "b.example", name: "B"))
        let foreign = try await store.addMailbox(NewMailbox(domain: "b.example", number: "101", pin: "4815")).id
        let nobody = MailboxID(rawValue: 4_711)
        func numbers(_ list: Int) async throws -> [String] {
            try await store.members(ofOwnList: list, of: owner).map(\.number)
        }
        #expect(try await numbers(3) == [])

        try await store.changeOwnList(3, of: owner, adding: [foreign, nobody], removing: [one])
        #expect(try await store.lists(of: owner).isEmpty, "nobody to put on it")
        try await store.changeOwnList(3, of: owner, adding: [two, foreign, one, nobody, two], removing: [])
        #expect(try await numbers(3) == ["101", "102"])
        #expect(try await store.lists(of: owner).map(\.name) == ["3"])
        try await store.changeOwnList(4, of: owner, adding: [one], removing: [])
        try await store.changeOwnList(3, of: owner, adding: [owner], removing: [one, foreign])
        #expect(try await numbers(3) == ["100", "102"])
        #expect(try await numbers(4) == ["101"], "another list stays as it is")
        #expect(try await store.members(ofOwnList: 3, of: one).isEmpty, "another owner's")

        for number in [0, 10, -1] {
            await #expect(throws: StoreError.badNumber("\(number)")) {
                try await store.changeOwnList(number, of: owner, adding: [one], removing: [])
            }
        }
        await #expect(throws: StoreError.unknownMailbox(nobody)) {
            try await store.changeOwnList(3, of: nobody, adding: [one], removing: [])
        }
    }
}
