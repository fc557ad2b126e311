// Spelling a name on the keypad (A9): the first letters, then those who are called so one after the other, each in the
// person's own voice where there is one.
import CallControl
import Mailboxes
import Phrases

struct SpellName {
    private let talk: Conversation
    private let organisation: Organisation
    /// More are not read out: more letters are asked for.
    private static let mostNames = 8
    private static let longest = 32

    init(_ talk: Conversation, _ organisation: Organisation) {
        self.talk = talk
        self.organisation = organisation
    }

    /// Who was chosen; nil when the caller ended without a letter.
    func run(_ opening: [Clip] = []) async throws -> DirectoryEntry? {
        let people = try await talk.store.directory(domain: organisation.domain)
        let search = NameSearch(people, by: organisation.settings.directoryBy)
        var patience = Patience(talk)
        var words = talk.sentences(opening, question)
        var typed = ""
        while true {
            let entry = try await talk.entry(words, after: typed, longest: Self.longest, offersOperator: false)
            guard case .digits(let letters) = entry else {
                words = talk.sentences(try patience.silence(), question)
                typed = ""
                continue
            }
            if letters.isEmpty { return nil }
            let found = search.find(letters)
            if found.count > Self.mostNames {
                let told = letters == typed ? try patience.silence() : talk.words(.tooManyNames)
                words = talk.sentences(told, talk.words(.enterMoreLetters))
                typed = letters
                continue
            }
            typed = ""
            if found.isEmpty {
                words = talk.sentences(try patience.wrongEntry(.noNameFound), question)
            } else if let person = try await choose(among: found) {
                return person
            } else {
                words = question
            }
        }
    }

    /// "One name found. For NAME at extension N, press 1; for the next name, press pound." Nil: another name is wanted.
    private func choose(among found: [DirectoryEntry]) async throws -> DirectoryEntry? {
        var opening = talk.words(talk.phrases.namesFound(found.count))
        while true {
            for person in found {
                switch try await talk.choose(talk.keys.directory, opening: opening, menu: menu(for: person)) {
                case .choose: return person
                case .next: opening = []
                case .startOver: return nil
                }
            }
            opening = talk.words(.noMoreNames)
        }
    }

    private func menu(for person: DirectoryEntry) async throws -> [Clip] {
        var choice: [Clip] = []
        if let key = talk.keys.directory.key(for: .choose) {
            let frame = talk.phrases.forPerson(extension: person.number, key: key.rawValue)
            let voice = person.isGuest ? nil : try await talk.recordedName(of: person.mailbox)
            choice = talk.words(frame, around: voice ?? talk.words(talk.phrases.spelled(person.name)))
        }
        return talk.sentences(
            choice, talk.menu(talk.keys.directory, [(.next, .forNextName), (.startOver, .toEnterAnotherName)]))
    }

    private var question: [Clip] {
        switch organisation.settings.directoryBy {
        case .first: talk.words(.enterFirstName)
        case .last: talk.words(.enterLastName)
        case .both: talk.words(.enterName)
        }
    }
}
