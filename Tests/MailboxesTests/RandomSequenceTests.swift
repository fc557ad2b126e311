import Testing

@testable import Mailboxes

@Suite("Any sequence of operations (B4, B5)")
struct RandomSequenceTests {
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {  // SplitMix64
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test("counts, lists, bytes and audio lengths are the model's after every step", arguments: 1...6)
    func againstModel(seed: Int) async throws {
        var run = try await Run(seed: UInt64(seed))
        for step in 1...150 {
            let what = try await run.step()
            try await run.compare("seed \(seed), step \(step): \(what)")
        }
        try await run.store.audit()
    }

    struct Run {
        let scratch: Scratch
        var store: SQLiteStore
        let ids: [MailboxID]
        var boxes: [StoreModel.Box]
        var handles: [(any OpenRecording)?]
        var random: Generator
        var name = "store.sqlite"
        var crashes = 0

        init(seed: UInt64) async throws {
            scratch = try Scratch()
            store = try await scratch.open()
            random = Generator(state: seed)
            ids = [
                try await store.sampleMailbox("100", quota: 90_000),
                try await store.sampleMailbox("101", quota: 60_000),
            ]
            boxes = [StoreModel.Box(quota: 90_000), StoreModel.Box(quota: 60_000)]
            handles = [nil, nil]
        }

        mutating func step() async throws -> String {
            scratch.clock.advance(Double.random(in: 1...1_000, using: &random))
            let box = Int.random(in: 0...1, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<15: return try await open(box)
            case 15..<50: return try await append(box)
            case 50..<62: return try await keep(box)
            case 62..<65: return try await discard(box)
            case 65..<85: return try await move(box)
            case 85..<89: return try await purge(box)
            case 89..<92: return try await setQuota(box)
            case 92..<94: return try await deleteGreeting(box)
            case 94..<98:
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
            guard handles[box] == nil else { return "nothing" }
            let kind = [nil, nil, nil, GreetingKind.name, .unavailable].randomElement(using: &random) ?? nil
            let new = kind.map { NewRecording.greeting($0, in: ids[box]) } ?? .message(in: ids[box])
            let handle = try await store.openRecording(new)
            handles[box] = handle
            commitAll()
            boxes[box].making = StoreModel.Making(
                id: handle.id, kind: kind, begunAt: scratch.clock.now, available: boxes[box].available)
            return "open \(box)"
        }

        mutating func append(_ box: Int) async throws -> String {
            guard let handle = handles[box] else { return "nothing" }
            let count = Int.random(in: 1...9_000, using: &random)
            let fitted = try await handle.append(audio(count))
            if boxes[box].isShort(of: count) { commitAll(looksAt: box) }
            #expect(fitted == boxes[box].append(count))
            return "append \(count) to \(box)"
        }

        mutating func keep(_ box: Int) async throws -> String {
            guard let handle = handles[box] else { return "nothing" }
            let urgent = Bool.random(using: &random)
            try await handle.keep(urgent: urgent)
            handles[box] = nil
            commitAll()
            boxes[box].keep(urgent: urgent)
            return "keep \(box)"
        }

        mutating func discard(_ box: Int) async throws -> String {
            guard let handle = handles[box] else { return "nothing" }
            try await handle.discard()
            handles[box] = nil
            commitAll()
            boxes[box].making = nil
            return "discard \(box)"
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
            handles = [nil, nil]
            name = next
            store = try await scratch.open(name)
            for index in boxes.indices { boxes[index].crash() }
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
