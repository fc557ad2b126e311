// Which PINs an owner may choose (D2, in its first form). Pure; the flows ask before they store one.

public enum PINWeakness: Hashable, Sendable {
    /// Not 4 to 10 digits.
    case length
    /// 1234.
    case common
    case mailboxNumber
    case repeatedDigit
}

public enum PINPolicy {
    public static let lengths = 4...10

    /// What is wrong with a PIN that the owner of `mailboxNumber` chose; nil when nothing is.
    public static func check(_ pin: String, mailboxNumber: String) -> PINWeakness? {
        if !isTypable(pin) { return .length }
        if pin == "1234" { return .common }
        if pin == mailboxNumber { return .mailboxNumber }
        if Set(pin).count == 1 { return .repeatedDigit }
        return nil
    }

    /// Whether it can be typed on a telephone at all: 4 to 10 of the digits 0 to 9.
    static func isTypable(_ pin: String) -> Bool {
        lengths.contains(pin.utf8.count) && pin.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
