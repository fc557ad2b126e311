// What a message must be like to be delivered (B2), and how it may end (B2, B7).
import CallControl
import Mailboxes
import Phrases

struct MessageTerms: Sendable {
    let shortest: Duration
    let longest: Duration
    private let leastVoice: Duration
    private let silence: Duration
    private let operatorNumber: String?
    private let operatorKey: Key?
    /// The key that ends it, and the one that asks for the operator where there is one.
    let endKeys: Set<Key>

    init(_ mailbox: Mailbox, _ talk: Conversation) {
        shortest = mailbox.settings.minimumMessage.map { .seconds($0) } ?? talk.settings.shortestMessage
        longest = mailbox.settings.maximumMessage.map { .seconds($0) } ?? talk.settings.longestMessage
        leastVoice = talk.settings.leastVoice
        silence = talk.settings.silenceEndsRecording
        operatorNumber = mailbox.operatorNumber
        operatorKey = operatorNumber == nil ? nil : talk.keys.recording.key(for: .reachOperator)
        endKeys = talk.keys.endOfRecording.union([operatorKey].compactMap { $0 })
    }

    /// Of a recording that has `length` already.
    func limits(after length: Duration = .zero) -> RecordingLimits {
        RecordingLimits(endKeys: endKeys, maximum: longest - length, silence: silence, endsOnTones: true)
    }

    /// Why a take is not worth delivering; nil when it is.
    func shortcoming(of take: Take) -> PromptID? {
        if take.duration < shortest { return .messageTooShort }
        if isSilent(take) { return .nothingRecorded }
        return take.worthwhile < shortest ? .messageTooShort : nil
    }

    /// Whom the caller asked for by the key that ended the recording.
    func numberAskedFor(by ending: Take.Ending) -> String? {
        guard case .key(let key) = ending, key == operatorKey else { return nil }
        return operatorNumber
    }

    func isSilent(_ take: Take) -> Bool { take.voiced < leastVoice }
}
