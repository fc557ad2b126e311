// The settings of an organisation by name, as `lamplighter organisation set` takes them (A6, A9, B1, C7, C10, D1, D2, E5).

import Mailboxes

extension SettingField where Settings == OrganisationSettings {
    static var all: [SettingField] {
        [
            .text("keymap", "a file of dialplan/keymaps/", \.keymap),
            .flag("may-have-default-pin", \.mayHaveDefaultPIN), .choice("initial-pin", \.initialPIN),
            .number("pin-minimum", "digits", \.pinPolicy.minimum),
            .number("pin-exactly", "digits; nothing: any number from the minimum on", \.pinPolicy.exactly),
            .flag("pin-refuses-repeats", \.pinPolicy.refusesRepeats),
            .flag("pin-refuses-runs", \.pinPolicy.refusesRuns),
            .flag("introduces-owners", \.introducesOwners),
            hours, closedDays,
            .text("operator", "a number; nothing: none", \.operatorNumber),
            .choice("transfer", \.transfer), .choice("diverted", \.diverted),
            .list("callable-numbers", "beginnings of numbers with commas", \.callableNumbers),
            .number("keeps-deleted", "days", \.keepsDeleted),
            .number("expires-new-after", "days; nothing: never", \.expiresNewAfter),
            .number("expires-saved-after", "days; nothing: never", \.expiresSavedAfter),
            .number("keeps-removed", "days", \.keepsRemoved),
            .choice("directory-by", \.directoryBy),
        ]
    }

    private static var hours: SettingField {
        SettingField(name: "hours", values: "mon-fri 09:00-17:30, sat 10:00-12:00; nothing: always open") { text in
            let days = parts(text).isEmpty ? HoursText.always : try HoursText.days(parts(text))
            return { $0.hours = HoursText.hours(days, closed: $0.hours?.closed ?? []) }
        } show: {
            $0.hours.map { $0.days == HoursText.always ? "" : HoursText.text($0.days) } ?? ""
        }
    }

    private static var closedDays: SettingField {
        SettingField(name: "closed", values: "dates such as 2026-12-25 with commas; nothing: none") { text in
            let dates = Set(parts(text))
            return { $0.hours = HoursText.hours($0.hours?.days ?? HoursText.always, closed: dates) }
        } show: {
            $0.hours?.closed.sorted().joined(separator: ",") ?? ""
        }
    }
}

/// Opening hours as they are written: "mon-fri 09:00-17:30".
enum HoursText {
    private static let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// Every day around the clock.
    static let always = Dictionary(uniqueKeysWithValues: (1...7).map { ($0, [OpeningHours.Span(from: 0, to: 1_440)]) })

    /// Nil: there are none to be outside of.
    static func hours(_ days: [Int: [OpeningHours.Span]], closed: Set<String>) -> OpeningHours? {
        days == always && closed.isEmpty ? nil : OpeningHours(days: days, closed: closed)
    }

    static func days(_ parts: [String]) throws -> [Int: [OpeningHours.Span]] {
        var days: [Int: [OpeningHours.Span]] = [:]
        for part in parts {
            let words = part.split(separator: " ")
            guard words.count == 2, let span = span(words[1]) else { throw BadValue("such as mon-fri 09:00-17:30") }
            guard span.from < span.to else {
                throw BadValue("from earlier to later on one day; past midnight it is fri 22:00-24:00, sat 00:00-06:00")
            }
            for day in try weekdays(words[0].lowercased()) { days[day, default: []].append(span) }
        }
        return days
    }

    static func text(_ days: [Int: [OpeningHours.Span]]) -> String {
        // Monday first.
        [2, 3, 4, 5, 6, 7, 1].flatMap { day in
            (days[day] ?? []).map { "\(names[day - 1]) \(time($0.from))-\(time($0.to))" }
        }.joined(separator: ", ")
    }

    /// "fri-mon" goes over the end of the week.
    private static func weekdays(_ text: String) throws -> [Int] {
        let ends = text.split(separator: "-").map { names.firstIndex(of: String($0)) }
        guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil else {
            throw BadValue("made of days such as mon or mon-fri")
        }
        let count = (last - first + 7) % 7
        return (0...count).map { (first + $0) % 7 + 1 }
    }

    private static func span(_ text: Substring) -> OpeningHours.Span? {
        let times = text.split(separator: "-").map(minute)
        guard times.count == 2, let from = times[0], let to = times[1] else { return nil }
        return OpeningHours.Span(from: from, to: to)
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":").map { Int($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...24).contains(hour),
            (0...59).contains(minute), hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    private static func time(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}
