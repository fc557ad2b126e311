// Dates and times of the day, in the listener's time zone (C3).

import Foundation
import Phrases
import Testing

@Suite struct TimeTests {
    let phrases: Phrases
    init() throws { phrases = try English.phrases() }

    @Test(arguments: [
        ("2026-11-20T15:07", "today"),
        ("2026-11-20T00:00", "today"),
        ("2026-11-19T23:59", "yesterday"),
        ("2026-11-19T00:00", "yesterday"),
        ("2026-11-18T12:00", "D4"),
        ("2026-11-14T12:00", "D7"),
        ("2026-11-13T23:59", "M11 13."),
        ("2026-01-01T00:00", "M1 1."),
        ("2025-12-31T23:59", "M12 31. 20 25"),
        ("2009-02-02T10:00", "M2 2. 2 thousand 9"),
        ("2026-11-21T09:00", "M11 21."),
    ])
    func `a date is as near as it can be said (C3)`(date: String, spoken: String) throws {
        let clips = phrases.date(try at(date), now: try at("2026-11-20T16:00"), timeZone: try zone("Europe/Berlin"))
        #expect(English.words(clips) == spoken)
    }

    @Test func `today begins at midnight in the listener's zone, not in universal time (C3)`() throws {
        let date = Date(timeIntervalSince1970: 1_795_150_800)  // 2026-11-20 05:00 UTC
        let now = date + 3600
        #expect(phrases.date(date, now: now, timeZone: try zone("America/New_York")) == ["today"])
        #expect(phrases.date(date - 3600, now: now, timeZone: try zone("America/New_York")) == ["yesterday"])
        #expect(phrases.date(date - 3600, now: now, timeZone: try zone("UTC")) == ["today"])
    }

    @Test(arguments: [
        ("Europe/Berlin", "2026-03-28T00:30", "2026-03-29T23:30", "yesterday"),  // a day of 23 hours between
        ("Europe/Berlin", "2026-03-29T01:30", "2026-03-29T03:30", "today"),
        ("Europe/Berlin", "2026-10-24T23:59", "2026-10-25T00:01", "yesterday"),
        ("Europe/Berlin", "2026-10-25T00:00", "2026-10-25T23:59", "today"),  // 25 hours
        ("America/Sao_Paulo", "2018-11-03T23:30", "2018-11-04T01:30", "yesterday"),  // midnight did not exist
        ("America/Sao_Paulo", "2018-11-04T01:30", "2018-11-05T00:10", "yesterday"),
        ("Pacific/Apia", "2011-12-29T12:00", "2011-12-31T12:00", "D5"),  // the thirtieth did not exist
    ])
    func `days are told apart by the calendar when clocks change (C3)`(
        name: String, date: String, now: String, spoken: String
    ) throws {
        let zone = try zone(name)
        let clips = phrases.date(try at(date, name), now: try at(now, name), timeZone: zone)
        #expect(English.words(clips) == spoken)
    }

    @Test(arguments: [
        ("00:00", "midnight"), ("00:01", "12 oh 1 am"), ("00:30", "12 30 am"), ("01:00", "1 am"),
        ("09:05", "9 oh 5 am"), ("11:59", "11 59 am"), ("12:00", "noon"), ("12:01", "12 oh 1 pm"),
        ("13:00", "1 pm"), ("15:07", "3 oh 7 pm"), ("23:10", "11 10 pm"),
    ])
    func `a time is said by the twelve-hour clock (C3)`(time: String, spoken: String) throws {
        let clips = phrases.time(try at("2026-06-01T\(time)"), timeZone: try zone("Europe/Berlin"))
        #expect(English.words(clips) == spoken)
    }

    @Test func `the hour that clocks repeat is said twice alike (C3)`() throws {
        let berlin = try zone("Europe/Berlin")
        let first = Date(timeIntervalSince1970: 1_792_888_200)  // 2026-10-25 00:30 UTC
        #expect(phrases.time(first, timeZone: berlin) == phrases.time(first + 3600, timeZone: berlin))
        #expect(English.words(phrases.time(first, timeZone: berlin)) == "2 30 am")
    }

    @Test func `an envelope says when, from whom and how long (C3)`() throws {
        let clips = phrases.envelope(
            received: try at("2026-11-20T15:07"), caller: "102", seconds: 61, now: try at("2026-11-20T16:00"),
            timeZone: try zone("Europe/Berlin"))
        #expect(
            English.words(clips) == "received today at 3 oh 7 pm pause from 1 0 2 pause "
                + "length 1 minutes-one and 1 seconds-one")
        #expect(phrases.from(caller: nil) == ["from-unknown-number"])
    }

    private func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }

    private func at(_ text: String, _ zoneName: String = "Europe/Berlin") throws -> Date {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = try zone(zoneName)
        format.dateFormat = "yyyy-MM-dd'T'HH:mm"
        return try #require(format.date(from: text))
    }
}
