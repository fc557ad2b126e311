// The method of a request (RFC 3261 §7.1): a token, upper case by convention and compared exactly.

public struct Method: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let invite = Method(rawValue: "INVITE")
    public static let ack = Method(rawValue: "ACK")
    public static let bye = Method(rawValue: "BYE")
    public static let cancel = Method(rawValue: "CANCEL")
    public static let options = Method(rawValue: "OPTIONS")
    public static let register = Method(rawValue: "REGISTER")
    public static let info = Method(rawValue: "INFO")
    public static let subscribe = Method(rawValue: "SUBSCRIBE")
    public static let notify = Method(rawValue: "NOTIFY")
    public static let update = Method(rawValue: "UPDATE")
    public static let prack = Method(rawValue: "PRACK")
    public static let refer = Method(rawValue: "REFER")
}
