// A house to call: a real store in a folder of its own with the organisation example.org, extensions 100 and 101,
// the general mailbox 200, and the product's own prompts and keys.
import CallControl
import Foundation
import GRDB
import Logging
import Phrases

@testable import Mailboxes
@testable import Voicemail

final class House: Sendable {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let pin = "4815"
    private static let phrasebook = Result { try Phrasebook(directory: repository.appending(path: "prompts")) }
    private static let keymaps = Result {
        try KeyMaps.load(repository.appending(path: "dialplan/keymaps").path)
    }

    let folder: URL
    let store: SQLiteStore
    let service: VoicemailService

    private init(folder: URL, store: SQLiteStore, service: VoicemailService) {
        self.folder = folder
        self.store = store
        self.service = service
    }

    /// The first message is left in 2026 on 21 November at noon, UTC; that is also "now".
    static let noon = 1_795_262_400.0

    static func open(
        quota: Int = Mailbox.defaultQuota, settings: VoicemailSettings = VoicemailSettings(), keymaps: KeyMaps? = nil,
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    ) async throws -> House {
        // In memory where there is such a place: hundreds of houses, each with its own durable commits.
        let memory = URL(filePath: "/dev/shm")
        let base =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        let folder = base.appending(path: "voicemail-\(UUID().uuidString)")
        try await shells.build(folder, quota: quota)
        let store = try await openStore(in: folder)
        let service = VoicemailService(
            store: store, phrasebook: try phrasebook.get(),
            keymaps: try keymaps ?? House.keymaps.get(),
            settings: settings, now: { Date(timeIntervalSince1970: noon) },
            logger: logger)
        return House(folder: folder, store: store, service: service)
    }

    private static let shells = Shells()

    fileprivate static func openStore(in folder: URL) async throws -> SQLiteStore {
        var options = SQLiteStoreOptions()
        options.now = { noon }
        options.pinCost = PINHash.Cost(rounds: 16, blockSize: 1, parallelism: 1)
        return try await SQLiteStore.open(path: folder.appending(path: "store.sqlite").path, options: options)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func mailbox(_ number: String = "100") async throws -> Mailbox {
        guard let mailbox = try await store.mailbox(number: number, domain: "example.org") else {
            throw StoreError.badNumber(number)
        }
        return mailbox
    }

    // MARK: Calls

    /// A message is left for `number`.
    func deposit(_ call: ScriptedCall, for number: String = "100") async {
        await service.run("leave-message", arguments: ["mailbox": number], call)
    }

    /// Extension 100 dials 5001.
    func retrieve(_ call: ScriptedCall) async { await service.run("own-mailbox", arguments: [:], call) }

    func settings(of number: String = "100", _ change: @escaping @Sendable (inout MailboxSettings) -> Void) async throws
    {
        _ = try await store.changeSettings(of: mailbox(number).id, change)
    }

    func organisation(_ change: @escaping @Sendable (inout OrganisationSettings) -> Void) async throws {
        let organisation = try await store.organisation(domain: "example.org")
        guard let organisation else { throw StoreError.unknownDomain("example.org") }
        _ = try await store.changeSettings(of: organisation.id, change)
    }

    // MARK: What is there

    /// Audio that no two seconds of are alike; another `seed` makes other audio.
    static func speech(_ seconds: Double, _ seed: Int = 0) -> [UInt8] {
        Array(babble[(seed * 997)...].prefix(Int(seconds * 8_000)))
    }

    /// Made once: computing 80 seconds of bytes takes a while in a debug build.
    private static let babble = (0..<640_000).map { UInt8(truncatingIfNeeded: $0 / 8_000 * 31 + $0 * 7) }

    /// Puts a message there without a call.
    @discardableResult
    func message(
        _ seconds: Double = 5, _ seed: Int = 0, from caller: String? = "5551234", sender: String? = nil,
        urgent: Bool = false, in folder: Folder = .new, of number: String = "100", committedApart: Bool = false
    ) async throws -> RecordingID {
        let sender = if let sender { try await self.mailbox(sender).id } else { nil as MailboxID? }
        let mailbox = try await mailbox(number)
        let purpose = NewRecording.Purpose.message(callerNumber: caller, callerName: nil)
        let audio = Self.speech(seconds, seed)
        let id = try await record(
            purpose, audio, mailbox, sender: sender, urgent: urgent, committedApart: committedApart)
        if folder != .new { _ = try await store.move(id, of: mailbox.id, to: folder) }
        return id
    }

    @discardableResult
    func greeting(
        _ kind: GreetingKind, _ seconds: Double = 2, _ seed: Int = 50, of number: String = "100"
    ) async throws -> RecordingID {
        try await record(.greeting(kind), Self.speech(seconds, seed), try await mailbox(number), urgent: false)
    }

    private func record(
        _ purpose: NewRecording.Purpose, _ audio: [UInt8], _ mailbox: Mailbox, sender: MailboxID? = nil, urgent: Bool,
        committedApart: Bool = false
    ) async throws -> RecordingID {
        var new = NewRecording(mailbox: mailbox.id, purpose: purpose, encoding: .pcmu)
        new.sender = sender
        let recording = try await store.openRecording(new)
        var rest = audio[...]
        while !rest.isEmpty {
            _ = try await recording.append(Array(rest.prefix(8_000)))
            rest = rest.dropFirst(8_000)
            // Reading an open recording commits what was appended.
            if committedApart { _ = try await store.audio(of: recording.id, in: 0..<1) }
        }
        try await recording.keep(urgent: urgent)
        return recording.id
    }

    /// Takes away the chunks from a byte on, as a broken disk would.
    func damage(_ recording: RecordingID, from start: Int = 0) async throws {
        try await store.door.write { database in
            try database.execute(
                sql: "DELETE FROM chunk WHERE recording = ? AND start >= ?", arguments: [recording.rawValue, start])
        }
    }

    func messages(in folder: Folder, of number: String = "100") async throws -> [Message] {
        try await store.messages(in: folder, of: mailbox(number).id)
    }

    func choose(keymap: String, for number: String) async throws {
        _ = try await store.changeSettings(of: mailbox(number).id) { $0.keymap = keymap }
    }

    func move(_ id: RecordingID, to folder: Folder) async throws {
        _ = try await store.move(id, of: mailbox().id, to: folder)
    }

    func folder(of id: RecordingID) async throws -> Folder? { try await store.message(id)?.folder }

    func audio(_ message: Message) async throws -> [UInt8] {
        try await store.audio(of: message.id, in: 0..<message.byteCount)
    }

    /// The rule that every call must leave behind: nothing half made, and the quota counts what is there.
    func isConsistent() async throws -> Bool {
        try await store.door.read { database in
            let open = try Int.fetchOne(database, sql: "SELECT count(*) FROM recording WHERE state = 'open'")
            let wrong = try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM mailbox m WHERE used <>
                    (SELECT coalesce(sum(length(c.audio)), 0) FROM recording r JOIN chunk c ON c.recording = r.id
                     WHERE r.mailbox = m.id)
                    """)
            return open == 0 && wrong == 0
        }
    }
}

/// Stores of new houses: the first one of its kind is built, all others are copies of it, since a schema and its
/// accounts take longer than most calls.
private actor Shells {
    private var files: [Int: [String: Data]] = [:]

    func build(_ folder: URL, quota: Int) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if let copy = files[quota] {
            for (name, data) in copy { try data.write(to: folder.appending(path: name)) }
            return
        }
        let store = try await House.openStore(in: folder)
        _ = try await store.addOrganisation(NewOrganisation(domain: "example.org", name: "Example"))
        for number in ["100", "101"] {
            _ = try await store.addExtension(
                NewExtension(domain: "example.org", number: number, password: "secret", pin: House.pin, quota: quota))
        }
        _ = try await store.addMailbox(NewMailbox(domain: "example.org", number: "200", pin: House.pin))
        try await store.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        files[quota] = try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
    }
}
