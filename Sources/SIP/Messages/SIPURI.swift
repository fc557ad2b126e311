// A SIP or SIPS URI (RFC 3261 §19.1). Parsing and writing are in SIPURI+Text.swift.

public struct SIPURI: Hashable, Sendable {
    public enum Scheme: String, Sendable { case sip, sips }

    public var scheme: Scheme
    /// Unescaped user part, nil when there is none. User parameters (`;phone-context=`) are still in it.
    public var user: String?
    public var password: String?
    /// A name, an IPv4 address or an IPv6 address without its brackets; lower case.
    public var host: String
    public var port: UInt16?
    public var parameters: Parameters
    /// The text behind `?`, as it came; a Request-URI must not have any.
    public var headers: String?

    public init(
        scheme: Scheme = .sip, user: String? = nil, password: String? = nil, host: String, port: UInt16? = nil,
        parameters: Parameters = [], headers: String? = nil
    ) {
        self.scheme = scheme
        self.user = user
        self.password = password
        self.host = host
        self.port = port
        self.parameters = parameters
        self.headers = headers
    }
}
