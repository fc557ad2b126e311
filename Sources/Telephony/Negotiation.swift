// What the two sides agree about media: offer and answer (RFC 3264) joined to the parameters of the media
// session. The codec of the first agreement is kept where the peer still offers it; the media session transcodes
// where it does not, since a recording goes on in the codec that it began with.

import CallControl
import Media
import SIP

struct Negotiation {
    let codec: Codec
    private(set) var parameters: StreamParameters
    private var capabilities: MediaCapabilities
    private var keys: StreamKeys?
    /// Whether the peer has never listened and only speaks: it holds nothing, it is an alarm or the like.
    private var isOneWay: Bool

    var encoding: AudioEncoding {
        switch codec {
        case .pcmu: .pcmu
        case .pcma: .pcma
        case .g722: .g722
        }
    }

    /// The agreement that `capabilities` and the peer's answer to them, or ours to its offer, came to.
    init?(_ agreement: AudioAgreement, _ capabilities: MediaCapabilities) {
        guard let codec = Codec(rawValue: agreement.encoding) else { return nil }
        self.codec = codec
        self.capabilities = capabilities
        keys = agreement.keys
        parameters = StreamParameters(agreement, codec)
        // A call that begins without an address begins on hold (RFC 3725 §4).
        isOneWay = agreement.direction == .receiveOnly && !["0.0.0.0", "::"].contains(agreement.remoteAddress)
        parameters.receives = parameters.receives || isOneWay
    }

    private mutating func take(_ agreement: AudioAgreement, in agreed: Codec) {
        keys = agreement.keys
        parameters = StreamParameters(agreement, agreed)
        isOneWay = isOneWay && agreement.direction == .receiveOnly
        parameters.receives = parameters.receives || isOneWay
    }

    /// Answers the offer of a re-INVITE or UPDATE, or makes one where it had none; nil when nothing fits (488).
    mutating func answer(to offer: SessionDescription?) -> SessionDescription? {
        capabilities.version += 1
        let first = capabilities.codecs.filter { $0.rawValue == codec.rawValue }
        capabilities.codecs = first + capabilities.codecs.filter { $0.rawValue != codec.rawValue }
        guard let offer else { return SDPNegotiation.offer(with: capabilities) }
        var strict = capabilities
        strict.codecs = first
        guard
            let settled = (try? SDPNegotiation.answer(to: offer, with: strict))
                ?? (try? SDPNegotiation.answer(to: offer, with: capabilities))
        else { return nil }
        let (answer, agreement) = renewed(settled, offer)
        guard let agreed = Codec(rawValue: agreement.encoding) else { return nil }
        take(agreement, in: agreed)
        return answer
    }

    /// A peer that changes its key, or how it is used, gets another one of ours too; else ours goes on, and with it the
    /// count of packets that both sides keep (RFC 4568 §7.1.4, RFC 3711 §3.3.1).
    private mutating func renewed(
        _ settled: (SessionDescription, AudioAgreement), _ offer: SessionDescription
    ) -> (SessionDescription, AudioAgreement) {
        guard let new = settled.1.keys, let keys, new.theirs != keys.theirs || new.suite != keys.suite else {
            return settled
        }
        capabilities.key = .random()
        var terms = capabilities
        terms.codecs = terms.codecs.filter { $0.rawValue == settled.1.encoding }
        return (try? SDPNegotiation.answer(to: offer, with: terms)) ?? settled
    }

    /// Takes the answer to an offer that we made in the 200 of a re-INVITE; false when it does not fit.
    mutating func complete(with answer: SessionDescription) -> Bool {
        let offered = SDPNegotiation.offer(with: capabilities)
        guard let agreement = try? SDPNegotiation.agreement(offered: offered, answer: answer),
            let agreed = Codec(rawValue: agreement.encoding)
        else { return false }
        take(agreement, in: agreed)
        return true
    }
}

extension StreamParameters {
    init(_ agreement: AudioAgreement, _ codec: Codec) {
        let direction = agreement.direction
        // Who listens no more holds the call (RFC 3264 §8.4). What comes meanwhile, music mostly, belongs in no message.
        self.init(
            codec: codec, payloadType: agreement.payloadType, telephoneEvent: agreement.telephoneEvent,
            remoteAddress: agreement.remoteAddress, remotePort: agreement.remotePort,
            remoteControlPort: agreement.remoteControlPort,
            sends: direction.sends, receives: direction == .sendReceive,
            detectsInbandDigits: agreement.telephoneEvent == nil,
            protection: agreement.keys.map(StreamProtection.init))
    }
}

extension StreamProtection {
    init(_ keys: StreamKeys) {
        self.init(
            tag: keys.suite == .sha1Tag32 ? .bits32 : .bits80, sendingKey: keys.ours.bytes,
            receivingKey: keys.theirs.bytes)
    }
}
