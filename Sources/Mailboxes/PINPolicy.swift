// Which PINs an owner may choose (D2). Pure; the flows ask before they store one.

public enum PINWeakness: Hashable, Sendable {
    /// Not as many digits as the policy wants.
    case length
    /// 1234.
    case common
    case mailboxNumber
    /// One digit over and over, or a short piece repeated: 7777, 1212.
    case repeated
    /// Up or down the keypad: 3456, 9876.
    case run
}

extension PINWeakness: CustomStringConvertible {
    public var description: String {
        switch self {
        case .length: "a PIN of that length"
        case .common: "1234"
        case .mailboxNumber: "a PIN that is the mailbox's number"
        case .repeated: "a PIN that repeats itself"
        case .run: "a PIN that runs up or down the keypad"
        }
    }
}

public struct PINPolicy: Hashable, Sendable, Codable {
    /// What can be typed at all.
    public static let typable = 4...10

    public var minimum = 4
    /// So many digits and no others; goes before `minimum`.
    public var exactly: Int?
    public var refusesRepeats = true
    public var refusesRuns = true
    public init() {}

    public var lengths: ClosedRange<Int> {
        if let exactly, Self.typable.contains(exactly) { return exactly...exactly }
        return min(max(minimum, Self.typable.lowerBound), Self.typable.upperBound)...Self.typable.upperBound
    }

    /// What is wrong with a PIN for the mailbox of that number; nil when nothing is.
    public func weakness(of pin: String, mailboxNumber: String) -> PINWeakness? {
        if !Self.isTypable(pin) || !lengths.contains(pin.utf8.count) { return .length }
        if pin == "1234" { return .common }
        if pin == mailboxNumber { return .mailboxNumber }
        if Set(pin).count == 1 || refusesRepeats && Self.isRepeated(Array(pin.utf8)) { return .repeated }
        if refusesRuns, Self.isRun(Array(pin.utf8)) { return .run }
        return nil
    }

    /// Whether it can be typed on a telephone at all: 4 to 10 of the digits 0 to 9.
    static func isTypable(_ pin: String) -> Bool {
        typable.contains(pin.utf8.count) && pin.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isRepeated(_ digits: [UInt8]) -> Bool {
        (1...max(1, digits.count / 2)).contains { length in
            digits.count.isMultiple(of: length) && digits.indices.allSatisfy { digits[$0] == digits[$0 % length] }
        }
    }

    private static func isRun(_ digits: [UInt8]) -> Bool {
        let steps = Set(zip(digits, digits.dropFirst()).map { Int($1) - Int($0) })
        return steps == [1] || steps == [-1]
    }
}
