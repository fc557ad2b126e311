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
        isDeleted = false
        isKeptAsNew = folder == .new
        let told = talk.words(talk.phrases.saved(in: folder.spokenName))
        if mailbox.settings.goesOnAfterDelete { return .turn(.next(told)) }
        return .pressed(try await ask(after: told))
    }

    /// One key deletes, and takes the deletion back.
    mutating func deleteOrUndelete() async throws -> Outcome {
        if isDeleted {
            guard try await talk.store.undelete(message.id, of: mailbox.id) else { return .turn(.gone) }
            log("message undeleted")
            isDeleted = false
            // From the list of deleted ones it goes where it was, and stays there when the owner goes on.
            if message.folder == .deleted { isKeptAsNew = true }
            return .pressed(try await ask(after: talk.words(.messageUndeleted)))
        }
        guard try await move(to: .deleted) else { return .turn(.gone) }
        isDeleted = true
        let told = talk.words(.messageDeleted)
        if mailbox.settings.goesOnAfterDelete { return .turn(.next(told)) }
        return .pressed(try await ask(after: told))
    }

    func markHeard() async throws {
        guard !isKeptAsNew, try await talk.store.markHeard(message.id, of: mailbox.id) else { return }
        log("message heard")
    }

    private func move(to folder: Folder) async throws -> Bool {
        guard try await talk.store.move(message.id, of: mailbox.id, to: folder) else {
            log("message gone")
            return false
        }
        log("message moved", ["folder": "\(folder.rawValue)"])
        return true
    }

    private func log(_ what: Logger.Message, _ more: Logger.Metadata = [:]) {
        talk.log.info(what, metadata: more.merging(["recording": "\(message.id.rawValue)"]) { _, id in id })
    }
}
