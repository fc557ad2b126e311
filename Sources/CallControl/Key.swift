// A key of the telephone keypad, however it was heard: RFC 4733, SIP INFO or in-band tones.

public enum Key: Character, Hashable, Sendable, CaseIterable {
    case zero = "0", one = "1", two = "2", three = "3", four = "4"
    case five = "5", six = "6", seven = "7", eight = "8", nine = "9"
    case star = "*", pound = "#"
    case a = "A", b = "B", c = "C", d = "D"

    /// 0 to 9, nil for the others.
    public var digit: Int? { rawValue.wholeNumberValue }
}

extension Set<Key> {
    public static let all = Set(Key.allCases)
    public static let none: Set<Key> = []
    public static let digits: Set<Key> = [.zero, .one, .two, .three, .four, .five, .six, .seven, .eight, .nine]
}
