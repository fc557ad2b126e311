// On what terms we take audio: what is offered and chosen in every call's offers and answers (RFC 3264).

public import Media
import SIP

public struct AudioTerms: Sendable, Hashable {
    /// What calls may be in, in the order of our own offers.
    public var codecs: [Codec]
    /// Whether that order counts in our answers too; else the caller's does.
    public var insistsOnOrder: Bool

    public init(codecs: [Codec] = [.pcmu, .pcma, .g722], insistsOnOrder: Bool = false) {
        self.codecs = codecs
        self.insistsOnOrder = insistsOnOrder
    }

    /// Our side of a new session.
    /// - Parameter first: is offered before the others, where calls may be in it.
    func capabilities(address: String, port: UInt16, first: Codec? = nil) -> MediaCapabilities {
        let ordered = codecs.filter { $0 == first } + codecs.filter { $0 != first }
        return MediaCapabilities(
            address: address, port: port, codecs: ordered.compactMap { CodecName(rawValue: $0.rawValue) },
            insistsOnOrder: insistsOnOrder, sessionID: UInt64.random(in: 1...0x7fff_ffff), version: 1)
    }
}
