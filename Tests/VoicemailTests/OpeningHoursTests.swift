// When there is somebody to answer (B1): weekdays, spans, closed days, the organisation's zone, and clocks that change.
import Foundation
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Opening hours (B1)")
struct OpeningHoursTests {
    /// Monday to Friday nine to one and two to half past five, Saturday from midnight to midnight.
    static let hours: OpeningHours = {
        let day = [OpeningHours.Span(from: 540, to: 780), OpeningHours.Span(from: 840, to: 1_050)]
        var days = Dictionary(uniqueKeysWithValues: (2...6).map { ($0, day) })
        days[7] = [OpeningHours.Span(from: 0, to: 1_440)]
        return OpeningHours(days: days, closed: ["2026-12-25", "2026-01-05"])
    }()

    private func isOpen(_ time: String, _ zone: String = "UTC", _ hours: OpeningHours = hours) throws -> Bool {
        let date = try #require(try? Date(time + ":00Z", strategy: .iso8601))
        return hours.isOpen(at: date, in: try #require(TimeZone(identifier: zone)))
    }

    @Test(
        "a span begins with its first minute and is over with its last",
        arguments: [
            ("2026-11-23T08:59", false), ("2026-11-23T09:00", true), ("2026-11-23T12:59", true),
            ("2026-11-23T13:00", false), ("2026-11-23T14:00", true), ("2026-11-23T17:29", true),
            ("2026-11-23T17:30", false), ("2026-11-27T17:29", true), ("2026-11-28T00:00", true),
            ("2026-11-28T23:59", true), ("2026-11-29T12:00", false), ("2026-12-25T10:00", false),
            ("2026-12-24T10:00", true), ("2026-01-05T10:00", false),
        ])
    func spans(time: String, expected: Bool) throws { #expect(try isOpen(time) == expected) }

    @Test("the day and the hour are those of the organisation")
    func zone() throws {
        // Monday 23:30 in London is Tuesday 08:30 in Tokyo.
        #expect(try !isOpen("2026-11-23T23:30", "Asia/Tokyo"))
        #expect(try isOpen("2026-11-24T00:00", "Asia/Tokyo"))
        #expect(try !isOpen("2026-11-24T00:00"))
        // Christmas begins while it is still the 24th in London, and ends with its own midnight.
        #expect(try !isOpen("2026-12-24T23:30", "Australia/Sydney"))
    }

    @Test("nine o'clock is nine o'clock in summer and in winter, and on the days when clocks change")
    func summerTime() throws {
        #expect(try !isOpen("2026-07-01T06:59", "Europe/Madrid"))
        #expect(try isOpen("2026-07-01T07:00", "Europe/Madrid"))
        #expect(try !isOpen("2026-12-01T07:59", "Europe/Madrid"))
        #expect(try isOpen("2026-12-01T08:00", "Europe/Madrid"))
        let sundays = OpeningHours(days: [1: [OpeningHours.Span(from: 150, to: 180)]])
        // 29 March: from two the clocks go to three, so half past two never comes.
        for time in ["2026-03-29T00:59", "2026-03-29T01:00", "2026-03-29T01:30"] {
            #expect(try !isOpen(time, "Europe/Madrid", sundays), "\(time)")
        }
        // 25 October: half past two comes twice.
        for (time, expected) in [
            ("2026-10-25T00:29", false), ("2026-10-25T00:30", true), ("2026-10-25T00:59", true),
            ("2026-10-25T01:00", false), ("2026-10-25T01:30", true), ("2026-10-25T02:00", false),
        ] { #expect(try isOpen(time, "Europe/Madrid", sundays) == expected, "\(time)") }
    }

    @Test("hours without a day are always closed")
    func never() throws { #expect(try !isOpen("2026-11-23T10:00", "UTC", OpeningHours())) }
}
