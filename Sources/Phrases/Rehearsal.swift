// Says everything once that a language can be asked to say. The loader refuses a language that would name a clip
// without a text, and the tests know from it which audio files there must be.

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

    /// Every day of a year, near and far, and the years that are likely in a mailbox.
    private func days() -> [(String, [String])] {
        let today = CivilDay(year: 2024, month: 1, day: 1, weekday: 1, number: 1000)
        var days = (0...1).map { CivilDay(year: 2024, month: 1, day: 1, weekday: 1, number: 1000 - $0) }
        days += (1...7).map { CivilDay(year: 2024, month: 1, day: 1, weekday: $0, number: 997) }
        for month in 1...12 {
            days += (1...31).map { CivilDay(year: 2024, month: month, day: $0, weekday: 1, number: 0) }
        }
        days += (1970...2199).map { CivilDay(year: $0, month: 1, day: 1, weekday: 1, number: 0) }
        return days.map { day in
            ("\(day)", received(date: date(day, today: today), time: timeOfDay(hour: 1, minute: 1)))
        }
    }

    private func spellings() -> [(String, [String])] {
        let characters = "0123456789abcdefghijklmnopqrstuvwxyz".map { $0 } + data.characters.keys.sorted()
        var all = characters.map { ("'\($0)'", digits(String($0))) }
        all += Self.keys.map { ("key \($0)", choice(.toListen, key: $0)) }
        all.append(("an unknown caller", digits(nil) + from(caller: nil)))
        all.append(("an extension", notAvailable(extension: "1") + from(caller: "1")))
        all.append(("an extension of nobody's own", nobodyAvailable(extension: "1")))
        all.append(("a length", length(seconds: 1)))
        return all
    }
}
