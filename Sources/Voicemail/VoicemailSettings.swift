// The times and limits of the flows, with the values that a new installation has.

public struct VoicemailSettings: Sendable, Hashable {
    /// How long a caller may stay silent when something is asked.
    public var answerTime: Duration = .seconds(6)
    /// Silences, or wrong entries, in a row after which a call ends.
    public var patience = 3
    /// PINs that may be tried in one call (D3).
    public var pinAttempts = 3
    /// How often a caller may try again after recording nothing (B2).
    public var recordingAttempts = 3

    /// A shorter message is not delivered (B2).
    public var shortestMessage: Duration = .seconds(2)
    /// A message with less than this that is louder than silence is not delivered (B2).
    public var leastVoice: Duration = .milliseconds(300)
    public var longestMessage: Duration = .seconds(180)
    /// Silence in one piece that ends a recording.
    public var silenceEndsRecording: Duration = .seconds(10)

    /// Of a greeting or a name; a name can be short.
    public var shortestGreeting: Duration = .milliseconds(500)
    public var longestGreeting: Duration = .seconds(120)
    public var longestName: Duration = .seconds(10)

    /// How far back and ahead go in a message (C2).
    public var step: Duration = .seconds(3)
    /// How long a message stays paused before it goes on by itself.
    public var longestPause: Duration = .seconds(60)
    /// How long after a call that broke off its place is still offered (C12).
    public var longestInterruption: Duration = .seconds(3600)

    /// For calls and mailboxes whose own language has no prompts.
    public var language = "en"

    public init() {}
}
