// A session description (RFC 8866) as values: what offer and answer read is typed, every other line stays as it came.

public struct SessionDescription: Hashable, Sendable {
    /// `o=`: who made the description, and which version of it this is.
    public struct Origin: Hashable, Sendable {
        public var username: String
        public var sessionID: String
        public var version: String
        /// Network type, address type and address.
        public var address: String

        public init(username: String, sessionID: String, version: String, address: String) {
            self.username = username
            self.sessionID = sessionID
            self.version = version
            self.address = address
        }
    }

    /// `c=`: an address without time-to-live or count; a name is possible here and useless to us.
    public struct Connection: Hashable, Sendable {
        public var isIPv6: Bool
        public var address: String

        public init(isIPv6: Bool, address: String) {
            self.isIPv6 = isIPv6
            self.address = address
        }

        public init(address: String) { self.init(isIPv6: address.contains(":"), address: address) }
    }

    /// `a=name:value`, or a flag without value.
    public struct Attribute: Hashable, Sendable {
        public var name: String
        public var value: String?

        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    /// A line of a type that has no place of its own (`i=`, `b=`, `t=` …).
    public struct Line: Hashable, Sendable {
        public var type: Character
        public var value: String

        public init(_ type: Character, _ value: String) {
            self.type = type
            self.value = value
        }
    }

    /// An `m=` line and the lines that belong to it.
    public struct Media: Hashable, Sendable {
        public var kind: String
        /// 0 refuses or ends the stream.
        public var port: UInt16
        /// `RTP/AVP` and so on.
        public var transport: String
        /// Payload types of an RTP stream, in order of preference.
        public var formats: [String]
        public var connection: Connection?
        public var attributes: [Attribute] = []
        public var lines: [Line] = []

        public init(kind: String, port: UInt16, transport: String, formats: [String]) {
            self.kind = kind
            self.port = port
            self.transport = transport
            self.formats = formats
        }

        /// The first value of an attribute.
        public subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }
    }

    public var origin: Origin?
    public var name = "-"
    public var connection: Connection?
    public var attributes: [Attribute] = []
    public var lines: [Line] = []
    public var media: [Media] = []

    public init() {}
}

/// Why a description cannot be used.
public enum SDPError: Error, Hashable, Sendable {
    /// Not a session description: 400.
    case malformed
    /// More bytes, lines or streams than any sane description has: 400.
    case tooLarge
    /// No stream in it is one that we can take: 488.
    case nothingInCommon
}
