// What settings may say. Whoever changes them (the command line, a menu, later a portal), the same is refused, under
// the name that the setting has on the command line.

extension MailboxSettings {
    static let maximumCopies = 20
    static let maximumAddresses = 20

    /// - Throws: `StoreError.badSetting`, which names the first that does not fit; `.badLanguage`, `.badTimeZone`.
    func validate() throws(StoreError) {
        if let language { _ = try Spelling.language(language) }
        if let timeZone { _ = try Spelling.timeZone(timeZone) }
        if let keymap { try Spelling.keymap(keymap) }
        for key in callerKeys.keys where !"0123456789*#".contains(key) || key.count != 1 {
            throw .badSetting("caller-keys", reason: "\(key.debugDescription) is no key of a telephone")
        }
        if let operatorNumber { try Spelling.checkDialled("operator", operatorNumber) }
        try Spelling.bound("copies", copies.count, 0...Self.maximumCopies)
        for number in copies where (try? Spelling.number(number)) == nil {
            throw .badSetting("copies", reason: "\(StoreError.badNumber(number))")
        }
        guard Set(copies).count == copies.count else { throw .badSetting("copies", reason: "a number is there twice") }
        if let chosenGreeting { try Spelling.bound("greeting", chosenGreeting, 1...9) }
        if let temporaryGreetingEnds, !temporaryGreetingEnds.isFinite {
            throw .badSetting("temporary-greeting-ends", reason: "not a time")
        }
        if let minimumMessage { try Spelling.bound("minimum-message", minimumMessage, 0...60) }
        if let maximumMessage { try Spelling.bound("maximum-message", maximumMessage, 5...3_600) }
        if let minimumMessage, let maximumMessage, minimumMessage >= maximumMessage {
            throw .badSetting("minimum-message", reason: "not below maximum-message")
        }
        if let skip { try Spelling.bound("skip", skip, 1...60) }
        if let speed { try Spelling.bound("speed", speed, 50...200) }
        if let volume { try Spelling.bound("volume", volume, -12...12) }
        try Spelling.bound("emails", emails.count, 0...Self.maximumAddresses)
        for address in emails where !Spelling.isAddress(address) {
            throw .badSetting("emails", reason: "\(address.debugDescription) is no e-mail address")
        }
        try Spelling.bound("warns-at", warnsAt, 1...100)
    }
}

extension OrganisationSettings {
    /// - Throws: `StoreError.badSetting`, which names the first that does not fit.
    func validate() throws(StoreError) {
        try Spelling.keymap(keymap)
        if initialPIN == .default, !mayHaveDefaultPIN {
            throw .badSetting("initial-pin", reason: "this organisation may not have a default PIN")
        }
        try Spelling.bound("pin-minimum", pinPolicy.minimum, PINPolicy.typable)
        if let exactly = pinPolicy.exactly { try Spelling.bound("pin-exactly", exactly, PINPolicy.typable) }
        try hours?.validate()
        if let operatorNumber { try Spelling.checkDialled("operator", operatorNumber) }
        try Spelling.bound("callable-numbers", callableNumbers.count, 0...100)
        for number in callableNumbers { try Spelling.checkDialled("callable-numbers", number) }
        let days = 1...36_500
        try Spelling.bound("keeps-deleted", keepsDeleted, 0...36_500)
        if let expiresNewAfter { try Spelling.bound("expires-new-after", expiresNewAfter, days) }
        if let expiresSavedAfter { try Spelling.bound("expires-saved-after", expiresSavedAfter, days) }
        try Spelling.bound("keeps-removed", keepsRemoved, days)
    }
}

extension OpeningHours {
    func validate() throws(StoreError) {
        for (day, spans) in days {
            try Spelling.bound("hours", day, 1...7)
            try Spelling.bound("hours", spans.count, 0...10)
            for span in spans where !(0 <= span.from && span.from < span.to && span.to <= 1_440) {
                throw .badSetting("hours", reason: "\(span.from) to \(span.to) are not two minutes of a day")
            }
        }
        try Spelling.bound("closed", closed.count, 0...1_000)
        for date in closed where !Spelling.isDate(date) {
            throw .badSetting("closed", reason: "\(date.debugDescription) is no date such as 2026-12-25")
        }
    }
}

extension Spelling {
    /// The name of a file in `dialplan/keymaps/`, without its ending.
    static func keymap(_ text: String) throws(StoreError) {
        let isName = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
        }
        guard isName, (1...64).contains(text.utf8.count) else {
            throw .badSetting("keymap", reason: "\(text.debugDescription) is no name of a key map")
        }
    }

    /// Good enough to put on an envelope; whether somebody is there shows when it is sent (RFC 5321 §4.5.3.1).
    static func isAddress(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count), text.utf8.count <= 254 else { return false }
        let isPrintable = parts[0].allSatisfy { (0x21...0x7E).contains($0) && !#"<>()[]\,;:""#.utf8.contains($0) }
        return isPrintable && (try? domain(String(Substring(parts[1])))) != nil
    }

    /// "2026-12-25".
    static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let month = Int(parts[1]), let day = Int(parts[2]) else {
            return false
        }
        let days = month == 2 ? 29 : [4, 6, 9, 11].contains(month) ? 30 : 31
        return Int(parts[0]) != nil && (1...12).contains(month) && (1...days).contains(day)
    }

    static func bound(_ setting: String, _ value: Int, _ range: ClosedRange<Int>) throws(StoreError) {
        guard range.contains(value) else {
            throw .badSetting(setting, reason: "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
        }
    }

    static func checkDialled(_ setting: String, _ value: String) throws(StoreError) {
        guard isDialled(value) else {
            throw .badSetting(
                setting, reason: "\(value.debugDescription) cannot be dialled: 1 to 32 of 0-9, * and #, + in front")
        }
    }
}
