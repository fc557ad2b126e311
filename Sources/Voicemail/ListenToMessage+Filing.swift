// Where a message goes: saved, deleted and back, kept as new, into a folder (C2, C4). Every change names the message by
// its id, so that another phone in the same mailbox can at most have been faster.
import CallControl
import Logging
import Mailboxes
import Phrases

extension ListenToMessage {
    mutating func save() async throws -> Outcome {
        guard try await move(to: .saved) else { return .turn(.gone) }
        return .turn(.next(talk.words(.messageSaved)))
    }

    mutating func keepAsNew() async throws -> Outcome {
        guard try await move(to: .new) else { return .turn(.gone) }
        return .turn(.next(talk.words(.messageKeptAsNew)))
    }

    mutating func moveToFolder() async throws -> Outcome {
        guard let folder = try await ChooseFolder(talk, mailbox).toMove() else { return .pressed(try await goOn()) }
        guard try await move(to: folder) else { return .turn(.gone) }
        home = nil
        isKeptAsNew = folder == .new
        let told = talk.words(talk.phrases.saved(in: folder.spokenName))
        if mailbox.settings.goesOnAfterDelete { return .turn(.next(told)) }
        return .pressed(try await ask(after: told))
    }

    /// One key deletes, and takes the deletion back.
    mutating func deleteOrUndelete() async throws -> Outcome {
        guard let now = try await talk.store.message(message.id)?.folder else { return .turn(.gone) }
        if let home {
            // Another phone may have had it back before.
            if now == .deleted { guard try await move(to: home) else { return .turn(.gone) } }
            self.home = nil
            return .pressed(try await ask(after: talk.words(.messageUndeleted)))
        }
        guard try await move(to: .deleted) else { return .turn(.gone) }
        let home = now == .deleted ? message.folder : now
        memory.remember(home: home, of: message.id)
        self.home = home
        let told = talk.words(.messageDeleted)
        if mailbox.settings.goesOnAfterDelete { return .turn(.next(told)) }
        return .pressed(try await ask(after: told))
    }

    /// Only a new message becomes saved: another phone may have deleted it meanwhile.
    func markHeard() async throws {
        guard !isKeptAsNew, try await talk.store.message(message.id)?.folder == .new else { return }
        _ = try await move(to: .saved)
    }

    private func move(to folder: Folder) async throws -> Bool {
        let moved = try await talk.store.move(message.id, of: mailbox.id, to: folder)
        talk.log.info(
            moved ? "message moved" : "message gone",
            metadata: ["recording": "\(message.id.rawValue)", "folder": "\(folder.rawValue)"])
        return moved
    }
}
