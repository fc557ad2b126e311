// One call in one language with one set of keys: the few ways in which a flow speaks and listens. Three silences or
// three wrong entries in a row end any of them politely; hang-up ends them as `CallEnded`; what the store throws
// passes through. So flows are declared `throws` without a type, and `VoicemailService` is where it all arrives.
import CallControl
import Foundation
import Logging
import Mailboxes
import Phrases

/// The call is to end: these are the last words.
struct Farewell: Error {
    var words: [Clip]
    /// For the log.
    var reason: String
}

/// A reference, since every menu on the way to where the caller is holds it.
final class Conversation: Sendable {
    let service: VoicemailService
    let call: any AnsweredCall
    let phrases: Phrases
    let keys: KeyMap
    let log: Logger

    init(service: VoicemailService, call: any AnsweredCall, phrases: Phrases, keys: KeyMap, log: Logger) {
        self.service = service
        self.call = call
        self.phrases = phrases
        self.keys = keys
        self.log = log
    }

    var settings: VoicemailSettings { service.settings }
    var store: any Store { service.store }
    var now: Date { service.now() }

    func words(_ names: [String]) -> [Clip] { names.map { .prompt($0, language: phrases.language) } }
    func words(_ prompts: PromptID...) -> [Clip] { sentences(prompts) }

    /// One after the other, as sentences are spoken.
    func sentences(_ parts: [Clip]...) -> [Clip] { Array(parts.filter { !$0.isEmpty }.joined(separator: [Self.pause])) }

    private func sentences(_ prompts: [PromptID]) -> [Clip] {
        Array(prompts.map { words(phrases.prompt($0)) }.joined(separator: [Self.pause]))
    }

    /// The breath between two sentences: without it the end of one is heard as the beginning of the next.
    static let pause = Clip.silence(.milliseconds(250))

    func farewell(_ prompts: PromptID..., because reason: String) -> Farewell {
        Farewell(words: sentences(prompts + [.goodbye]), reason: reason)
    }

    /// The spoken menu of those actions that have a key, in the order given.
    func menu<Action: MenuAction>(
        _ keys: Keys<Action>, _ prompts: [(action: Action, prompt: PromptID)]
    ) -> [Clip] {
        let choices = prompts.compactMap { entry in
            keys.key(for: entry.action).map { (action: entry.prompt, key: $0.rawValue) }
        }
        return words(phrases.menu(choices))
    }

    /// Says `words` and returns the one of `keys` that interrupted; nil when they were heard to their end.
    func say(_ words: [Clip], interruptedBy keys: Set<Key> = .none) async throws(CallEnded) -> Key? {
        if words.isEmpty { return nil }
        return try await call.play(words, from: .zero, interruptedBy: keys).key
    }

    /// Says `words`, then waits; nil when there was no key in the time for an answer.
    func key(after words: [Clip], interruptedBy keys: Set<Key> = .all) async throws(CallEnded) -> Key? {
        if let key = try await say(words, interruptedBy: keys) { return key }
        return try await call.key(within: settings.answerTime)
    }

    /// What was typed ahead is nobody's any more: it was meant for something that is no longer there.
    func forgetTypedKeys() async throws(CallEnded) {
        for _ in 0..<100 where try await call.key(within: .zero) == nil { return }
    }

    /// Says `opening` and `menu` until a key that means something is pressed. Any key interrupts, so that a wrong
    /// one is answered at once.
    /// - Parameter pressed: a key that was pressed before and is the answer if it means something.
    func choose<Action>(
        _ keys: Keys<Action>, opening: [Clip] = [], menu: [Clip], pressed: Key? = nil
    ) async throws -> Action {
        if let action = pressed.flatMap({ keys[$0] }) { return action }
        var patience = Patience(self)
        let told = if let pressed { try patience.words(after: pressed) } else { [Clip]() }
        var words = sentences(told, opening, menu)
        while true {
            let key = try await key(after: words)
            if let action = key.flatMap({ keys[$0] }) { return action }
            words = try sentences(patience.words(after: key), menu)
        }
    }

    /// Asks with `question` for one digit; nil when the caller does not want any of them.
    func digit(_ question: [Clip], in digits: ClosedRange<Int>) async throws -> Int? {
        var patience = Patience(self)
        let question = sentences(question, menu(keys.oneDigit, [(.cancel, .toCancel)]))
        var words = question
        while true {
            let key = try await key(after: words)
            if let key, keys.oneDigit[key] == .cancel { return nil }
            if let digit = key?.digit, digits.contains(digit) { return digit }
            words = try sentences(patience.words(after: key), question)
        }
    }

    /// Says `opening` once and asks with `question` for at least one digit. The entry ends by its key or by silence;
    /// digits beyond `longest` are dropped but for one, so that an entry that is too long cannot pass for a shorter one.
    /// - Parameter reachOperator: where the operator's key leads; it returns why that has not worked. Without it the
    ///   key starts the entry over.
    func digits(
        opening: [Clip] = [], _ question: [Clip], longest: Int, reachOperator: (() async throws -> [Clip])? = nil
    ) async throws -> String {
        var patience = Patience(self)
        var words = sentences(opening, question)
        while true {
            let told: [Clip]
            switch try await entry(words, longest: longest, offersOperator: reachOperator != nil) {
            case .digits(""): told = try patience.wrongEntry(.invalidEntry)
            case .digits(let typed): return typed
            case .nothing: told = try patience.silence()
            case .operatorWanted:
                told = try await reachOperator?() ?? []
                _ = try patience.wrongEntry(.invalidEntry)
            }
            words = sentences(told, question)
        }
    }

    enum Entry {
        /// Empty when it was ended before the first.
        case digits(String)
        case nothing
        case operatorWanted
    }

    /// The same where nothing has to be entered: nil when the entry was ended, or started over, before its first digit.
    func digitsIfAny(opening: [Clip] = [], _ question: [Clip], longest: Int) async throws -> String? {
        var patience = Patience(self)
        var words = sentences(opening, question)
        while true {
            if case .digits(let typed) = try await entry(words, longest: longest, mayGiveUp: true) {
                return typed.isEmpty ? nil : typed
            }
            words = sentences(try patience.silence(), question)
        }
    }

    /// One go at typing digits, behind those of `earlier`.
    func entry(
        _ words: [Clip], after earlier: String = "", longest: Int, offersOperator: Bool = false, mayGiveUp: Bool = false
    ) async throws(CallEnded) -> Entry {
        var typed = earlier
        var key = try await key(after: words, interruptedBy: keys.entry.meaningful.union(Set<Key>.digits))
        for _ in 0..<(longest + 50) {
            guard let pressed = key else { return typed.isEmpty ? .nothing : .digits(typed) }
            switch keys.entry[pressed] {
            case .done: return .digits(typed)
            case .reachOperator where offersOperator: return .operatorWanted
            case .startOver where mayGiveUp && typed.isEmpty: return .digits("")
            case .startOver, .reachOperator: typed = ""
            case nil: if pressed.digit != nil && typed.count <= longest { typed.append(pressed.rawValue) }
            }
            key = try await call.key(within: settings.answerTime)
        }
        return .digits(typed)
    }
}

/// How often in a row a caller may be silent or wrong before the call ends politely.
struct Patience {
    private let conversation: Conversation
    private var silences = 0
    private var mistakes = 0

    init(_ conversation: Conversation) { self.conversation = conversation }

    /// What to say before asking again, to a caller whose answer was `key` (nil: silence).
    mutating func words(after key: Key?) throws(Farewell) -> [Clip] {
        try key == nil ? silence() : wrongEntry(.invalidKey)
    }

    mutating func silence() throws(Farewell) -> [Clip] {
        silences += 1
        guard silences < conversation.settings.patience else { throw conversation.farewell(because: "silence") }
        return conversation.words(.areYouStillThere)
    }

    mutating func wrongEntry(_ prompt: PromptID) throws(Farewell) -> [Clip] {
        try anotherMistake()
        return conversation.words(prompt)
    }

    /// For a mistake that is explained elsewhere.
    mutating func anotherMistake() throws(Farewell) {
        mistakes += 1
        guard mistakes < conversation.settings.patience else {
            throw conversation.farewell(.tooManyWrongEntries, because: "wrong entries")
        }
    }
}
