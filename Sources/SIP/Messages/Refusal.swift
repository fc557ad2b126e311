// The answer to a request that cannot be read. libosip2 returns nothing at all for one bad header, so the five
// headers that an answer copies (RFC 3261 §8.2.6) are looked for once more, each by itself, and mended where they
// are what is broken: the sender gets its 400 instead of a time-out.

enum Refusal {
    /// Bytes of a Via line that is worth mending.
    private static let longestVia = 4096

    /// Nil when there is no Via to answer by, and for an ACK, which is never answered.
    static func answer(to sections: MessageSections, method: Method, error: MessageError) -> SIPResponse? {
        let vias = vias(of: sections)
        guard method != .ack, !vias.isEmpty else { return nil }
        var head = MessageHead(
            from: address(.from, of: sections), to: address(.to, of: sections),
            callID: sections.first(.callID).map(sections.text) ?? "missing", cseq: cseq(of: sections, method: method))
        head.vias = vias
        if head.to.tag == nil { head.to.tag = tag(for: sections) }
        return SIPResponse(status: error.status, reason: error.reason, head: head)
    }

    /// Stops at the first Via that no mending helps: without the topmost one there is no way back.
    private static func vias(of sections: MessageSections) -> [Via] {
        var vias: [Via] = []
        for line in sections.lines where line.kind == .via {
            guard line.value.count <= longestVia else { return vias }
            for element in sections.text(line.value).split(separator: ",") {
                let parts = element.split(separator: ";").filter { !$0.utf8.allSatisfy(ASCII.isBlank) }
                guard let sentBy = parts.first else { continue }
                // An unknown version (505) is the version of its Via too.
                let protocolParts = sentBy.split(separator: "/", maxSplits: 2)
                let text = protocolParts.count == 3 ? "SIP/2.0/\(protocolParts[2])" : String(sentBy)
                guard vias.count < HeaderElements.maximumElements,
                    let via = try? Via(parsing: ([text[...]] + parts.dropFirst()).joined(separator: ";"))
                else { return vias }
                vias.append(via)
            }
        }
        return vias
    }

    private static func address(_ kind: MessageSections.Kind, of sections: MessageSections) -> NameAddress {
        guard let range = sections.first(kind) else { return NameAddress(uri: SIPURI(host: "missing.invalid")) }
        let text = sections.text(range)
        if let address = try? NameAddress(parsing: text) { return address }
        let bracketed = text.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }
        let candidate = bracketed.filter { $0 != " " }
        var address = NameAddress(uri: (try? SIPURI(parsing: String(candidate))) ?? SIPURI(host: "malformed.invalid"))
        for parameter in text.split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, String(pair[0]).equalsIgnoringCase("tag") else { continue }
            if CharacterClass.token.containsAll(pair[1].utf8) { address.tag = String(pair[1]) }
        }
        return address
    }

    private static func cseq(of sections: MessageSections, method: Method) -> CSeq {
        let parts = sections.first(.cseq).map { sections.bytes[$0].split(whereSeparator: ASCII.isBlank) } ?? []
        let number = parts.first.flatMap { ASCII.decimal($0, maximum: 0x7FFF_FFFF) } ?? 0
        let named = parts.count == 2 && CharacterClass.token.containsAll(parts[1])
        return CSeq(UInt32(number), named ? Method(rawValue: String(decoding: parts[1], as: UTF8.self)) : method)
    }

    /// The same tag for every retransmission of the same request, with nothing stored (RFC 3261 §8.2.7): FNV-1a.
    private static func tag(for sections: MessageSections) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in sections.bytes[..<sections.body.lowerBound] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
