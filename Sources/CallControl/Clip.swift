// What can be played to a call: prompts by name, and stored recordings read piece by piece.

/// The codec of audio at rest and on the wire; raw values are the RTP encoding names (RFC 3551).
/// Each takes 8,000 bytes a second.
public enum AudioEncoding: String, Hashable, Sendable, CaseIterable {
    case pcmu = "PCMU"
    case pcma = "PCMA"
    case g722 = "G722"
}

public enum Clip: Sendable {
    /// A prompt by its id in a language ("en"): `prompts/<language>/`.
    case prompt(String, language: String)
    case recording(any RecordedAudio)
    case silence(Duration)
}

/// A message, greeting or name in the store, read a piece at a time while it plays.
public protocol RecordedAudio: Sendable {
    var encoding: AudioEncoding { get }
    /// 8,000 bytes a second.
    var byteCount: Int { get }
    /// Up to `range.count` bytes; fewer only at the end of the recording.
    func bytes(in range: Range<Int>) async throws -> [UInt8]
}
