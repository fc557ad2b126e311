// Languages are data (C13): another one is a folder, and a bad one is refused with file and reason.

import Foundation
import Phrases
import Testing

@Suite struct LanguageFileTests {
    @Test func `a language without a folder is nil (C13)`() throws {
        let book = try Phrasebook(directory: English.prompts)
        #expect(book.phrases(in: "tlh") == nil)
        #expect(book.phrases(in: "../prompts/en") == nil)
        #expect(book.languages == ["en", "es"])
    }

    @Test(arguments: [
        ("clock: 12", "clock: 13", "time.clock: must be 12 or 24"),
        ("clock: 12", "clock: noon", "time.clock"),
        ("  plural:\n    0: \"other\"\n    1: \"one\"\n    2: \"other\"\n", "", "numbers: 'plural' is missing"),
        ("    1: \"one\"\n", "    1: \"single\"\n", "-single', which has no text"),
        ("clock: 12", "clock: [12", "line"),
        ("numbers:\n", "numbers: 1\nothers:\n", "numbers"),
        ("characters:", "marks:", "'characters' is missing"),
        ("  welcome:", "  welcomes:", "prompt 'welcome' is missing"),
        ("  today: \"today,\"", "  to_day: \"today,\"", "'to_day' has no text, or a name"),
        ("  hundred: \"hundred,\"\n", "", "needs 'hundred', which has no text"),
        ("\"< hundred [>]\"", "\"< hundred [>\"", "lacks a ']'"),
        ("\"< hundred [>]\"", "\"<hundreds hundred\"", "no set 'hundreds'"),
        ("\"oh number-*\"", "\"=minute\"", "leads to another '='"),
        ("2010/100:", "2010/x:", "divisor"),
        ("    0: \"number-*\"\n    100:", "    0: \"< number-*\"\n    100:", "cannot divide"),
        ("    1000000: \"< million [>]\"", "    1000000: \"number-*\"", "ends with '*'"),
        ("  length: \"length {duration}\"", "  length: \"length {n}\"", "'{n}' is not known here"),
        ("  length: \"length {duration}\"", "  lenght: \"length {duration}\"", "sentences: 'lenght' is unknown"),
        ("  length: \"length {duration}\"\n", "", "sentences: 'length' is missing"),
        ("\"{name} at-extension {extension}\"", "\"at-extension {extension}\"", "person: does not say {name}"),
        ("  length: \"length {duration}\"", "  length: \"length\"", "length: does not say {duration}"),
        ("{minute:minute}", "{minute:minutes}", "no set 'minutes'"),
        ("\"12:00\": noon", "\"24:00\": noon", "'24:00' is not a time"),
        ("{ 0: am, 12: pm }", "{ 6: am, 12: pm }", "must begin at 0"),
        ("\"*\": star", "\"**\": star", "'**' is not one character"),
    ])
    func `a bad file is refused with file and reason (C13)`(text: String, replacement: String, reason: String) throws {
        let directory = try prompts(english: replacing(text, by: replacement))
        defer { try? FileManager.default.removeItem(at: directory) }
        let error = #expect(throws: PhraseError.self) { try Phrasebook(directory: directory) }
        #expect(error?.file == directory.appending(path: "en/language.yaml").path)
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func `a directory without languages is refused (C13)`() throws {
        let nowhere = URL(filePath: "/nonexistent/prompts")
        #expect(throws: PhraseError.self) { try Phrasebook(directory: nowhere) }
    }

    @Test func `gender, a 24-hour clock and another order are data alone (C13)`() throws {
        var yaml = try replacing("clock: 12", by: "clock: 24")
        let masculine = "  masculine:\n    0: \"=cardinal\"\n    1: \"oh\"\n    2: \"=cardinal\"\n"
        yaml = yaml.replacing("  minute:\n", with: masculine + "  minute:\n")
        yaml = yaml.replacing("  minutes: \"{n} ", with: "  minutes: \"{n:masculine} ")
        yaml = yaml.replacing("\"month-{month} {day:ordinal}\"", with: "\"{day} at month-{month}\"")
        let thirty = "    0: \"number-*\"\n    30: \"number-30 [and >]\"\n    40: \"number-*\"\n    100:"
        yaml = yaml.replacing("    0: \"number-*\"\n    100:", with: thirty)
        let directory = try prompts(english: yaml)
        defer { try? FileManager.default.removeItem(at: directory) }
        let phrases = try #require(try Phrasebook(directory: directory).phrases(in: "en"))
        #expect(English.words(phrases.duration(seconds: 60)) == "oh minutes-one")
        #expect(English.words(phrases.number(135)) == "1 hundred 30 and 5")
        let date = Date(timeIntervalSince1970: 1_772_316_000)  // 2026-02-28 22:00 UTC
        #expect(English.words(phrases.date(date, now: date + 30 * 86_400, timeZone: .gmt)) == "28 at M2")
        #expect(English.words(phrases.time(date, timeZone: .gmt)) == "22 pm")
    }

    @Test func `nouns may have more forms than two, as in Russian: data alone (C13)`() throws {
        let two = "    1: \"one\"\n    2: \"other\"\n"
        let three =
            two.replacing("2: \"other\"", with: "2: \"few\"")
            + "    5: \"other\"\n    20/10: \">\"\n    100/100: \">\"\n"
        let lines = try replacing(two, by: three).components(separatedBy: "\n")
        let few = lines.filter { $0.contains("-other: ") }.map { $0.replacing("-other: ", with: "-few: ") }
        let yaml = (lines + few).joined(separator: "\n")
        let directory = try prompts(english: yaml)
        defer { try? FileManager.default.removeItem(at: directory) }
        let phrases = try #require(try Phrasebook(directory: directory).phrases(in: "en"))
        let forms = [
            1: "one", 2: "few", 4: "few", 5: "other", 11: "other", 12: "other", 20: "other", 21: "one", 22: "few",
            100: "other", 101: "one", 111: "other", 112: "other", 124: "few",
        ]
        for (count, form) in forms {
            #expect(phrases.members(count).last == "members-\(form)", "\(count)")
        }
    }

    private func replacing(_ text: String, by replacement: String) throws -> String {
        let yaml = try String(contentsOf: English.prompts.appending(path: "en/language.yaml"), encoding: .utf8)
        try #require(yaml.contains(text), "the test's own place is gone: \(text)")
        return yaml.replacing(text, with: replacement)
    }

    private func prompts(english yaml: String) throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appending(path: "phrases-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory.appending(path: "en"), withIntermediateDirectories: true)
        try yaml.write(to: directory.appending(path: "en/language.yaml"), atomically: true, encoding: .utf8)
        return directory
    }
}
