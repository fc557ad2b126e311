// How long callers hear the temporary greeting: so many days, today being the first one, or until it is deleted (B1, C8).
import CallControl
import Foundation
import Logging
import Mailboxes
import Phrases

struct TemporaryGreetingEnd {
    static let mostDays = 365

    private let talk: Conversation
    private let mailbox: Mailbox
    private let timeZone: TimeZone

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
        timeZone = TimeZone(identifier: mailbox.timeZone) ?? .gmt
    }

    /// "For how many days?" Returns what holds from now on. Who does not answer with a number changes nothing.
    func ask(after opening: [Clip]) async throws -> [Clip] {
        var told = opening
        for _ in 0..<talk.settings.patience {
            guard let typed = try await talk.digitsIfAny(opening: told, talk.words(.enterDays), longest: 3) else {
                return try await words()
            }
            if let days = Int(typed), (0...Self.mostDays).contains(days) {
                let end = days == 0 ? nil : end(afterDays: days)
                _ = try await talk.store.changeSettings(of: mailbox.id) { $0.temporaryGreetingEnds = end }
                talk.log.info("temporary greeting", metadata: ["days": "\(days)"])
                return try await words()
            }
            told = talk.words(.invalidEntry)
        }
        return try await words()
    }

    /// "Callers hear it until Wednesday, March fourth."
    func words() async throws -> [Clip] {
        guard let end = try await talk.settings(of: mailbox).temporaryGreetingEnds else {
            return talk.words(.heardUntilDeleted)
        }
        guard end > talk.now.timeIntervalSince1970 else { return talk.words(.temporaryGreetingEnded) }
        // It ends at midnight, which already is the next day.
        let lastMoment = Date(timeIntervalSince1970: end - 1)
        return talk.words(.heard) + talk.words(talk.phrases.until(lastMoment, now: talk.now, timeZone: timeZone))
    }

    /// The midnight that ends the last day, in seconds since 1970.
    private func end(afterDays days: Int) -> Double? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar.date(byAdding: .day, value: days, to: calendar.startOfDay(for: talk.now))?.timeIntervalSince1970
    }
}
