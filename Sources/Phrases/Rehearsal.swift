// Says everything once that a language can be asked to say. The loader refuses a language that would name a clip
// without a text, and the tests know from it which audio files there must be.

internal import Foundation

extension Phrases {
    /// Every clip that any function can return.
    func rehearsal() throws(Complaint) -> Set<String> {
        var clips = Set(PromptID.allCases.map(\.rawValue))
        for (occasion, spoken) in occasions() {
            guard !spoken.isEmpty else { throw Complaint("says nothing for \(occasion)") }
            for clip in spoken where !clips.contains(clip) {
                guard data.texts[clip] != nil else { throw Complaint("\(occasion) needs '\(clip)', which has no text") }
                clips.insert(clip)
            }
        }
        return clips
    }

    private func occasions() -> [(String, [String])] {
        var all: [(String, [String])] = []
        let rules = data.numbers.sets.values.flatMap(\.rules)
        for value in Set(0...1_100).union(rules.flatMap { [$0.base, $0.base + 1, $0.base * 11] }).sorted() {
            all.append(("number \(value)", number(value)))
            all.append(("message \(value)", message(value)))
        }
        for count in 1...3 {
            all.append(("\(count) messages", counts(new: 2 * count, urgent: count, saved: count)))
            all.append(("\(count) of each unit", duration(seconds: count * 3661)))
        }
        for minute in 0..<1440 {
            all.append(("the time \(minute / 60):\(minute % 60)", timeOfDay(hour: minute / 60, minute: minute % 60)))
        }
        all += days() + spellings()
        return all
    }

    /// Every day of a leap year, and a day of each of the years that are likely in a mailbox.
    private func days() -> [(String, [String])] {
        let newYear2024 = 1_704_067_200.0
        let dates = (0..<366).map { newYear2024 + Double($0) * 86_400 } + (1...76).map { newYear2024 + Double($0) * 31_557_600 }
        return dates.flatMap { seconds -> [(String, [String])] in
            [0.0, 1, 3, 10, 400].map { later in
                let day = Date(timeIntervalSince1970: seconds)
                let now = Date(timeIntervalSince1970: seconds + later * 86_400)
                return ("\(day) \(Int(later)) days later", received(day, now: now, timeZone: .gmt))
            }
        }
    }

    private func spellings() -> [(String, [String])] {
        let characters = "0123456789abcdefghijklmnopqrstuvwxyz".map { $0 } + data.characters.keys.sorted()
        var all = characters.map { ("'\($0)'", digits(String($0))) }
        all += ("0123456789".map { $0 } + Self.namedKeys).map { ("key \($0)", choice(.toListen, key: $0)) }
        all.append(("an unknown caller", digits(nil) + envelope(
            received: .distantPast, caller: nil, seconds: 0, now: .distantPast, timeZone: .gmt)))
        all.append(("the stock greeting", notAvailable(extension: "1") + from(caller: "1")))
        return all
    }
}
