import SeededNumbers
import Testing

@testable import Mailboxes

@Suite("Any sequence of operations (B3, B4, B5, B6, C4, C5, E3)")
struct RandomSequenceTests {
    @Test("counts, lists, bytes and audio lengths are the model's after every step", arguments: 1...8)
    func againstModel(seed: Int) async throws {
        var run = try await Run(seed: UInt64(seed))
        for step in 1...200 {
            let what = try await run.step()
            try await run.compare("seed \(seed), step \(step): \(what)")
        }
        try await run.store.audit()
    }

    struct Run {
        let scratch: Scratch
        var store: SQLiteStore
        var ids: [MailboxID]
        var boxes: [StoreModel.Box]
        /// The takes of each mailbox, the one being made last.
        var handles: [[any OpenRecording]]
        var random: SplitMix64
        var name = "store.sqlite"
        var crashes = 0

        init(seed: UInt64) async throws {
            scratch = try Scratch()
            store = try await scratch.open()
            random = SplitMix64(seed: seed)
            ids = [
                try await store.sampleMailbox("100", quota: 90_000),
                try await store.sampleMailbox("101", quota: 60_000),
            ]
            boxes = [StoreModel.Box(quota: 90_000), StoreModel.Box(quota: 60_000)]
            handles = [[], []]
        }

        mutating func step() async throws -> String {
            scratch.clock.advance(Double.random(in: 1...1_000, using: &random))
            let box = Int.random(in: 0...1, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<13: return try await open(box)
            case 13..<17: return try await openAnotherTake(box)
            case 17..<48: return try await append(box)
            case 48..<52: return try await trim(box)
            case 52..<61: return try await keep(box)
            case 61..<65: return try await discard(box)
            case 65..<79: return try await move(box)
            case 79..<85: return try await deliver(box)
            case 85..<88: return try await purge(box)
            case 88..<91: return try await setQuota(box)
            case 91..<93: return try await deleteGreeting(box)
            case 93..<95: return try await renew(box)
            case 95..<98:
                try await store.tick()
                commitAll()
                return "tick"
            default: return try await crash()
            }
        }

        mutating func commitAll(looksAt box: Int? = nil) {
            for index in boxes.indices { boxes[index].commit(looks: index == box) }
        }

        mutating func open(_ box: Int) async throws -> String {
            guard handles[box].isEmpty else { return "nothing" }
            let kind = [nil, nil, nil, GreetingKind.name, .slot4].randomElement(using: &random) ?? nil
            var new = kind.map { NewRecording.greeting($0, in: ids[box]) } ?? .message(in: ids[box])
            let isCopied = kind == nil && Int.random(in: 0..<3, using: &random) == 0
            if isCopied { new.copies = [ids[1 - box]] }
            try await open(new, box, StoreModel.Making(id: StoreModel.unknown, kind: kind, begunAt: 0, available: 0))
            boxes[box].making?.isCopied = isCopied
            return "open \(box)\(isCopied ? ", copied" : "")"
        }

        mutating func openAnotherTake(_ box: Int) async throws -> String {
            guard let last = handles[box].last, handles[box].count < 3, let making = boxes[box].making else {
                return "nothing"
            }
            var new = making.kind.map { NewRecording.greeting($0, in: ids[box]) } ?? .message(in: ids[box])
            new.replaces = last.id
            var next = StoreModel.Making(id: StoreModel.unknown, kind: making.kind, begunAt: 0, available: 0)
            next.earlier = [making]
            try await open(new, box, next)
            return "another take \(box)"
        }

        private mutating func open(_ new: NewRecording, _ box: Int, _ making: StoreModel.Making) async throws {
            let handle = try await store.openRecording(new)
            handles[box].append(handle)
            commitAll()
            var made = making
            made.id = handle.id
            made.begunAt = scratch.clock.now
            // What the earlier take had waiting was committed with this.
            if let committed = boxes[box].making {
                var committed = committed
                made.earlier = committed.earlier
                committed.earlier = []
                made.earlier.append(committed)
            }
            boxes[box].making = made
            boxes[box].look()
        }

        mutating func append(_ box: Int) async throws -> String {
            guard let handle = handles[box].last else { return "nothing" }
            let count = Int.random(in: 1...9_000, using: &random)
            let fitted = try await handle.append(audio(count))
            if boxes[box].isShort(of: count) { commitAll(looksAt: box) }
            #expect(fitted == boxes[box].append(count))
            return "append \(count) to \(box)"
        }

        mutating func trim(_ box: Int) async throws -> String {
            guard let handle = handles[box].last else { return "nothing" }
            let bytes = Int.random(in: 0...30_000, using: &random)
            try await handle.trim(to: bytes)
            commitAll()
            boxes[box].trim(to: bytes)
            return "trim \(box) to \(bytes)"
        }

        mutating func keep(_ box: Int) async throws -> String {
            guard let handle = handles[box].last, let made = boxes[box].making else { return "nothing" }
            let urgent = Bool.random(using: &random)
            let deliveries = try await handle.keep(urgent: urgent)
            handles[box] = []
            commitAll()
            let bytes = boxes[box].making?.committed ?? 0
            boxes[box].keep(urgent: urgent)
            let other = 1 - box
            guard made.isCopied else {
                #expect(deliveries.isEmpty)
                return "keep \(box)"
            }
            let fits = boxes[other].receive(bytes, urgent: urgent, at: made.begunAt)
            boxes[other].look()
            try await name(deliveries.first, fits: fits, other)
            return "keep \(box) and copy"
        }

        mutating func discard(_ box: Int) async throws -> String {
            guard let handle = handles[box].popLast() else { return "nothing" }
            try await handle.discard()
            commitAll()
            boxes[box].discard()
            return "discard \(box)"
        }

        mutating func deliver(_ box: Int) async throws -> String {
            guard let item = boxes[box].items.randomElement(using: &random) else { return "nothing" }
            let target = Int.random(in: 0...1, using: &random)
            let sending = Sending(
                parts: [item.id], sender: ids[box], callerNumber: nil, callerName: nil, urgent: item.urgent)
            let delivery = try await store.deliver(sending, to: ids[target])
            commitAll()
            // The commit may have made room for audio out of the very message.
            guard let item = boxes[box].items.first(where: { $0.id == item.id }) else {
                #expect(delivery == .gone)
                boxes[target].look()
                return "deliver what has just gone"
            }
            let fits = boxes[target].receive(
                item.bytes, urgent: item.urgent, at: scratch.clock.now, copiedFrom: target == box ? item : nil)
            boxes[target].look()
            try await name(delivery, fits: fits, target)
            return "deliver \(item.id.rawValue) to \(target)"
        }

        /// Tells the model the id that the store gave.
        private mutating func name(_ delivery: Delivery?, fits: Bool, _ box: Int) async throws {
            guard fits else {
                #expect(delivery == .mailboxFull)
                return
            }
            let id: RecordingID? = if case .delivered(let id) = delivery { id } else { nil }
            let known = try #require(id, "\(String(describing: delivery))")
            for index in boxes[box].items.indices where boxes[box].items[index].id == StoreModel.unknown {
                boxes[box].items[index].id = known
            }
        }

        /// The next person gets the mailbox's number and nothing of what is in it.
        mutating func renew(_ box: Int) async throws -> String {
            guard handles[box].isEmpty, !boxes.contains(where: { $0.making?.isCopied == true }) else {
                return "nothing"
            }
            let old = ids[box]
            ids[box] = try await store.renewMailbox(old).thing.id
            boxes[box] = StoreModel.Box(quota: boxes[box].quota)
            #expect(try await store.mailbox(old) == nil)
            #expect(try await store.counts(of: old) == MessageCounts())
            return "renew \(box)"
        }

        mutating func move(_ box: Int) async throws -> String {
            guard let item = boxes[box].items.randomElement(using: &random) else { return "nothing" }
            let folder = Folder.allCases.randomElement(using: &random) ?? .new
            #expect(try await store.move(item.id, of: ids[box], to: folder))
            for index in boxes[box].items.indices where boxes[box].items[index].id == item.id {
                boxes[box].items[index].folder = folder
                boxes[box].items[index].deletedAt = folder == .deleted ? item.deletedAt ?? scratch.clock.now : nil
            }
            return "move \(item.id.rawValue) to \(folder)"
        }

        mutating func purge(_ box: Int) async throws -> String {
            guard let item = boxes[box].items.randomElement(using: &random) else { return "nothing" }
            let tool = try await scratch.open(name, access: .administration)
            #expect(try await tool.purge(item.id, of: ids[box]))
            try await tool.close()
            boxes[box].items.removeAll { $0.id == item.id }
            return "purge \(item.id.rawValue)"
        }

        mutating func setQuota(_ box: Int) async throws -> String {
            let quota = Int.random(in: 20_000...100_000, using: &random)
            var after = boxes[box]
            let surplus = after.used - quota
            if surplus > 0 { after.makeRoom(after.quota - after.used + surplus) }
            if after.used > quota {
                let (store, id) = (store, ids[box])
                await #expect(throws: StoreError.quotaBelowUse(quota: quota, used: after.used)) {
                    try await store.setQuota(quota, of: id)
                }
            } else {
                try await store.setQuota(quota, of: ids[box])
                after.quota = quota
                boxes[box] = after
            }
            return "quota \(quota) of \(box)"
        }

        mutating func deleteGreeting(_ box: Int) async throws -> String {
            let kind = GreetingKind.allCases.randomElement(using: &random) ?? .name
            let isThere = boxes[box].greetings.removeValue(forKey: kind) != nil
            #expect(try await store.deleteGreeting(kind, of: ids[box]) == isThere)
            return "delete \(kind) of \(box)"
        }

        mutating func crash() async throws -> String {
            crashes += 1
            let next = "crash-\(crashes).sqlite"
            try scratch.crash(name, to: next)
            handles = [[], []]
            name = next
            store = try await scratch.open(name)
            // Later mailboxes are recovered first.
            for box in boxes.indices.sorted(by: { ids[$0].rawValue > ids[$1].rawValue }) {
                let other = 1 - box
                guard let made = boxes[box].crash(), made.isCopied,
                    boxes[other].receive(made.committed, urgent: false, at: made.begunAt)
                else { continue }
                let known = Set(boxes[other].items.map(\.id) + boxes[other].greetings.values.map(\.id))
                // What is still being made there may have been delivered too, before or after.
                let unfinished = boxes[other].making.map { Set(($0.earlier + [$0]).map(\.id)) } ?? []
                let messages = try await store.messages(in: .new, of: ids[other]).map(\.id)
                let id = messages.first { !known.contains($0) && !unfinished.contains($0) }
                try await name(id.map(Delivery.delivered), fits: true, other)
            }
            return "crash"
        }

        func compare(_ what: String) async throws {
            for (id, box) in zip(ids, boxes) {
                #expect(try await store.counts(of: id) == box.counts, "\(what)")
                #expect(try await store.used(id) == box.used, "\(what)")
                #expect(try await store.room(in: id) == max(0, box.available - (box.making?.waiting ?? 0)), "\(what)")
                for folder in Folder.allCases {
                    let items = try await store.messages(in: folder, of: id).map {
                        [$0.id.rawValue, Int64($0.byteCount), $0.urgent ? 1 : 0]
                    }
                    let expected = box.list(folder).map { [$0.id.rawValue, Int64($0.bytes), $0.urgent ? 1 : 0] }
                    #expect(items == expected, "\(what): \(folder)")
                }
                for kind in GreetingKind.allCases {
                    let greeting = try await store.greeting(kind, of: id)
                    #expect(greeting?.id == box.greetings[kind]?.id, "\(what)")
                    #expect(greeting?.byteCount == box.greetings[kind]?.bytes, "\(what)")
                }
            }
        }
    }
}
