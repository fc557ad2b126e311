// Offer and answer (RFC 3264) for one audio stream of G.711 or G.722 with telephone-event (RFC 4733): pure functions. An answer
// holds exactly one codec, since several make some phones send a re-INVITE at once, and nothing of the offer but
// tokens that were checked when it was read.

public enum SDPNegotiation {
    /// The answer to an offer: its streams in their order, the first usable audio stream accepted, one that is
    /// encrypted before others, all others with port 0 (RFC 3264 §6). Throws `nothingInCommon` when no stream is usable.
    public static func answer(
        to offer: SessionDescription, with capabilities: MediaCapabilities
    ) throws(SDPError) -> (SessionDescription, AudioAgreement) {
        var answer = description(with: capabilities)
        answer.lines = [offer.lines.first { $0.type == "t" && isTiming($0.value) } ?? .init("t", "0 0")]
        let agreements = offer.media.map { agree(on: $0, in: offer, with: capabilities) }
        let chosen =
            agreements.firstIndex { $0?.keys != nil } ?? agreements.firstIndex { $0 != nil }
        guard let chosen, let agreement = agreements[chosen] else { throw .nothingInCommon }
        for (index, stream) in offer.media.enumerated() {
            if index == chosen {
                answer.media.append(accepted(agreement, as: stream.transport, with: capabilities))
            } else {
                let formats = Array(stream.formats.prefix(1))
                answer.media.append(.init(kind: stream.kind, port: 0, transport: stream.transport, formats: formats))
            }
        }
        return (answer, agreement)
    }

    /// Our offer, for an INVITE that came without one.
    public static func offer(with capabilities: MediaCapabilities) -> SessionDescription {
        var offer = description(with: capabilities)
        offer.lines = [.init("t", "0 0")]
        let codecs = capabilities.codecs.map { (payloadType: $0.staticPayloadType, name: $0.rawValue) }
        var audio = stream(codecs: codecs, telephoneEvent: 101, direction: .sendReceive, capabilities)
        if capabilities.requiresProtection { audio.transport = Self.protected }
        if let key = capabilities.key {
            audio.attributes += CryptoSuite.allCases.enumerated().map { index, suite in
                CryptoAttribute(tag: String(index + 1), suite: suite, key: key).attribute
            }
        }
        offer.media = [audio]
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
        let lines = ours.attributes.compactMap(CryptoAttribute.init)
        let capabilities = MediaCapabilities(
            address: address, port: ours.port, codecs: codecs, key: lines.first?.key,
            requiresProtection: ours.transport == Self.protected, sessionID: 0, version: 0)
        guard let agreement = agree(on: theirs, in: answer, with: capabilities),
            ours.formats.contains(String(agreement.payloadType)),
            agreement.keys.map({ keys in lines.contains { $0.tag == keys.tag && $0.suite == keys.suite } }) ?? true
        else { throw .nothingInCommon }
        return agreement
    }

    private static func agree(
        on stream: SessionDescription.Media, in description: SessionDescription, with capabilities: MediaCapabilities
    ) -> AudioAgreement? {
        guard stream.kind == "audio", stream.port != 0, let keys = keys(of: stream, with: capabilities),
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
            direction: MediaDirection(sends: sends, receives: offered.sends), keys: keys.exchanged)
    }

    /// RFC 4568 has keys in RTP/SAVP alone; phones that can do without encryption offer them in RTP/AVP.
    private static let protected = "RTP/SAVP"

    /// What of the offered keys is taken, which may be none; nil when the stream cannot be used so.
    private static func keys(
        of stream: SessionDescription.Media, with capabilities: MediaCapabilities
    ) -> (exchanged: StreamKeys?, Void)? {
        let isProtected = stream.transport.equalsIgnoringCase(protected)
        guard isProtected || stream.transport.equalsIgnoringCase("RTP/AVP") else { return nil }
        if let key = capabilities.key, let line = stream.attributes.lazy.compactMap(CryptoAttribute.init).first {
            return (StreamKeys(suite: line.suite, tag: line.tag, ours: key, theirs: line.key), ())
        }
        return isProtected || capabilities.requiresProtection ? nil : (nil, ())
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
        _ agreement: AudioAgreement, as transport: String, with capabilities: MediaCapabilities
    ) -> SessionDescription.Media {
        var audio = stream(
            codecs: [(agreement.payloadType, agreement.encoding)], telephoneEvent: agreement.telephoneEvent,
            direction: agreement.direction, capabilities)
        audio.transport = transport
        if let keys = agreement.keys {
            audio.attributes.append(CryptoAttribute(tag: keys.tag, suite: keys.suite, key: keys.ours).attribute)
        }
        return audio
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
