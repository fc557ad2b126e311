// A SIP or SIPS URI (RFC 3261 §19.1), and any other URI as opaque text: From, To and Contact may hold a `tel:`.
// Parsing and writing are in SIPURI+Text.swift.

public struct SIPURI: Hashable, Sendable {
    /// In lower case.
    public struct Scheme: RawRepresentable, Hashable, Sendable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let sip = Scheme(rawValue: "sip")
        public static let sips = Scheme(rawValue: "sips")

        /// Whether the URI has the parts below; otherwise it has its scheme and `opaque` only.
        public var isSIP: Bool { self == .sip || self == .sips }
    }

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
    /// The text behind the colon of a URI that is neither SIP nor SIPS, as it came; its host is empty.
    public var opaque: String?

    /// A URI of another scheme than SIP and SIPS.
    public init(scheme: Scheme, opaque: String) {
        self.init(scheme: scheme, host: "")
        self.opaque = opaque
    }

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

    /// A user at an address that is reached by this transport (RFC 3261 §19.1.2: without the parameter it is UDP).
    public init(user: String, at address: HostPort, by transport: Transport) {
        self.init(user: user, host: address.host, port: address.port)
        if transport != .udp { parameters["transport"] = transport.rawValue.lowercased() }
    }
}

extension SIPURI {
    /// The number that it stands for: its user without parameters such as `;phone-context=`, or a telephone number
    /// (RFC 3966); nil when there is none.
    public var number: String? {
        let number = scheme.isSIP ? user?.prefix { $0 != ";" } : opaque?.prefix { $0 != ";" && $0 != "?" }
        return number.flatMap { $0.isEmpty ? nil : String($0) }
    }

    /// Whether it stands for a caller who withholds who he is (RFC 3323 §4.1.1.3).
    public var isAnonymous: Bool { user.map { $0.equalsIgnoringCase("anonymous") } ?? false }
}
