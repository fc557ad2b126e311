// What a store of a few mailboxes must show after any sequence of operations, in the simplest words: lists and
// sums, no tables. One recording at a time per mailbox, with the takes that it replaces.

@testable import Mailboxes

struct StoreModel {
    /// Of a message that the store has named and the model has not yet heard of.
    static let unknown = RecordingID(rawValue: 0)

    struct Item: Equatable {
        var id: RecordingID
        var bytes: Int
        var folder: Folder
        var urgent: Bool
        var receivedAt: Double
        var deletedAt: Double?
    }
    struct Making {
        var id: RecordingID
        var kind: GreetingKind?
        var begunAt: Double
        var committed = 0
        var waiting = 0
        var isCutOff = false
        /// Whether the other mailbox gets it too.
        var isCopied = false
        /// Takes that it replaces, the last one last.
        var earlier: [Making] = []
        /// What the writer takes for free, as of its last look.
        var available: Int
    }
    struct Box {
        var quota: Int
        var items: [Item] = []
        var greetings: [GreetingKind: (id: RecordingID, bytes: Int)] = [:]
        var making: Making?
        /// The writer looks at this mailbox with its next commit.
        var inDoubt = false

        var used: Int {
            let takes = (making.map { $0.earlier + [$0] } ?? []).reduce(0) { $0 + $1.committed }
            return items.reduce(0) { $0 + $1.bytes } + greetings.values.reduce(0) { $0 + $1.bytes } + takes
        }
        var deleted: [Item] {
            items.filter { $0.folder == .deleted }
                .sorted { ($0.deletedAt ?? 0, $0.id.rawValue) < ($1.deletedAt ?? 0, $1.id.rawValue) }
        }
        var available: Int { quota - used + deleted.reduce(0) { $0 + $1.bytes } }
        var counts: MessageCounts {
            func count(_ folder: Folder, urgent: Bool? = nil) -> Int {
                items.count { $0.folder == folder && (urgent == nil || $0.urgent == urgent) }
            }
            return MessageCounts(
                new: count(.new), newUrgent: count(.new, urgent: true), saved: count(.saved),
                savedUrgent: count(.saved, urgent: true))
        }

        func list(_ folder: Folder) -> [Item] {
            items.filter { $0.folder == folder }.sorted {
                ($0.urgent ? 0 : 1, $0.receivedAt, $0.id.rawValue) < ($1.urgent ? 0 : 1, $1.receivedAt, $1.id.rawValue)
            }
        }

        mutating func makeRoom(_ count: Int, sparing spared: RecordingID? = nil) {
            for item in deleted where quota - used < count && item.id != spared {
                items.removeAll { $0.id == item.id }
            }
        }

        mutating func look() {
            let available = available
            making?.available = available
        }

        /// A copy of something arrives, or does not fit. Its id is to be filled in.
        mutating func receive(_ bytes: Int, urgent: Bool, at time: Double, copiedFrom own: Item? = nil) -> Bool {
            let needed = own?.folder == .deleted ? bytes : 0
            guard available - needed >= bytes else { return false }
            makeRoom(bytes, sparing: own?.id)
            items.append(Item(id: StoreModel.unknown, bytes: bytes, folder: .new, urgent: urgent, receivedAt: time))
            return true
        }

        /// `looks`: whether the writer has a reason to look at this mailbox.
        mutating func commit(looks: Bool = false) {
            let looks = looks || inDoubt
            inDoubt = false
            guard var making else { return }
            if making.waiting > 0 {
                makeRoom(making.waiting)
                let taken = min(making.waiting, quota - used)
                making.isCutOff = making.isCutOff || taken < making.waiting
                making.committed += taken
                making.waiting = 0
                self.making = making
                making.available = quota - used < 65_536 ? available : quota - used
            }
            self.making = making
            if looks { making.available = available }
            self.making = making
        }

        /// How many bytes of an append fit; the writer looks again, with a commit for all, when it runs short.
        func isShort(of count: Int) -> Bool {
            guard let making, !making.isCutOff else { return false }
            return making.available - making.waiting < count
        }

        mutating func append(_ count: Int) -> Int {
            guard var making else { return 0 }
            let fits = making.isCutOff ? 0 : min(count, max(0, making.available - making.waiting))
            making.waiting += fits
            self.making = making
            return fits
        }

        mutating func keep(urgent: Bool) {
            guard let made = making else { return }
            making = nil
            if let kind = made.kind {
                greetings[kind] = (made.id, made.committed)
            } else {
                items.append(
                    Item(id: made.id, bytes: made.committed, folder: .new, urgent: urgent, receivedAt: made.begunAt))
            }
        }

        mutating func discard() {
            guard let made = making else { return }
            making = made.earlier.last
            making?.earlier = Array(made.earlier.dropLast())
            making?.available = made.available
        }

        mutating func trim(to bytes: Int) {
            let left = min(making?.committed ?? 0, bytes)
            making?.committed = left
            making?.isCutOff = false
            inDoubt = true
        }

        /// - Returns: the message that was delivered.
        mutating func crash() -> Making? {
            making?.waiting = 0
            while let made = making {
                if made.kind == nil, made.committed >= 16_000 {
                    keep(urgent: false)
                    return made
                }
                discard()
            }
            return nil
        }
    }
}
