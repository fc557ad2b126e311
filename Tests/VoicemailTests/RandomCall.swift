// A call by somebody who presses keys at random, speaks for random lengths and hangs up at random moments. Everything
// it does follows from its seed. It knows the PIN, since a stranger would never get past the door.
import CallControl
import GRDB
import Mailboxes
import SeededNumbers
import Synchronization

@testable import Voicemail

final class RandomCall: IncomingCall, AnsweredCall {
    /// What was said into one recording.
    struct Utterance: Sendable {
        var recording: RecordingID
        /// The first bytes: no two utterances have the same.
        var tag: [UInt8]
        /// Whether it was made of enough speech to be delivered.
        var isGood: Bool
        var wasCutShort = false
    }

    fileprivate struct State {
        var random: SplitMix64
        var typed: [Key] = []
        var steps = 0
        var hasEnded = false
        var utterances: [Utterance] = []
        var prompts: [String] = []
        /// The keys that the menu has named so far.
        var offered: [Key] = []
    }

    let invitation: Invitation
    let encoding: AudioEncoding
    private let pin: String
    private let state: Mutex<State>
    private static let keys = Key.allCases.filter { ("0"..."9").contains($0.rawValue) || "*#".contains($0.rawValue) }

    init(_ dialled: String, account: String?, pin: String, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        invitation = Invitation(
            callID: "random-\(seed)", dialled: dialled, domain: "example.org",
            callerNumber: account ?? [nil, "5551234"].randomElement(using: &random) ?? nil, account: account,
            source: "random \(seed)", diversion: Self.diversion(of: dialled, &random))
        encoding = Bool.random(using: &random) ? .pcmu : .pcma
        self.pin = pin
        state = Mutex(State(random: random))
    }

    /// Why the call was diverted, for some that are.
    private static func diversion(of number: String, _ random: inout SplitMix64) -> Diversion? {
        guard Int.random(in: 0..<8, using: &random) == 0 else { return nil }
        let reason = [Diversion.Reason.busy, .outOfHours, .noAnswer].randomElement(using: &random) ?? .unknown
        return Diversion(number: number, reason: reason, isPrivate: Bool.random(using: &random))
    }

    /// Keys pressed, silences waited out and recordings spoken.
    var steps: Int { state.withLock { $0.steps } }
    var utterances: [Utterance] { state.withLock { $0.utterances } }
    func heard(_ prompt: String) -> Bool { state.withLock { $0.prompts.contains(prompt) } }
    /// Whether a recording was cut short by the quota: then it depends which take is the better one.
    var metAFullMailbox: Bool {
        state.withLock { state in state.utterances.contains(where: \.wasCutShort) }
    }
    /// For the report of a failure: the last that was heard.
    var lastPrompts: [String] { state.withLock { Array($0.prompts.suffix(12)) } }
    var prompts: [String] { state.withLock { $0.prompts } }

    func answer(early: Bool) async throws(CallEnded) -> any AnsweredCall { self }
    func reject(_ rejection: Rejection) async {}
    func accept() async throws(CallEnded) {}
    func hangUp() async {}

    func transfer(to number: String, by manner: TransferManner) async throws(CallEnded) -> TransferFailure {
        if state.withLock({ Bool.random(using: &$0.random) }) {
            state.withLock { $0.hasEnded = true }
            throw CallEnded(.transferred)
        }
        let failures = [TransferFailure.busy, .noAnswer, .refused, .noRoute]
        return state.withLock { failures.randomElement(using: &$0.random) } ?? .noRoute
    }

    func play(
        _ clips: [Clip], from offset: Duration, style: PlaybackStyle, interruptedBy keys: Set<Key>
    ) async throws(CallEnded) -> PlayOutcome {
        var position = offset
        for clip in clips {
            switch clip {
            case .silence(let length): position += length
            case .prompt(let name, _):
                if let key = try hear(name, keys) { return PlayOutcome(key: key, position: position) }
                position += .seconds(1)
            case .recording(let audio):
                let start = Int(offset / .seconds(1) * 8_000)
                for byte in stride(from: start, to: audio.byteCount, by: 24_000) {
                    if let key = try press(keys, chance: 6) {
                        return PlayOutcome(key: key, position: .microseconds(byte * 125))
                    }
                    _ = try? await audio.bytes(in: byte..<min(byte + 24_000, audio.byteCount))
                }
                position = .microseconds(audio.byteCount * 125)
            }
        }
        return PlayOutcome(position: position)
    }

    /// What is typed where a number or a name is asked for, most of the time: single keys would hardly ever make one.
    private func answers(to prompt: String) -> [String] {
        switch prompt {
        case "enter-pin": [pin + "#"]
        case "enter-account-number": ["100#", "101#", "200#"]
        case "enter-addressee": ["100#", "101#", "200#", "101*200#", "101#", "3#", "0#", "999#", "#", ""]
        case "enter-name", "enter-first-name", "enter-last-name", "enter-more-letters": ["232#", "2#", "9#", ""]
        case "enter-number-to-call": ["101#", "5551234#", "999#"]
        case "enter-new-pin": ["90210#", "90210#", "1111#", "4815#", "1#", "1234567890123456#"]
        case "enter-new-pin-again": ["90210#", "90210#", "9#"]
        case "enter-days": ["3#", "0#", "400#", "#"]
        default: []
        }
    }

    private func hear(_ prompt: String, _ keys: Set<Key>) throws(CallEnded) -> Key? {
        state.withLock { state in
            state.prompts.append(prompt)
            if let key = Self.key(offeredBy: prompt) { state.offered.append(key) }
            guard state.typed.isEmpty else { return }
            let answers = answers(to: prompt)
            if Int.random(in: 0..<10, using: &state.random) > 0, let typed = answers.randomElement(using: &state.random)
            {
                state.typed = typed.compactMap(Key.init(rawValue:))
            }
        }
        return try press(keys, chance: 25)
    }

    /// "Press three."
    private static func key(offeredBy prompt: String) -> Key? {
        guard prompt.hasPrefix("press-") else { return nil }
        switch prompt.dropFirst("press-".count) {
        case "star": return .star
        case "pound": return .pound
        case let name: return name.count == 1 ? name.first.flatMap(Key.init(rawValue:)) : nil
        }
    }

    /// One key in `chance` moments, more often than not one that was offered, and a hang-up in about four hundred.
    private func press(_ wanted: Set<Key>, chance: Int) throws(CallEnded) -> Key? {
        let (key, hasEnded) = state.withLock { state -> (Key?, Bool) in
            if Int.random(in: 0..<400, using: &state.random) == 0 { state.hasEnded = true }
            guard !state.hasEnded else { return (nil, true) }
            guard !wanted.isEmpty else { return (nil, false) }
            while !state.typed.isEmpty {
                let key = state.typed.removeFirst()
                if wanted.contains(key) {
                    state.steps += 1
                    state.offered = []
                    return (key, false)
                }
            }
            let listens = Int.random(in: 0..<10, using: &state.random) < 7
            guard Int.random(in: 0..<chance, using: &state.random) == 0,
                let key = listens && !state.offered.isEmpty
                    ? state.offered.randomElement(using: &state.random)
                    : Self.keys.randomElement(using: &state.random)
            else { return (nil, false) }
            state.steps += 1
            state.offered = []
            return (wanted.contains(key) ? key : nil, false)
        }
        if hasEnded { throw CallEnded(.hangUp) }
        return key
    }

    func key(within timeout: Duration) async throws(CallEnded) -> Key? {
        if let key = try press(.all, chance: 2) { return key }
        state.withLock { $0.steps += 1 }
        return nil
    }

    func record(_ limits: RecordingLimits, into sink: any RecordingSink) async -> Take {
        guard let sink = sink as? RecordingIntoStore, !state.withLock({ $0.hasEnded }) else {
            return Take(ending: .hangUp, duration: .zero, voiced: .zero)
        }
        let (audio, voiced, wanted) = state.withLock { $0.speech(limits) }
        var ending = wanted
        var kept = 0
        while kept < audio.count {
            let piece = Array(audio[kept..<min(kept + 8_000, audio.count)])
            guard let taken = try? await sink.append(piece) else {
                ending = .storeFailed
                break
            }
            kept += taken
            if taken < piece.count {
                ending = .full
                break
            }
        }
        let take = Take(ending: ending, duration: .microseconds(kept * 125), voiced: voiced)
        state.withLock { state in
            let isGood = take.duration >= .seconds(2) && voiced >= .seconds(1)
            state.utterances.append(
                Utterance(
                    recording: sink.recording.id, tag: Array(audio.prefix(8)), isGood: isGood,
                    wasCutShort: ending == .full))
            if !take.callerIsThere { state.hasEnded = true }
        }
        return take
    }
}

extension RandomCall.State {
    /// Something to say: none, too little or enough of it, silent or not, and how it ends.
    fileprivate mutating func speech(_ limits: RecordingLimits) -> ([UInt8], Duration, Take.Ending) {
        steps += 1
        typed = []
        let length = [0, 4_000, 15_999, 16_000, 24_001, 60_000].randomElement(using: &random) ?? 0
        let most = Int(limits.maximum / .seconds(1) * 8_000)
        var audio = [UInt8](repeating: 0x55, count: min(length, most))
        for index in audio.indices.prefix(8) { audio[index] = UInt8.random(in: 0...255, using: &random) }
        let isVoiced = Int.random(in: 0..<5, using: &random) > 0
        let endings: [Take.Ending] = [.key(.pound), .key(.pound), .key(.pound), .hangUp, .silence, .mediaTimeout]
        let ending = audio.count == most ? .maximum : endings.randomElement(using: &random) ?? .hangUp
        return (audio, isVoiced ? .seconds(1) : .zero, ending)
    }
}
