// What a store of a few mailboxes must show after any sequence of operations, in the simplest words: lists and
// sums, no tables. One recording at a time per mailbox.

@testable import Mailboxes

struct StoreModel {
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
        /// What the writer takes for free, as of its last look.
        var available: Int
    }
    struct Box {
        var quota: Int
        var items: [Item] = []
        var greetings: [GreetingKind: (id: RecordingID, bytes: Int)] = [:]
        var making: Making?

        var used: Int {
            items.reduce(0) { $0 + $1.bytes } + greetings.values.reduce(0) { $0 + $1.bytes } + (making?.committed ?? 0)
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

        mutating func makeRoom(_ count: Int) {
            for item in deleted where quota - used < count { items.removeAll { $0.id == item.id } }
        }

        /// `looks`: whether the writer has a reason to look at this mailbox.
        mutating func commit(looks: Bool = false) {
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

        mutating func crash() {
            guard let made = making else { return }
            making?.waiting = 0
            if made.kind == nil, made.committed >= 16_000 { keep(urgent: false) } else { making = nil }
        }
    }
}
