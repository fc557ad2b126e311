// Carries a recording's chunks to its sink and keeps the account that the `Take` is made of.

import CallControl
import Media

struct Tray {
    private let sink: any RecordingSink
    private var kept = 0
    /// Why nothing more is given to the sink.
    private var refusal: Take.Ending?

    init(_ sink: any RecordingSink) { self.sink = sink }

    /// Returns false when the sink takes no more.
    mutating func put(_ chunk: [UInt8]) async -> Bool {
        guard refusal == nil else { return false }
        do {
            let accepted = try await sink.append(chunk)
            kept += accepted
            if accepted < chunk.count { refusal = .full }
        } catch {
            refusal = .storeFailed
        }
        return refusal == nil
    }

    /// - Parameter ended: why the call is over, if it is.
    func take(_ summary: RecordingSummary, ended: CallEnded.Reason?) -> Take {
        // What the sink refused was not kept, so it cannot count as speech either.
        Take(
            ending: refusal ?? Self.ending(of: summary, ended), duration: Duration(audioBytes: kept),
            voiced: Duration(audioBytes: min(kept, summary.voicedBytes)),
            worthwhile: Duration(audioBytes: min(kept, summary.worthwhileBytes)))
    }

    private static func ending(of summary: RecordingSummary, _ ended: CallEnded.Reason?) -> Take.Ending {
        switch summary.ending {
        case .key(let character): Key(rawValue: character).map(Take.Ending.key) ?? .hangUp
        case .silence: .silence
        case .maximum: .maximum
        case .busyTone: .busyTone
        case .faxTone: .faxTone
        case .loop: .loop
        case .overrun: .storeFailed
        case .stopped:
            switch ended {
            case .mediaTimeout: .mediaTimeout
            case .shutdown: .shutdown
            case .hangUp, .cancelled, .failure, .transferred, nil: .hangUp
            }
        }
    }
}
