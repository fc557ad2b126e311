// "For the work folder, press two": folders are chosen by their digit in every key map (C4).
import CallControl
import Mailboxes
import Phrases

struct ChooseFolder {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Names the folders that have something in them; the others can be chosen as well. Nil: the owner goes back.
    func toListen() async throws -> Folder? {
        var named: [Folder] = [.new, .saved]
        for folder in Folder.byDigit.dropFirst(named.count) {
            if try await talk.store.messages(in: folder, of: mailbox.id).isEmpty { continue }
            named.append(folder)
        }
        return try await choose(named, talk.keys.folder)
    }

    func toMove() async throws -> Folder? { try await choose(Folder.byDigit, talk.keys.folder.without(.deleted)) }

    private func choose(_ named: [Folder], _ keys: Keys<FolderAction>) async throws -> Folder? {
        let menu = menu(named, keys)
        var patience = Patience(talk)
        var words = talk.sentences(talk.words(.chooseFolder), menu)
        while true {
            let key = try await talk.key(after: words)
            switch key.flatMap({ keys[$0] }) {
            case .cancel: return nil
            case .deleted: return .deleted
            case nil: break
            }
            if let digit = key?.digit, Folder.byDigit.indices.contains(digit) { return Folder.byDigit[digit] }
            words = try talk.sentences(patience.words(after: key), menu)
        }
    }

    private func menu(_ named: [Folder], _ keys: Keys<FolderAction>) -> [Clip] {
        var choices = named.compactMap { folder in
            Folder.byDigit.firstIndex(of: folder).flatMap { "\($0)".first }.map { (folder: folder, key: $0) }
        }
        if let key = keys.key(for: .deleted) { choices.append((.deleted, key.rawValue)) }
        return choices.flatMap { choice in
            talk.words(talk.phrases.forFolder(choice.folder.spokenName, key: choice.key)) + talk.words(.pause)
        } + talk.menu(keys, [(.cancel, .toCancel)])
    }
}

extension Folder {
    var spokenName: FolderName {
        switch self {
        case .new: .new
        case .saved: .saved
        case .deleted: .deleted
        case .work: .work
        case .family: .family
        case .friends: .friends
        case .folder5: .number(5)
        case .folder6: .number(6)
        case .folder7: .number(7)
        case .folder8: .number(8)
        case .folder9: .number(9)
        }
    }
}
