// What the system reads from files before it can serve: number plan, key maps, certificates, languages and prompts. `serve` and
// `check` read them the same way.

import Dialplan
import Foundation
import Media
import Phrases
import SIP
import Voicemail

struct Materials {
    var plan: Dialplan
    var keymaps: KeyMaps
    var phrasebook: Phrasebook
    var prompts: PromptLibrary
    /// Nil where there is no TLS.
    var credentials: TLSCredentials?
    /// Prompts that are missing or cannot be used; calls go on without them.
    var promptProblems: [PromptLibrary.Problem]

    init(_ configuration: Configuration) throws {
        let files = configuration.files
        plan = try Dialplan.load(files.dialplan)
        keymaps = try KeyMaps.load(files.keymaps)
        credentials = try TLSCredentials(configuration)
        let phrasebook = try Phrasebook(directory: URL(fileURLWithPath: files.prompts))
        self.phrasebook = phrasebook
        let expected = phrasebook.languages.map { ($0, Set(phrasebook.phrases(in: $0)?.clips ?? [])) }
        (prompts, promptProblems) = PromptLibrary.load(
            files.prompts, expecting: Dictionary(uniqueKeysWithValues: expected))
    }
}
