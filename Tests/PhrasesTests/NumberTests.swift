// Numbers, plurals and durations as English says them (C13).

import Foundation
import Phrases
import Testing

@Suite struct NumberTests {
    let phrases: Phrases
    init() throws { phrases = try English.phrases() }

    @Test(arguments: [
        (0, "0"), (1, "1"), (13, "13"), (20, "20"), (21, "21"), (99, "99"), (100, "1 hundred"), (101, "1 hundred 1"),
        (110, "1 hundred 10"), (342, "3 hundred 42"), (999, "9 hundred 99"), (1000, "1 thousand"),
        (1001, "1 thousand 1"), (1100, "1 thousand 1 hundred"), (12_345, "12 thousand 3 hundred 45"),
        (90_000, "90 thousand"), (99_999, "99 thousand 9 hundred 99"), (100_000, "1 hundred thousand"),
        (2_000_001, "2 million 1"), (-4, "0"),
    ])
    func `a cardinal is said in full (C13)`(number: Int, spoken: String) {
        #expect(English.words(phrases.number(number)) == spoken)
    }

    @Test func `what is said for 0 to 99,999 adds up to the number again (C13)`() throws {
        for number in 0...99_999 {
            var total = 0
            var group = 0
            for clip in phrases.number(number) {
                switch clip {
                case "thousand": (total, group) = (total + group * 1000, 0)
                case "hundred": group *= 100
                default: group += try #require(Int(clip.dropFirst("number-".count)))
                }
            }
            if total + group != number { Issue.record("\(number) is said as \(phrases.number(number))") }
        }
    }

    @Test(arguments: [
        (0, 0, 0, "no-messages"),
        (1, 0, 0, "you-have 1 new-messages-one"),
        (2, 0, 0, "you-have 2 new-messages-other"),
        (21, 0, 0, "you-have 21 new-messages-other"),
        (0, 0, 1, "you-have 1 saved-messages-one"),
        (1, 1, 0, "you-have 1 urgent-messages-one"),
        (3, 1, 2, "you-have 1 urgent-messages-one 2 new-messages-other and 2 saved-messages-other"),
        (3, 3, 1, "you-have 3 urgent-messages-other and 1 saved-messages-one"),
        (2, 0, 100, "you-have 2 new-messages-other and 1 hundred saved-messages-other"),
    ])
    func `counts name what there is, in the right number (C1)`(new: Int, urgent: Int, saved: Int, spoken: String) {
        #expect(English.words(phrases.counts(new: new, urgent: urgent, saved: saved)) == spoken)
    }

    @Test func `counts that contradict each other are not spoken below zero (C1)`() {
        #expect(English.words(phrases.counts(new: 1, urgent: 5, saved: -1)) == "you-have 1 urgent-messages-one")
        #expect(phrases.counts(new: -1, urgent: -1, saved: 0) == ["no-messages"])
    }

    @Test(arguments: [
        (1, "message-1"), (10, "message-10"), (11, "message-number 11"), (112, "message-number 1 hundred 12"),
        (0, "message-1"),
    ])
    func `messages are counted by ordinals up to ten, then by number (C2)`(position: Int, spoken: String) {
        #expect(English.words(phrases.message(position)) == spoken)
    }

    @Test(arguments: [
        (0, "0 seconds-other"), (1, "1 seconds-one"), (59, "59 seconds-other"), (60, "1 minutes-one"),
        (61, "1 minutes-one and 1 seconds-one"), (140, "2 minutes-other and 20 seconds-other"),
        (3600, "1 hours-one"), (3661, "1 hours-one 1 minutes-one and 1 seconds-one"),
        (7322, "2 hours-other 2 minutes-other and 2 seconds-other"), (-5, "0 seconds-other"),
    ])
    func `a duration takes the plurals of its units (C3)`(seconds: Int, spoken: String) {
        #expect(English.words(phrases.duration(seconds: seconds)) == spoken)
    }

    @Test(
        arguments: [
            ("101", "1 0 1"), ("+1-555 0100", "plus 1 5 5 5 0 1 0 0"), ("*98#", "star 9 8 pound"),
            ("Al", "letter-a letter-l"), (nil, "unknown-caller"), ("", "unknown-caller"),
            ("José", "letter-j letter-o letter-s letter-e"), ("٣\u{0}", "unknown-caller"),
        ] as [(String?, String)])
    func `digits are said one by one and what cannot be said is left out (C3)`(text: String?, spoken: String) {
        #expect(English.words(phrases.digits(text)) == spoken)
    }

    @Test func `a caller cannot make the envelope endless (C3)`() {
        #expect(phrases.digits(String(repeating: "7", count: 10_000)).count == 32)
    }
}
