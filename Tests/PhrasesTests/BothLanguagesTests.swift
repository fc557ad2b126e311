// Numbers, plurals, dates and times heard in full in English and in Spanish (C13): every number from 0 to 999 in
// every place that numbers are said in, every day of a year and every minute of a day.

import Foundation
import Testing

@testable import Phrases

@Suite struct BothLanguagesTests {
    let english: Phrases
    let spanish: Phrases

    init() throws {
        english = try Spoken.phrases(in: "en")
        spanish = try Spoken.phrases(in: "es")
    }

    @Test func `0 to 999 and thousands are said in full by themselves (C13)`() {
        for number in Array(0...999) + [1000, 1001, 1021, 1100, 2000, 2026, 21_000, 31_999, 100_000, 999_999] {
            heard(english.number(number), english, is: Spoken.english(number))
            heard(spanish.number(number), spanish, is: Spoken.spanish(number))
        }
        heard(spanish.number(1_000_000), spanish, is: "un millón")
        heard(spanish.number(21_000_001), spanish, is: "veintiún millones uno")
    }

    @Test func `the words for numbers are those of Unicode's spell-out rules (C13)`() throws {
        for (phrases, locale) in [(english, "en_US"), (spanish, "es")] {
            let format = NumberFormatter()
            format.locale = Locale(identifier: locale)
            format.numberStyle = .spellOut
            for number in 0...999 {
                let expected = try #require(format.string(from: number as NSNumber))
                heard(phrases.number(number), phrases, is: expected)
            }
        }
    }

    @Test func `1 to 999 messages have the noun's number and the numeral's gender (C1, C13)`() {
        for count in 1...999 {
            let one = count == 1
            let spoken = english.counts(new: count, urgent: 0, saved: 0)
            heard(spoken, english, is: "you have \(Spoken.english(count)) new message\(one ? "" : "s")")
            heard(
                spanish.counts(new: count, urgent: 0, saved: 0), spanish,
                is: "usted tiene \(Spoken.spanish(count, .masculine)) \(one ? "mensaje nuevo" : "mensajes nuevos")")
            heard(
                spanish.counts(new: count, urgent: count, saved: count), spanish,
                is: "usted tiene \(Spoken.spanish(count, .masculine)) \(one ? "mensaje urgente" : "mensajes urgentes")"
                    + " y \(Spoken.spanish(count, .masculine)) \(one ? "mensaje guardado" : "mensajes guardados")")
        }
        heard(spanish.counts(new: 0, urgent: 0, saved: 0), spanish, is: "usted no tiene mensajes")
    }

    @Test func `hours are feminine in Spanish, minutes and seconds masculine (C3, C13)`() {
        for hours in 1...999 {
            let units = hours == 1 ? ("hour", "hora") : ("hours", "horas")
            heard(english.duration(seconds: hours * 3600), english, is: "\(Spoken.english(hours)) \(units.0)")
            let words = Spoken.spanish(hours, .feminine)
            heard(spanish.duration(seconds: hours * 3600), spanish, is: "\(words) \(units.1)")
        }
        for count in 2...59 {
            let (inEnglish, inSpanish) = (Spoken.english(count), Spoken.spanish(count, .masculine))
            let seconds = count * 61
            heard(english.duration(seconds: seconds), english, is: "\(inEnglish) minutes and \(inEnglish) seconds")
            heard(spanish.duration(seconds: seconds), spanish, is: "\(inSpanish) minutos y \(inSpanish) segundos")
        }
        heard(spanish.length(seconds: 3661), spanish, is: "duración una hora un minuto y un segundo")
        heard(spanish.duration(seconds: 0), spanish, is: "cero segundos")
    }

    @Test func `messages are counted by ordinals to the tenth, then by number (C2, C13)`() {
        let tenth = [
            "primer", "segundo", "tercer", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo",
        ]
        for position in 1...999 {
            let ordinal = position <= 10
            let inEnglish =
                ordinal ? "\(Spoken.englishOrdinal(position)) message" : "message \(Spoken.english(position))"
            heard(english.message(position), english, is: inEnglish)
            let inSpanish = ordinal ? "\(tenth[position - 1]) mensaje" : "mensaje \(Spoken.spanish(position))"
            heard(spanish.message(position), spanish, is: inSpanish)
        }
    }

    static let months = [
        ("January", "enero"), ("February", "febrero"), ("March", "marzo"), ("April", "abril"), ("May", "mayo"),
        ("June", "junio"), ("July", "julio"), ("August", "agosto"), ("September", "septiembre"),
        ("October", "octubre"), ("November", "noviembre"), ("December", "diciembre"),
    ]
    static let weekdays = [
        ("Sunday", "domingo"), ("Monday", "lunes"), ("Tuesday", "martes"), ("Wednesday", "miércoles"),
        ("Thursday", "jueves"), ("Friday", "viernes"), ("Saturday", "sábado"),
    ]

    @Test func `every day of a leap year is said by its date, before and to come (C3, C8, C13)`() {
        let now = day(2028, 12, 31)
        for index in 0..<359 {
            let date = day(2028, 1, 1) + Double(index) * 86_400
            let parts = calendar.dateComponents([.weekday, .month, .day], from: date)
            guard let month = parts.month, let number = parts.day, let weekday = parts.weekday else { continue }
            let (inEnglish, inSpanish) = Self.months[month - 1]
            let first = number == 1 ? "primero" : Spoken.spanish(number)
            let saidInEnglish = "\(inEnglish) \(Spoken.englishOrdinal(number))".lowercased()
            heard(english.date(date, now: now, timeZone: .gmt), english, is: saidInEnglish)
            heard(spanish.date(date, now: now, timeZone: .gmt), spanish, is: "el \(first) de \(inSpanish)")
            let before = date - 2 * 86_400
            let sameYear = index >= 2
            heard(
                english.until(date, now: before, timeZone: .gmt), english,
                is: "until \(Self.weekdays[weekday - 1].0) \(saidInEnglish)".lowercased()
                    + (sameYear ? "" : " twenty twenty-eight"))
            heard(
                spanish.until(date, now: before, timeZone: .gmt), spanish,
                is: "hasta el \(Self.weekdays[weekday - 1].1) \(first) de \(inSpanish)"
                    + (sameYear ? "" : " de dos mil veintiocho"))
        }
    }

    @Test func `near days have words of their own (C3, C13)`() {
        let now = day(2026, 3, 12)  // a Thursday
        heard(spanish.date(now, now: now, timeZone: .gmt), spanish, is: "hoy")
        heard(spanish.date(day(2026, 3, 11), now: now, timeZone: .gmt), spanish, is: "ayer")
        for ago in 2...6 {
            let weekday = Self.weekdays[(4 - ago + 7) % 7].1
            let date = now - Double(ago) * 86_400
            heard(spanish.date(date, now: now, timeZone: .gmt), spanish, is: "el \(weekday)")
        }
        heard(english.until(now, now: now, timeZone: .gmt), english, is: "until today")
        heard(spanish.until(now, now: now, timeZone: .gmt), spanish, is: "hasta hoy")
        heard(english.until(day(2026, 3, 13), now: now, timeZone: .gmt), english, is: "until tomorrow")
        heard(spanish.until(day(2026, 3, 13), now: now, timeZone: .gmt), spanish, is: "hasta mañana")
    }

    @Test func `a year is said where it is another one (C3, C13)`() {
        let now = day(2050, 6, 1)
        for year in 1990...2120 where year != 2050 {
            let date = day(year, 3, 1)
            let name = (2000...2099).contains(year) ? "de" : "del año"
            heard(
                spanish.date(date, now: now, timeZone: .gmt), spanish,
                is: "el primero de marzo \(name) \(Spoken.spanish(year))")
            let inPairs = (2010...2099).contains(year)
            let words = inPairs ? "twenty \(Spoken.english(year % 100))" : Spoken.english(year)
            heard(english.date(date, now: now, timeZone: .gmt), english, is: "march first \(words)")
        }
    }

    @Test func `every minute of the day is said by the clock of the language (C3, C13)`() {
        for minute in 0..<1440 {
            let date = day(2026, 5, 4) - 12 * 3600 + Double(minute) * 60
            heard(english.time(date, timeZone: .gmt), english, is: Self.inEnglish(minute / 60, minute % 60))
            heard(spanish.time(date, timeZone: .gmt), spanish, is: Self.inSpanish(minute / 60, minute % 60))
        }
    }

    private static func inEnglish(_ hour: Int, _ minute: Int) -> String {
        if minute == 0, hour == 0 { return "midnight" }
        if minute == 0, hour == 12 { return "twelve noon" }
        let hourWord = Spoken.english(hour % 12 == 0 ? 12 : hour % 12)
        let minuteWord = minute == 0 ? "" : (minute < 10 ? "oh " : "") + Spoken.english(minute) + " "
        return "\(hourWord) \(minuteWord)\(hour < 12 ? "am" : "pm")"
    }

    private static func inSpanish(_ hour: Int, _ minute: Int) -> String {
        if minute == 0, hour == 0 { return "a medianoche" }
        if minute == 0, hour == 12 { return "al mediodía" }
        let twelve = hour % 12 == 0 ? 12 : hour % 12
        let hours = twelve == 1 ? "a la una" : "a las \(Spoken.spanish(twelve))"
        let minutes =
            switch minute {
            case 0: ""
            case 1: " y un minuto"
            case 15: " y cuarto"
            case 30: " y media"
            default: " y \(Spoken.spanish(minute))"
            }
        let part =
            switch hour {
            case 0, 20...23: "de la noche"
            case 1...5: "de la madrugada"
            case 6...11: "de la mañana"
            default: "de la tarde"
            }
        return "\(hours)\(minutes) \(part)"
    }

    private let calendar = CivilDay.calendar(.gmt)

    /// Noon of that day in universal time.
    private func day(_ year: Int, _ month: Int, _ day: Int) -> Date {
        calendar.date(from: DateComponents(year: year, month: month, day: day, hour: 12)) ?? .distantPast
    }
}

/// Fails with what is heard where it is not what it should be; thousands of passing comparisons cost nothing.
func heard(
    _ clips: [String], _ phrases: Phrases, is words: String, at location: SourceLocation = #_sourceLocation
) {
    let heard = Spoken.words(clips, phrases)
    if heard != words { Issue.record("'\(heard)' should be '\(words)'", sourceLocation: location) }
}
