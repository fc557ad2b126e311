public struct SessionDescription: Sendable, Hashable { public init() {}
 public init(parsing: [UInt8]) throws(SDPError) { throw .nothingInCommon }
 public func encoded() -> [UInt8] { [] } }
public struct MediaCapabilities: Sendable, Hashable {
    public var address: String
    public var port: UInt16
    public var codecs: [CodecName]
    public var sessionID: UInt64
    public var version: UInt64
    public init(address: String, port: UInt16, codecs: [CodecName], sessionID: UInt64, version: UInt64) {
        self.address = address
        self.port = port
        self.codecs = codecs
        self.sessionID = sessionID
        self.version = version
    }
}
public enum CodecName: String, Sendable, Hashable { case pcmu = "PCMU", pcma = "PCMA" }
public enum MediaDirection: Sendable, Hashable { case sendReceive, sendOnly, receiveOnly, inactive }
public struct AudioAgreement: Sendable, Hashable {
    public var encoding: String
    public var payloadType: UInt8
    public var telephoneEvent: UInt8?
    public var remoteAddress: String
    public var remotePort: UInt16
    public var remoteControlPort: UInt16
    public var direction: MediaDirection
}
public enum SDPError: Error { case nothingInCommon }
public enum SDPNegotiation {
    public static func answer(to offer: SessionDescription, with: MediaCapabilities) throws(SDPError) -> (SessionDescription, AudioAgreement) { throw .nothingInCommon }
    public static func offer(with: MediaCapabilities) -> SessionDescription { SessionDescription() }
    public static func agreement(offered: SessionDescription, answer: SessionDescription) throws(SDPError) -> AudioAgreement { throw .nothingInCommon }
}
