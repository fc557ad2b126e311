// On what terms we take audio: what is offered and chosen in every call's offers and answers (RFC 3264), and whether it
// is encrypted (RFC 4568).

public import Media
import SIP

/// Whether the audio of a call is encrypted (SRTP).
public enum Protection: String, Sendable, CaseIterable {
    /// Never: keys are neither given nor taken.
    case off
    /// Where the other side can.
    case preferred
    /// Always: a call without is refused.
    case required
}

/// With whom a call is, for what depends on it.
public struct Party: Sendable, Hashable {
    /// The extension; nil for a peer or a stranger.
    public var account: String?
    /// The organisation.
    public var domain: String
    /// Numeric: where its signalling comes from.
    public var address: String

    public init(account: String?, domain: String, address: String) {
        self.account = account
        self.domain = domain
        self.address = address
    }
}

public struct AudioTerms: Sendable {
    /// What calls may be in, in the order of our own offers.
    public var codecs: [Codec]
    /// Whether that order counts in our answers too; else the caller's does.
    public var insistsOnOrder: Bool
    public var protection: @Sendable (Party) -> Protection
    /// Keys are exchanged only where signalling is encrypted on its way to us, or else everybody who can hear the
    /// packets can also read the keys. True for laboratories, where nothing is.
    public var exchangesKeysInClear: Bool

    public init(
        codecs: [Codec] = [.pcmu, .pcma, .g722], insistsOnOrder: Bool = false,
        protection: @escaping @Sendable (Party) -> Protection = { _ in .preferred }, exchangesKeysInClear: Bool = false
    ) {
        self.codecs = codecs
        self.insistsOnOrder = insistsOnOrder
        self.protection = protection
        self.exchangesKeysInClear = exchangesKeysInClear
    }

    /// Our side of a new session.
    /// - Parameters:
    ///   - flow: the way of the signalling.
    ///   - address: where the peer sends its audio to.
    ///   - first: is offered before the others, where calls may be in it.
    func capabilities(
        with party: Party, over flow: Flow, address: String, port: UInt16, first: Codec? = nil
    ) -> MediaCapabilities {
        let ordered = codecs.filter { $0 == first } + codecs.filter { $0 != first }
        let protection = protection(party)
        let exchangesKeys = protection != .off && (flow.transport.isProtected || exchangesKeysInClear)
        return MediaCapabilities(
            address: address, port: port, codecs: ordered.compactMap { CodecName(rawValue: $0.rawValue) },
            insistsOnOrder: insistsOnOrder, key: exchangesKeys ? .random() : nil,
            requiresProtection: protection == .required, sessionID: UInt64.random(in: 1...0x7fff_ffff), version: 1)
    }
}
