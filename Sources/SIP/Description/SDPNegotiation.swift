// Offer and answer (RFC 3264) for one audio stream of G.711 or G.722 with telephone-event (RFC 4733): pure functions. An answer
// holds exactly one codec, since several make some phones send a re-INVITE at once, and nothing of the offer but
// tokens that were checked when it was read.

public enum SDPNegotiation {
    /// The answer to an offer: its streams in their order, the first usable audio stream accepted, all others with
    /// port 0 (RFC 3264 §6). Throws `nothingInCommon` when no stream is usable.
    public static func answer(
        to offer: SessionDescription, with capabilities: MediaCapabilities
    ) throws(SDPError) -> (SessionDescription, AudioAgreement) {
        var answer = description(with: capabilities)
        answer.lines = [offer.lines.first { $0.type == "t" && isTiming($0.value) } ?? .init("t", "0 0")]
        var agreement: AudioAgreement?
        for stream in offer.media {
            if agreement == nil, let found = agree(on: stream, in: offer, with: capabilities) {
                agreement = found
                answer.media.append(accepted(found, with: capabilities))
            } else {
                let formats = Array(stream.formats.prefix(1))
                answer.media.append(.init(kind: stream.kind, port: 0, transport: stream.transport, formats: formats))
            }
        }
        guard let agreement else { throw .nothingInCommon }
        return (answer, agreement)
    }

    /// Our offer, for an INVITE that came without one.
    public static func offer(with capabilities: MediaCapabilities) -> SessionDescription {
        var offer = description(with: capabilities)
        offer.lines = [.init("t", "0 0")]
        let codecs = capabilities.codecs.map { (payloadType: $0.staticPayloadType, name: $0.rawValue) }
        offer.media = [stream(codecs: codecs, telephoneEvent: 101, direction: .sendReceive, capabilities)]
        return offer
    }

    /// What an answer to our offer settles. Throws `nothingInCommon` when it refuses the stream or answers with what
    /// was not offered.
    public static func agreement(
        offered: SessionDescription, answer: SessionDescription
    ) throws(SDPError) -> AudioAgreement {
        guard offered.media.count == answer.media.count, let ours = offered.media.first,
            let theirs = answer.media.first,
            let address = offered.connection?.address
        else { throw .nothingInCommon }
        let codecs = ours.formats.compactMap { ours.encoding(of: $0) }.compactMap { CodecName(rawValue: $0.name) }
        let capabilities = MediaCapabilities(
            address: address, port: ours.port, codecs: codecs, sessionID: 0, version: 0)
        guard let agreement = agree(on: theirs, in: answer, with: capabilities),
            ours.formats.contains(String(agreement.payloadType))
        else { throw .nothingInCommon }
        return agreement
    }

    private static func agree(
        on stream: SessionDescription.Media, in description: SessionDescription, with capabilities: MediaCapabilities
    ) -> AudioAgreement? {
        guard stream.kind == "audio", stream.port != 0, stream.transport.equalsIgnoringCase("RTP/AVP"),
            let connection = stream.connection ?? description.connection,
            let remote = RemoteAddress(connection), remote.isIPv6 == capabilities.address.contains(":")
        else { return nil }
        let encodings = stream.formats.compactMap { stream.encoding(of: $0) }
        guard let codec = codec(of: encodings, with: capabilities) else { return nil }
        let events = encodings.first { $0.name == "TELEPHONE-EVENT" && $0.clock == codec.clock }
        let offered = direction(of: stream, in: description)
        let sends = offered.receives && !remote.isUnspecified
        return AudioAgreement(
            encoding: codec.name, payloadType: codec.payloadType, telephoneEvent: events?.payloadType,
            remoteAddress: connection.address, remotePort: stream.port, remoteControlPort: stream.controlPort,
            direction: MediaDirection(sends: sends, receives: offered.sends))
    }

    /// The first that both have, in the order of the one that decides.
    private static func codec(
        of encodings: [SessionDescription.Media.Encoding], with capabilities: MediaCapabilities
    ) -> SessionDescription.Media.Encoding? {
        let usable = encodings.filter { $0.clock == 8000 && $0.channels == 1 }
        if capabilities.insistsOnOrder {
            return capabilities.codecs.lazy.compactMap { codec in usable.first { $0.name == codec.rawValue } }.first
        }
        return usable.first { encoding in capabilities.codecs.contains { $0.rawValue == encoding.name } }
    }

    /// As the other side sees it; `sendrecv` where nothing is said (RFC 8866 §6.7).
    private static func direction(
        of stream: SessionDescription.Media, in description: SessionDescription
    ) -> MediaDirection {
        let attributes = stream.attributes + description.attributes
        return attributes.lazy.compactMap { $0.value == nil ? MediaDirection(rawValue: $0.name) : nil }.first
            ?? .sendReceive
    }

    private static func description(with capabilities: MediaCapabilities) -> SessionDescription {
        var description = SessionDescription()
        let connection = SessionDescription.Connection(address: capabilities.address)
        description.origin = .init(
            username: "lamplighter", sessionID: String(capabilities.sessionID), version: String(capabilities.version),
            address: "IN \(connection.isIPv6 ? "IP6" : "IP4") \(connection.address)")
        description.connection = connection
        return description
    }

    private static func accepted(
        _ agreement: AudioAgreement, with capabilities: MediaCapabilities
    ) -> SessionDescription.Media {
        stream(
            codecs: [(agreement.payloadType, agreement.encoding)], telephoneEvent: agreement.telephoneEvent,
            direction: agreement.direction, capabilities)
    }

    private static func stream(
        codecs: [(payloadType: UInt8, name: String)], telephoneEvent: UInt8?, direction: MediaDirection,
        _ capabilities: MediaCapabilities
    ) -> SessionDescription.Media {
        let formats = codecs.map { String($0.payloadType) } + (telephoneEvent.map { [String($0)] } ?? [])
        var stream = SessionDescription.Media(
            kind: "audio", port: capabilities.port, transport: "RTP/AVP", formats: formats)
        stream.attributes = codecs.map { .init("rtpmap", "\($0.payloadType) \($0.name)/8000") }
        if let telephoneEvent {
            stream.attributes.append(.init("rtpmap", "\(telephoneEvent) telephone-event/8000"))
            stream.attributes.append(.init("fmtp", "\(telephoneEvent) 0-15"))
        }
        stream.attributes += [.init("ptime", "20"), .init(direction.rawValue)]
        return stream
    }

    /// `t=` of the answer repeats the offer's (RFC 3264 §6).
    private static func isTiming(_ value: String) -> Bool {
        let words = value.split(separator: " ")
        return words.count == 2 && words.allSatisfy { ASCII.decimal($0.utf8, maximum: .max / 16) != nil }
    }
}
