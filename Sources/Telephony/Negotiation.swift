// What the two sides agree about media: offer and answer (RFC 3264) joined to the parameters of the media
// session. The codec of the first agreement stays for the whole call, since a recording is made in it.

import CallControl
import Media
import SIP

struct Negotiation {
    let codec: Codec
    private(set) var parameters: StreamParameters
    private var capabilities: MediaCapabilities

    var encoding: AudioEncoding {
        switch codec {
        case .pcmu: .pcmu
        case .pcma: .pcma
        }
    }

    /// The agreement that `capabilities` and the peer's answer to them, or ours to its offer, came to.
    init?(_ agreement: AudioAgreement, _ capabilities: MediaCapabilities) {
        guard let codec = Codec(rawValue: agreement.encoding) else { return nil }
        self.codec = codec
        self.capabilities = capabilities
        parameters = StreamParameters(agreement, codec)
    }

    /// Answers the offer of a re-INVITE or UPDATE, or makes one where it had none; nil when nothing fits (488).
    mutating func answer(to offer: SessionDescription?) -> SessionDescription? {
        capabilities.version += 1
        capabilities.codecs = CodecName(rawValue: codec.rawValue).map { [$0] } ?? []
        guard let offer else { return SDPNegotiation.offer(with: capabilities) }
        guard let (answer, agreement) = try? SDPNegotiation.answer(to: offer, with: capabilities),
            agreement.encoding == codec.rawValue
        else { return nil }
        parameters = StreamParameters(agreement, codec)
        return answer
    }

    /// Takes the answer to an offer that we made in the 200 of a re-INVITE; false when it does not fit.
    mutating func complete(with answer: SessionDescription) -> Bool {
        let offered = SDPNegotiation.offer(with: capabilities)
        guard let agreement = try? SDPNegotiation.agreement(offered: offered, answer: answer),
            agreement.encoding == codec.rawValue
        else { return false }
        parameters = StreamParameters(agreement, codec)
        return true
    }
}

extension StreamParameters {
    init(_ agreement: AudioAgreement, _ codec: Codec) {
        let direction = agreement.direction
        self.init(
            codec: codec, payloadType: agreement.payloadType, telephoneEvent: agreement.telephoneEvent,
            remoteAddress: agreement.remoteAddress, remotePort: agreement.remotePort,
            remoteControlPort: agreement.remoteControlPort,
            sends: direction == .sendReceive || direction == .sendOnly,
            receives: direction == .sendReceive || direction == .receiveOnly,
            detectsInbandDigits: agreement.telephoneEvent == nil)
    }
}
