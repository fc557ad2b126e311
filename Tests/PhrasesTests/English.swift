// The English of `prompts/en`, and clip names turned back into words so that the tests read as one hears them.

import Foundation
import Phrases
import Testing

enum English {
    static let prompts = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../prompts").standardizedFileURL

    static func phrases() throws -> Phrases { try #require(try book.get().phrases(in: "en")) }

    private static let book = Result { try Phrasebook(directory: prompts) }

    /// "number-3 new-messages-other" without the marks that keep English clips apart: easier on the eye.
    static func words(_ clips: [String]) -> String {
        clips.map { clip in
            for series in ["number-", "ordinal-", "month-", "weekday-"] where clip.hasPrefix(series) {
                let name = clip.dropFirst(series.count)
                switch series {
                case "ordinal-": return "\(name)."
                case "month-": return "M\(name)"
                case "weekday-": return "D\(name)"
                default: return String(name)
                }
            }
            return clip
        }.joined(separator: " ")
    }
}
