// Whom a message goes to (C5, C6): numbers one after the other, each confirmed by name, until the owner goes on. Numbers
// are mailboxes, lists or, for those who may, everybody.
import CallControl
import Logging
import Mailboxes
import Phrases

struct AskForAddressees {
    /// Numbers that one message can go to.
    static let most = 50

    private let talk: Conversation
    private let mailbox: Mailbox
    private var chosen: [Addressee] = []

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// Nobody twice, in the order in which they were named; and what is still to be said about them.
    struct Choice {
        var recipients: [Mailbox]
        var told: [Clip] = []
    }

    /// Nil when the owner gave up.
    mutating func run() async throws -> Choice? {
        guard var told = try await ask([]) else { return nil }
        guard talk.keys.addressees.key(for: .goOn) != nil else { return Choice(recipients: recipients, told: told) }
        while true {
            switch try await talk.choose(talk.keys.addressees, opening: told, menu: menu) {
            case .addAnother: told = try await ask([]) ?? []
            case .takeLastOff:
                told = try await takeLastOff()
                if chosen.isEmpty {
                    guard let first = try await ask(told) else { return nil }
                    told = first
                }
            case .hearAll: told = try await names()
            case .goOn: return Choice(recipients: recipients)
            case .cancel: return nil
            }
        }
    }

    /// Asks until somebody has been chosen. Returns how to confirm it; nil when the owner does not want to.
    private mutating func ask(_ opening: [Clip]) async throws -> [Clip]? {
        var patience = Patience(talk)
        var told = opening
        while chosen.count < Self.most {
            switch try await entry(told) {
            case .silence: told = try patience.silence()
            case .cancelled: return nil
            case .byName:
                guard let numbers = try await spell() else { return nil }
                return try await choose(numbers).told
            case .numbers([]):
                if goesOnWithPound { return [] }
                told = try patience.wrongEntry(.invalidEntry)
            case .numbers(let numbers):
                let (confirmed, isComplete) = try await choose(numbers)
                if isComplete, !chosen.isEmpty { return confirmed }
                told = confirmed
                if !isComplete { try patience.anotherMistake() }
            }
        }
        return talk.sentences(told, talk.words(.tooManyAddressees))
    }

    /// Somebody found by the letters of their name (A9); nil when the owner does not want to.
    private func spell() async throws -> [String]? {
        guard let organisation = try await talk.store.organisation(domain: mailbox.domain) else { return nil }
        return try await SpellName(talk, organisation).run().map { [$0.number] }
    }

    private enum Entry {
        /// None, when there are some already and the owner wants to go on with them.
        case numbers([String])
        case byName, silence, cancelled
    }

    /// One go at naming somebody, as the key map has it: first whether by number or by name; or at once by number, and by
    /// name when none is typed.
    private func entry(_ opening: [Clip]) async throws -> Entry {
        let keys = talk.keys.addressBy
        guard keys.key(for: .number) != nil else {
            let entry = try await typed(talk.sentences(opening, question))
            if case .numbers([]) = entry, !goesOnWithPound { return .byName }
            return entry
        }
        let ways = talk.menu(keys, [(.number, .toEnterNumber), (.name, .toFindByName), (.cancel, .toCancel)])
        switch try await talk.choose(keys, opening: opening, menu: ways) {
        case .number: return try await typed(question)
        case .name: return .byName
        case .cancel: return .cancelled
        }
    }

    /// One go at typing: a number, or several where there is a key between them. Silence ends it like its key.
    private func typed(_ words: [Clip]) async throws(CallEnded) -> Entry {
        let keys = talk.keys.addressing
        var numbers: [String] = []
        var typed = ""
        var key = try await talk.key(after: words, interruptedBy: keys.meaningful.union(Set<Key>.digits))
        for _ in 0..<(Self.most * 12) {
            guard let pressed = key else {
                if typed.isEmpty, numbers.isEmpty { return .silence }
                break
            }
            switch keys[pressed] {
            case .done: return .numbers(typed.isEmpty ? numbers : numbers + [typed])
            case .next:
                if !typed.isEmpty { numbers.append(typed) }
                typed = ""
            case .cancel:
                if typed.isEmpty, numbers.isEmpty { return .cancelled }
                numbers = []
                typed = ""
            case nil:
                // One digit more than a number can have, so that one that is too long cannot pass for a shorter one.
                if pressed.digit != nil, typed.count <= 10 { typed.append(pressed.rawValue) }
            }
            key = try await talk.call.key(within: talk.settings.answerTime)
        }
        return .numbers(typed.isEmpty ? numbers : numbers + [typed])
    }

    /// Adds those that exist. Returns all their names, and whether all of them existed.
    private mutating func choose(_ numbers: [String]) async throws -> (told: [Clip], isComplete: Bool) {
        var told: [Clip] = []
        var isComplete = true
        for number in numbers {
            guard chosen.count < Self.most else {
                return (talk.sentences(told, talk.words(.tooManyAddressees)), isComplete)
            }
            guard let found = try await talk.store.addressee(number, for: mailbox.id) else {
                told = talk.sentences(told, talk.words(.unknownAddressee) + talk.words(talk.phrases.digits(number)))
                isComplete = false
                continue
            }
            if case .everyone(let all) = found, try await !isConfirmed(all, after: told) {
                told = []
                continue
            }
            told = talk.sentences(told, try await name(of: found))
            if !found.mailboxes.isEmpty, !chosen.contains(found) { chosen.append(found) }
        }
        return (told, isComplete)
    }

    /// "This goes to everybody, to three hundred mailboxes. To confirm, press one."
    private func isConfirmed(_ all: [Mailbox], after told: [Clip]) async throws -> Bool {
        let others = all.filter { $0.id != mailbox.id }
        let warning = talk.words(.goesToEveryone) + talk.words(talk.phrases.recipients(others.count))
        let menu = talk.menu(talk.keys.confirm, [(.confirm, .toConfirm), (.goBack, .toCancel)])
        let opening = talk.sentences(told, warning)
        return try await talk.choose(talk.keys.confirm, opening: opening, menu: menu) == .confirm
    }

    private mutating func takeLastOff() async throws -> [Clip] {
        guard let last = chosen.popLast() else { return [] }
        return talk.words(.takenOff) + (try await name(of: last))
    }

    /// A person by name and number, a list by number and size, everybody by how many they are.
    private func name(of addressee: Addressee) async throws -> [Clip] {
        switch addressee {
        case .mailbox(let mailbox): return try await talk.nameAndNumber(of: mailbox)
        case .list(let list, let members):
            let number = Int(list.number).map(talk.phrases.list) ?? talk.phrases.digits(list.number)
            return talk.words(number) + talk.words(talk.phrases.members(members.count))
        case .everyone(let all):
            let others = all.filter { $0.id != mailbox.id }
            return talk.words(.goesToEveryone) + talk.words(talk.phrases.recipients(others.count))
        }
    }

    private func names() async throws -> [Clip] {
        var told: [Clip] = []
        for recipient in recipients { told = talk.sentences(told, try await talk.nameAndNumber(of: recipient)) }
        return told
    }

    /// Nobody twice; and what goes to a list does not come back to its sender.
    private var recipients: [Mailbox] {
        var seen: Set<MailboxID> = []
        return chosen.flatMap { addressee in
            switch addressee {
            case .mailbox(let one): [one]
            case .list(_, let all), .everyone(let all): all.filter { $0.id != mailbox.id }
            }
        }.filter { seen.insert($0.id).inserted }
    }

    /// Where all are typed in one go, and some of them did not exist: no more may be wanted.
    private var goesOnWithPound: Bool { !chosen.isEmpty && talk.keys.addressees.key(for: .goOn) == nil }

    private var question: [Clip] {
        let byName = talk.keys.addressBy.key(for: .number) == nil && !goesOnWithPound
        let end: [(AddressingAction, PromptID)] =
            goesOnWithPound ? [(.done, .toGoOn)] : byName ? [(.done, .toFindByName)] : []
        let ways: [(AddressingAction, PromptID)] = [(.next, .betweenNumbers)] + end
        return talk.sentences(
            talk.words(.enterAddressee), talk.menu(talk.keys.addressing, ways + [(.cancel, .toCancel)]))
    }

    private var menu: [Clip] {
        talk.menu(
            talk.keys.addressees,
            [
                (.addAnother, .toAddAnother), (.goOn, .toGoOn), (.takeLastOff, .toTakeLastOff),
                (.hearAll, .toHearAddressees), (.cancel, .toCancel),
            ])
    }
}

extension Addressee {
    fileprivate var mailboxes: [Mailbox] {
        switch self {
        case .mailbox(let mailbox): [mailbox]
        case .list(_, let members): members
        case .everyone(let all): all
        }
    }
}
