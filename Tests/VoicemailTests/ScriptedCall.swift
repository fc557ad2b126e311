// A call that follows a script: it types keys when a certain prompt is heard, stays silent otherwise, speaks what it
// is told to into recordings, and can hang up at any step. It writes down what it heard.
import CallControl
import Synchronization

final class ScriptedCall: IncomingCall, AnsweredCall {
    /// What happened, in order.
    enum Event: Hashable, Sendable, CustomStringConvertible {
        case answered
        /// What is played is heard before the answer (183).
        case early
        /// An early call is answered.
        case accepted
        case rejected(Rejection)
        case heard(String)
        /// A breath between two sentences.
        case pause
        /// Stored audio began to play, from this second on.
        case audio(from: Double)
        case silence
        case recording
        case passedOn(String)
        case hungUp

        var description: String {
            switch self {
            case .answered: "answered"
            case .early: "early"
            case .accepted: "accepted"
            case .rejected(let rejection): "rejected \(rejection.rawValue)"
            case .heard(let prompt): prompt
            case .audio(let from): "audio@\(from)"
            case .pause: "pause"
            case .silence: "silence"
            case .recording: "recording"
            case .passedOn(let number): "passed on to \(number)"
            case .hungUp: "hung up"
            }
        }
    }

    /// Something the caller does when the time has come; cues come one after the other.
    struct Cue: Sendable {
        enum Moment: Hashable, Sendable {
            case prompt(String)
            /// So many seconds into any stored audio.
            case audio(Double)
            case silence
        }
        var moment: Moment
        var keys: [Key] = []
        var deed: (@Sendable () async -> Void)?
        var hangsUp = false
    }

    /// What the caller says into a recording.
    struct Speech: Sendable {
        var audio: [UInt8]
        var voiced: Duration
        var ending: Take.Ending
        /// What is worth keeping of it; nil: all that was taken.
        var worthwhile: Duration?
    }

    private struct State {
        var cues: [Cue] = []
        var speeches: [Speech] = []
        var typed: [Key] = []
        var events: [Event] = []
        var heardAudio: [UInt8] = []
        var steps = 0
        var hasEnded = false
        var isEarly = false
        var limits: [RecordingLimits] = []
        /// In which language each prompt was said the last time.
        var languages: [String: String] = [:]
        var styles: [PlaybackStyle] = []
        /// The prompt that the caller did not wait for.
        var cutOff: String?
        /// Why passing the caller on does not work; nil: it works.
        var transferFailure: TransferFailure?
        var manner: TransferManner?
    }

    let invitation: Invitation
    let encoding: AudioEncoding
    private let hangUpAtStep: Int?
    private let state = Mutex(State())

    init(
        _ dialled: String = "5001", account: String? = nil, domain: String = "example.org", caller: String? = "5551234",
        encoding: AudioEncoding = .pcmu, diverted reason: Diversion.Reason? = nil, hangUpAtStep: Int? = nil
    ) {
        invitation = Invitation(
            callID: "scripted", dialled: dialled, domain: domain, callerNumber: caller, callerName: "Bob",
            account: account, isAccountProven: account != nil, source: "192.0.2.7",
            diversion: reason.map { Diversion(number: "100", reason: $0) })
        self.encoding = encoding
        self.hangUpAtStep = hangUpAtStep
    }

    // MARK: The script

    func type(_ keys: String) { state.withLock { $0.typed += Self.keys(keys) } }
    func when(_ prompt: String, type keys: String) { add(Cue(moment: .prompt(prompt), keys: Self.keys(keys))) }
    func whenSilent(type keys: String) { add(Cue(moment: .silence, keys: Self.keys(keys))) }
    func inAudio(at second: Double, type keys: String) { add(Cue(moment: .audio(second), keys: Self.keys(keys))) }
    func hangUp(inAudioAt second: Double) { add(Cue(moment: .audio(second), hangsUp: true)) }
    func hangUp(at prompt: String) { add(Cue(moment: .prompt(prompt), hangsUp: true)) }
    func inAudio(at second: Double, do deed: @escaping @Sendable () async -> Void) {
        add(Cue(moment: .audio(second), deed: deed))
    }
    func when(_ prompt: String, do deed: @escaping @Sendable () async -> Void) {
        add(Cue(moment: .prompt(prompt), deed: deed))
    }
    /// - Parameter worthwhile: seconds, where not all of it is worth keeping.
    func say(_ audio: [UInt8], voiced: Duration = .seconds(1), worthwhile: Double? = nil, ending: Take.Ending) {
        let speech = Speech(
            audio: audio, voiced: voiced, ending: ending, worthwhile: worthwhile.map { .milliseconds($0 * 1_000) })
        state.withLock { $0.speeches.append(speech) }
    }

    /// Whoever the caller is passed on to does not answer.
    func cannotBePassedOn(because failure: TransferFailure) { state.withLock { $0.transferFailure = failure } }

    private func add(_ cue: Cue) { state.withLock { $0.cues.append(cue) } }
    private static func keys(_ text: String) -> [Key] { text.compactMap(Key.init(rawValue:)) }

    /// A call of which everything has been said before it is answered.
    init(_ invitation: Invitation) {
        self.invitation = invitation
        encoding = .pcmu
        hangUpAtStep = nil
    }

    // MARK: What happened

    var events: [Event] { state.withLock { $0.events } }
    /// All prompts heard, in order.
    var prompts: [String] {
        events.compactMap { if case .heard(let prompt) = $0 { prompt } else { nil } }
    }
    /// All stored audio heard, one piece after the other.
    var heardAudio: [UInt8] { state.withLock { $0.heardAudio } }
    /// How the caller was passed on the last time.
    var transferManner: TransferManner? { state.withLock { $0.manner } }
    /// What the recordings were allowed, one after the other.
    var limits: [RecordingLimits] { state.withLock { $0.limits } }
    /// How stored audio was played, each time.
    var styles: [PlaybackStyle] { state.withLock { $0.styles } }
    var steps: Int { state.withLock { $0.steps } }
    var cuesLeft: Int { state.withLock { $0.cues.count + $0.speeches.count } }

    /// The language in which a prompt was said the last time.
    func language(of prompt: String) -> String? { state.withLock { $0.languages[prompt] } }

    func heard(_ prompt: String) -> Bool { prompts.contains(prompt) }

    /// Whether the call got as far as this prompt, heard or cut off by the hang-up.
    func reached(_ prompt: String) -> Bool { heard(prompt) || state.withLock { $0.cutOff == prompt } }

    /// Whether these were heard in this order, whatever came between.
    func heard(inOrder expected: String...) -> Bool {
        var rest = expected[...]
        for prompt in prompts where prompt == rest.first { rest = rest.dropFirst() }
        return rest.isEmpty
    }

    // MARK: IncomingCall

    func answer(early: Bool) async throws(CallEnded) -> any AnsweredCall {
        try step()
        state.withLock { $0.isEarly = early }
        note(early ? .early : .answered)
        return self
    }

    func reject(_ rejection: Rejection) async { note(.rejected(rejection)) }

    // MARK: AnsweredCall

    func play(
        _ clips: [Clip], from offset: Duration, style: PlaybackStyle, interruptedBy keys: Set<Key>
    ) async throws(CallEnded) -> PlayOutcome {
        var position = Duration.zero
        for clip in clips {
            switch clip {
            case .silence(let length):
                note(.pause)
                position += length
            case .prompt(let name, let language):
                state.withLock { $0.languages[name] = language }
                do { try step() } catch {
                    state.withLock { $0.cutOff = $0.cutOff ?? name }
                    throw error
                }
                note(.heard(name))
                await act(at: .prompt(name))
                if let key = nextKey(of: keys) { return PlayOutcome(key: key, position: position) }
                position += .seconds(1)
            case .recording(let audio):
                state.withLock { $0.styles.append(style) }
                let outcome = try await play(audio, from: offset, interruptedBy: keys)
                position += outcome.position
                if outcome.key != nil { return PlayOutcome(key: outcome.key, position: position) }
            }
        }
        return PlayOutcome(position: position)
    }

    private func play(
        _ audio: any RecordedAudio, from offset: Duration, interruptedBy keys: Set<Key>
    ) async throws(CallEnded) -> PlayOutcome {
        var byte = Int(offset / .seconds(1) * 8_000)
        note(.audio(from: Double(byte) / 8_000))
        while byte < audio.byteCount {
            try step()
            await act(at: .audio(Double(byte) / 8_000))
            if let key = nextKey(of: keys) { return PlayOutcome(key: key, position: .microseconds(byte * 125)) }
            let range = byte..<min(byte + 8_000, audio.byteCount)
            guard let piece = try? await audio.bytes(in: range), !piece.isEmpty else { break }
            state.withLock { $0.heardAudio += piece }
            byte += piece.count
        }
        return PlayOutcome(position: .microseconds(byte * 125))
    }

    func key(within timeout: Duration) async throws(CallEnded) -> Key? {
        try step()
        if let key = nextKey(of: .all) { return key }
        await act(at: .silence)
        if let key = nextKey(of: .all) { return key }
        note(.silence)
        return nil
    }

    func record(_ limits: RecordingLimits, into sink: any RecordingSink) async -> Take {
        note(.recording)
        let speech = state.withLock { state -> Speech? in
            // Keys from before the recording are nobody's any more.
            state.typed = []
            state.limits.append(limits)
            return state.speeches.isEmpty ? nil : state.speeches.removeFirst()
        }
        guard var speech else { return end(Take(ending: .hangUp, duration: .zero, voiced: .zero)) }
        if (try? step()) == nil { speech.ending = .hangUp }
        var kept = 0
        while kept < speech.audio.count {
            let piece = Array(speech.audio[kept..<min(kept + 8_000, speech.audio.count)])
            do {
                let taken = try await sink.append(piece)
                kept += taken
                if taken < piece.count {
                    speech.ending = .full
                    break
                }
            } catch {
                speech.ending = .storeFailed
                break
            }
        }
        let duration = Duration.microseconds(kept * 125)
        let worthwhile = min(duration, speech.worthwhile ?? duration)
        return end(Take(ending: speech.ending, duration: duration, voiced: speech.voiced, worthwhile: worthwhile))
    }

    private func end(_ take: Take) -> Take {
        if !take.callerIsThere { state.withLock { $0.hasEnded = true } }
        return take
    }

    func accept() async throws(CallEnded) {
        guard state.withLock({ $0.isEarly }) else { return }
        try step()
        state.withLock { $0.isEarly = false }
        note(.accepted)
    }

    func transfer(to number: String, by manner: TransferManner) async throws(CallEnded) -> TransferFailure {
        try step()
        note(.passedOn(number))
        let failure = state.withLock { state in
            state.manner = manner
            return state.transferFailure
        }
        if let failure { return failure }
        state.withLock { $0.hasEnded = true }
        throw CallEnded(.transferred)
    }

    func hangUp() async { note(.hungUp) }

    // MARK: Steps

    /// Each thing that takes time is a step; at one of them the caller may hang up.
    private func step() throws(CallEnded) {
        let isOver = state.withLock { state in
            state.steps += 1
            if state.steps == hangUpAtStep { state.hasEnded = true }
            return state.hasEnded
        }
        if isOver { throw CallEnded(.hangUp) }
    }

    private func note(_ event: Event) { state.withLock { $0.events.append(event) } }

    private func act(at moment: Cue.Moment) async {
        let cue = state.withLock { state -> Cue? in
            guard state.cues.first?.moment == moment else { return nil }
            return state.cues.removeFirst()
        }
        guard let cue else { return }
        state.withLock { state in
            state.typed += cue.keys
            if cue.hangsUp { state.hasEnded = true }
        }
        await cue.deed?()
    }

    /// The next typed key that is one of `keys`; those before it are dropped. Where nothing is wanted they wait.
    private func nextKey(of keys: Set<Key>) -> Key? {
        state.withLock { state in
            guard !keys.isEmpty else { return nil }
            while !state.typed.isEmpty {
                let key = state.typed.removeFirst()
                if keys.contains(key) { return key }
            }
            return nil
        }
    }
}
