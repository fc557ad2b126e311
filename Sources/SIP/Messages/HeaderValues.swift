// The header values that the machines read (RFC 3261 §20): plain values; text comes and goes elsewhere.

/// A URI with a display name and header parameters: From, To, Contact, Route, Record-Route.
public struct NameAddress: Hashable, Sendable {
    /// Without quotes and escapes.
    public var displayName: String?
    public var uri: SIPURI
    public var parameters: Parameters

    public init(displayName: String? = nil, uri: SIPURI, parameters: Parameters = []) {
        self.displayName = displayName
        self.uri = uri
        self.parameters = parameters
    }

    public var tag: String? {
        get { parameters["tag"] }
        set { parameters["tag"] = newValue }
    }
}

/// A Contact of a REGISTER may be `*` (RFC 3261 §10.2.2).
public enum Contact: Hashable, Sendable {
    case everything
    case address(NameAddress)

    var address: NameAddress? {
        if case .address(let address) = self { address } else { nil }
    }
}

public struct Via: Hashable, Sendable {
    /// UDP, TCP or TLS, upper case.
    public var transport: String
    public var host: String
    public var port: UInt16?
    public var parameters: Parameters

    public init(transport: String, host: String, port: UInt16? = nil, parameters: Parameters = []) {
        self.transport = transport
        self.host = host
        self.port = port
        self.parameters = parameters
    }

    public var branch: String? { parameters["branch"] }
}

public struct CSeq: Hashable, Sendable {
    /// Below 2^31 (RFC 3261 §8.1.1.5).
    public var number: UInt32
    public var method: Method

    public init(_ number: UInt32, _ method: Method) {
        self.number = number
        self.method = method
    }
}

/// A header that has no typed place in the message, as it came: unfolded, trimmed, compact names expanded.
public struct HeaderField: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
