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
        for (name, rules) in data.numbers.sets where name != NumberSets.plural {
            all += rules.samples.map { ("\($0) as \(name)", data.numbers.say($0, set: name)) }
        }
        let forms = Dictionary(grouping: 1...200) { data.numbers.say($0, set: NumberSets.plural) }
        for value in [0] + forms.values.compactMap(\.first) {
            all += counted(value).map { ("\($0) of \(value)", $1) }
        }
        for minute in 0..<1440 {
            all.append(("the time \(minute / 60):\(minute % 60)", timeOfDay(hour: minute / 60, minute: minute % 60)))
        }
        return all + days() + spellings() + people() + mailboxes()
    }

    /// Everything that is counted, for one of the forms that a noun can take.
    private func counted(_ value: Int) -> [(String, [String])] {
        [
            ("message", message(value)), ("counts", counts(new: 2 * value, urgent: value, saved: value)),
            ("duration", say(.hours, counting: value) + say(.minutes, counting: value)),
            ("length", length(seconds: value)),
            ("forwarded", forwarded(to: value)), ("sent", sent(to: value)), ("recipients", recipients(value)),
            ("names-found", namesFound(value)), ("members", members(value)),
            ("list", list(value)), ("folder", folder(.number(value))), ("greeting", greeting(value)),
            ("messages-in-folder", messages(value, in: .number(value))), ("used", used(percent: value)),
            ("pin-length-at-least", pinLength(minimum: value)),
            ("pin-length-exactly", pinLength(minimum: value, maximum: value)),
            ("pin-length-between", pinLength(minimum: value, maximum: value + 1)),
        ]
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
            ("\(day)", date(day, today: today) + until(day, today: today))
        } + [
            ("tomorrow", until(days[0], today: days[1])),
            ("an envelope", received(date: date(today, today: today), time: timeOfDay(hour: 1, minute: 1))),
        ]
    }

    private func spellings() -> [(String, [String])] {
        let characters = "0123456789abcdefghijklmnopqrstuvwxyz".map { $0 } + data.characters.keys.sorted()
        var all = characters.map { ("'\($0)'", digits(String($0))) }
        all += Self.keys.map { ("key \($0)", choice(.toListen, key: $0)) }
        all.append(("an unknown caller", digits(nil) + from(caller: nil)))
        all.append(("a number to call", toCall("1", key: "1")))
        return all
    }

    private func people() -> [(String, [String])] {
        let key: Character = "1"
        let frames = [
            person(extension: "1"), forPerson(extension: "1", key: key), forPerson(key: key), fromName,
            nameNotAvailable, nameOnThePhone, forwarded, sent,
        ]
        let failures = DeliveryFailure.allCases.map { ("not delivered: \($0)", notDelivered(because: $0).around([])) }
        return failures + frames.map { ("a person", $0.around(self.extension("1"))) } + [
            ("an extension", notAvailable(extension: "1") + from(caller: "1")),
            ("a busy extension", onThePhone(extension: "1")),
            ("an extension of nobody's own", nobodyAvailable(extension: "1")),
            ("a list", list(1)),
        ]
    }

    private func mailboxes() -> [(String, [String])] {
        let folders: [FolderName] = [.new, .saved, .deleted, .work, .family, .friends]
        return folders.map { ("folder \($0)", messages(0, in: $0) + saved(in: $0) + forFolder($0, key: "1")) } + [
            ("a greeting", greeting(1)), ("a recording time", recordingTime(seconds: 1)),
            ("a lock", tryAgain(inSeconds: 1)),
        ]
    }
}
