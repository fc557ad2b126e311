// What offer and answer take in and give out: what we can do with audio, and what both sides agreed on.

/// A codec by its RTP encoding name.
public enum CodecName: String, Hashable, Sendable, CaseIterable {
    case pcmu = "PCMU"
    case pcma = "PCMA"
    /// At 64 kbit/s. Its clock is said to be 8 kHz though it carries 16 kHz (RFC 3551 §4.5.2).
    case g722 = "G722"

    /// The static payload type (RFC 3551 §6).
    var staticPayloadType: UInt8 {
        switch self {
        case .pcmu: 0
        case .pcma: 8
        case .g722: 9
        }
    }
}

/// Our side of an audio stream.
public struct MediaCapabilities: Hashable, Sendable {
    /// A numeric address, IPv6 without brackets.
    public var address: String
    /// The RTP port.
    public var port: UInt16
    /// What we take; the order is our preference in an offer.
    public var codecs: [CodecName]
    /// Whether our order counts in an answer too, and not that of the offer.
    public var insistsOnOrder: Bool
    /// What we encrypt with (SRTP); nil where no keys are exchanged, because we do not want to or because everybody on
    /// the way of the signalling could read them.
    public var key: MasterKey?
    /// Whether a stream that is not encrypted is refused.
    public var requiresProtection: Bool
    public var sessionID: UInt64
    /// Of the description; the caller raises it by one each time the description changes (RFC 3264 §8).
    public var version: UInt64

    public init(
        address: String, port: UInt16, codecs: [CodecName] = [.pcmu, .pcma], insistsOnOrder: Bool = false,
        key: MasterKey? = nil, requiresProtection: Bool = false, sessionID: UInt64, version: UInt64
    ) {
        self.address = address
        self.port = port
        self.codecs = codecs
        self.insistsOnOrder = insistsOnOrder
        self.key = key
        self.requiresProtection = requiresProtection
        self.sessionID = sessionID
        self.version = version
    }
}

/// Which way audio may flow, seen from our side.
public enum MediaDirection: String, Hashable, Sendable {
    case sendReceive = "sendrecv"
    case sendOnly = "sendonly"
    case receiveOnly = "recvonly"
    case inactive

    public var sends: Bool { self == .sendReceive || self == .sendOnly }
    public var receives: Bool { self == .sendReceive || self == .receiveOnly }

    init(sends: Bool, receives: Bool) {
        self = sends ? (receives ? .sendReceive : .sendOnly) : (receives ? .receiveOnly : .inactive)
    }
}

/// The audio stream that offer and answer settled.
public struct AudioAgreement: Hashable, Sendable {
    /// `PCMU`, `PCMA` or `G722`.
    public var encoding: String
    public var payloadType: UInt8
    /// The payload type of RFC 4733 events with the codec's clock; nil when none was agreed.
    public var telephoneEvent: UInt8?
    /// Numeric, IPv6 without brackets; 0.0.0.0 when the peer holds the old way.
    public var remoteAddress: String
    public var remotePort: UInt16
    public var remoteControlPort: UInt16
    public var direction: MediaDirection
    /// nil for a stream that is not encrypted.
    public var keys: StreamKeys?

    public init(
        encoding: String, payloadType: UInt8, telephoneEvent: UInt8?, remoteAddress: String, remotePort: UInt16,
        remoteControlPort: UInt16, direction: MediaDirection, keys: StreamKeys? = nil
    ) {
        self.encoding = encoding
        self.payloadType = payloadType
        self.telephoneEvent = telephoneEvent
        self.remoteAddress = remoteAddress
        self.remotePort = remotePort
        self.remoteControlPort = remoteControlPort
        self.direction = direction
        self.keys = keys
    }
}
