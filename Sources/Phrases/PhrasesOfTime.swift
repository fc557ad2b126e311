// Dates and times of the day as they are spoken, in the listener's time zone.

public import Foundation

extension Phrases {
    /// "Today", "yesterday", the weekday for the five days before, else month and day, with the year if it is not
    /// that of `now`. A date after today is always spoken as month and day.
    public func date(_ date: Date, now: Date, timeZone: TimeZone) -> [String] {
        self.date(CivilDay(date, timeZone), today: CivilDay(now, timeZone))
    }

    func date(_ then: CivilDay, today: CivilDay) -> [String] {
        switch today.number - then.number {
        case 0: return say(.today)
        case 1: return say(.yesterday)
        case 2...6: return say(.weekday, ["weekday": .number(then.weekday)])
        default: break
        }
        return say(then.year == today.year ? .day : .dayOfYear, then.values)
    }

    /// The last day of something, such as a temporary greeting (C8): "until today", "until tomorrow", else weekday,
    /// month and day, "until Monday, March third", with the year if it is not that of `now`.
    public func until(_ date: Date, now: Date, timeZone: TimeZone) -> [String] {
        until(CivilDay(date, timeZone), today: CivilDay(now, timeZone))
    }

    func until(_ last: CivilDay, today: CivilDay) -> [String] {
        switch last.number - today.number {
        case 0: return say(.untilToday)
        case 1: return say(.untilTomorrow)
        default: return say(last.year == today.year ? .until : .untilDayOfYear, last.values)
        }
    }

    /// "Three oh seven p m", "noon", "three p m".
    public func time(_ date: Date, timeZone: TimeZone) -> [String] {
        let parts = CivilDay.calendar(timeZone).dateComponents([.hour, .minute], from: date)
        return timeOfDay(hour: parts.hour ?? 0, minute: parts.minute ?? 0)
    }

    /// Of the envelope: "Received today at three oh seven p m."
    public func received(_ date: Date, now: Date, timeZone: TimeZone) -> [String] {
        received(date: self.date(date, now: now, timeZone: timeZone), time: time(date, timeZone: timeZone))
    }

    func received(date: [String], time: [String]) -> [String] {
        say(.received, ["date": .clips(date), "time": .clips(time)])
    }

    /// The whole envelope of a message (C3): when, from whom, how long.
    public func envelope(
        received date: Date, caller: String?, seconds: Int, now: Date, timeZone: TimeZone
    ) -> [String] {
        received(date, now: now, timeZone: timeZone) + prompt(.pause)
            + from(caller: caller) + prompt(.pause)
            + length(seconds: seconds)
    }

    /// The same with the caller's recorded name in place of the number.
    public func envelope(received date: Date, seconds: Int, now: Date, timeZone: TimeZone) -> NameFrame {
        NameFrame(
            before: received(date, now: now, timeZone: timeZone) + prompt(.pause) + fromName.before,
            after: fromName.after + prompt(.pause) + length(seconds: seconds))
    }

    func timeOfDay(hour: Int, minute: Int) -> [String] {
        if let moment = data.moments[hour * 60 + minute] { return [moment] }
        let period = data.periods.first { $0.from <= hour }.map { [$0.clip] } ?? []
        let spokenHour = data.clock == 24 ? hour : (hour + 11) % 12 + 1
        return say(
            minute == 0 ? .timeExact : .time,
            ["hour": .number(spokenHour), "minute": .number(minute), "period": .clips(period)])
    }
}

/// A day of the civil calendar, with a running number. Days are told apart by their dates, not by hours between
/// them: days of 23 and 25 hours exist, and days that begin at one o'clock.
struct CivilDay {
    var year: Int
    var month: Int
    var day: Int
    /// 1 is Sunday.
    var weekday: Int
    /// Days since 1970-01-01.
    var number: Int
}

extension CivilDay {
    fileprivate var values: [String: Pattern.Value] {
        ["weekday": .number(weekday), "day": .number(day), "month": .number(month), "year": .number(year)]
    }

    init(_ date: Date, _ timeZone: TimeZone) {
        let parts = Self.calendar(timeZone).dateComponents([.year, .month, .day, .weekday], from: date)
        let noon = DateComponents(year: parts.year, month: parts.month, day: parts.day, hour: 12)
        let inUniversalTime = Self.calendar(.gmt).date(from: noon) ?? date
        self.init(
            year: parts.year ?? 0, month: parts.month ?? 1, day: parts.day ?? 1, weekday: parts.weekday ?? 1,
            number: Int((inUniversalTime.timeIntervalSince1970 / 86_400).rounded(.down)))
    }

    static func calendar(_ timeZone: TimeZone) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar
    }
}
