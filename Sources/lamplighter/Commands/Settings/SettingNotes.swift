// What a setting names and is not there, or not there yet: it is kept, since it may come later, and it is told.

import Foundation
import Mailboxes
import Phrases
import Voicemail

struct SettingNotes {
    let configuration: Configuration
    let store: SQLiteStore

    func notes(on mailbox: Mailbox) async throws -> [String] {
        var notes = notes(language: mailbox.settings.language, keymap: mailbox.settings.keymap)
        let targets = mailbox.settings.callerKeys.sorted { $0.key < $1.key }.compactMap { _, target in
            if case .mailbox(let number) = target { number } else { nil as String? }
        }
        for number in mailbox.settings.copies + targets
        where try await store.mailbox(reachedBy: number, domain: mailbox.domain) == nil {
            notes.append("there is no mailbox \(number) in \(mailbox.domain)")
        }
        return notes
    }

    func notes(on organisation: Organisation) async throws -> [String] {
        var notes = notes(language: organisation.language, keymap: organisation.settings.keymap)
        if organisation.settings.initialPIN == .default, try await !store.hasDefaultPIN(organisation.id) {
            notes.append("there is no default PIN yet: `organisation default-pin \(organisation.domain)` sets it")
        }
        return notes
    }

    /// Of files that cannot be read nothing is said here: `check` and `serve` do.
    private func notes(language: String?, keymap: String?) -> [String] {
        var notes: [String] = []
        let prompts = configuration.files.prompts
        if let language, let book = try? Phrasebook(directory: URL(fileURLWithPath: prompts)),
            book.phrases(in: language) == nil, book.phrases(in: String(language.prefix { $0 != "-" })) == nil
        {
            notes.append(
                "there is no language \(language) in \(prompts), only \(book.languages.joined(separator: ", "))")
        }
        let folder = configuration.files.keymaps
        if let keymap, let keymaps = try? KeyMaps.load(folder), keymaps[keymap] == nil {
            notes.append("there is no key map \(keymap) in \(folder): keys are as in \(KeyMaps.defaultName)")
        }
        return notes
    }
}
