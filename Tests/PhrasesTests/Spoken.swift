// What a caller hears, as plain words: the clips' texts without punctuation. And the words of numbers in English and
// Spanish, worked out here by the grammar of the language and not by the rules that are being tested.

import Foundation
import Testing

@testable import Phrases

enum Spoken {
    static func phrases(in language: String) throws -> Phrases {
        try #require(try book.get().phrases(in: language))
    }

    private static let book = Result { try Phrasebook(directory: English.prompts) }

    /// "You have, 2 new messages." is "you have two new messages".
    static func words(_ clips: [String], _ phrases: Phrases) -> String {
        clips.compactMap { phrases.data.texts[$0] }.joined(separator: " ").lowercased()
            .filter { $0.isLetter || $0 == " " || $0 == "-" }
    }

    static func english(_ number: Int) -> String {
        let small = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ]
        let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
        if number < 20 { return small[number] }
        if number < 100 { return tens[number / 10 - 2] + (number % 10 == 0 ? "" : "-" + small[number % 10]) }
        let (part, name) = number < 1000 ? (100, "hundred") : (1000, "thousand")
        let rest = number % part == 0 ? "" : " " + english(number % part)
        return english(number / part) + " " + name + rest
    }

    static func englishOrdinal(_ number: Int) -> String {
        let irregular = [1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"]
        if let word = irregular[number] { return word }
        if number > 20, number % 10 != 0 { return english(number / 10 * 10) + "-" + englishOrdinal(number % 10) }
        let cardinal = english(number)
        return cardinal.hasSuffix("y") ? cardinal.dropLast() + "ieth" : cardinal + "th"
    }

    /// How a Spanish number ends in one: by itself, before a masculine and before a feminine noun.
    enum Gender { case none, masculine, feminine }

    static func spanish(_ number: Int, _ gender: Gender = .none) -> String {
        let small = [
            "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
            "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno",
            "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
            "veintinueve",
        ]
        let tens = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
        switch number {
        case 1: return [.none: "uno", .masculine: "un", .feminine: "una"][gender] ?? ""
        case 21: return [.none: "veintiuno", .masculine: "veintiún", .feminine: "veintiuna"][gender] ?? ""
        case ..<30: return small[number]
        case ..<100:
            return tens[number / 10 - 3] + (number % 10 == 0 ? "" : " y " + spanish(number % 10, gender))
        case 100: return "cien"
        case ..<200: return "ciento " + spanish(number - 100, gender)
        case ..<1000:
            let stem = [5: "quinient", 7: "setecient", 9: "novecient"][number / 100] ?? small[number / 100] + "cient"
            let hundreds = stem + (gender == .feminine ? "as" : "os")
            return number % 100 == 0 ? hundreds : hundreds + " " + spanish(number % 100, gender)
        default:
            let thousands =
                number < 2000 ? "mil" : spanish(number / 1000, gender == .none ? .masculine : gender) + " mil"
            return number % 1000 == 0 ? thousands : thousands + " " + spanish(number % 1000, gender)
        }
    }
}
