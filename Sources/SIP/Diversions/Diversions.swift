// Everything that an INVITE says about its being diverted (A6): the `target` and `cause` of a voicemail URI (RFC 4458),
// History-Info (RFC 7044) and Diversion (RFC 5806). Whether the sender may be believed is not decided here.

public struct Diversions: Hashable, Sendable {
    /// Whose mailbox the Request-URI asks for (RFC 4458 §2); nil when it does not.
    public let target: DivertingParty?
    /// Those who diverted, the last one first.
    public let parties: [DivertingParty]
    /// Addresses that the call was for before, with nothing to say that it was diverted: earlier ones of a history
    /// without reasons, then To.
    public let hints: [DivertingParty]
    /// Whether the call was diverted, even when nothing readable tells who did it.
    public let isDiverted: Bool
    /// Why it came to us.
    public let reason: DivertingReason

    /// Never fails: what cannot be read is left out.
    public init(of request: SIPRequest) {
        let hidesAll = request.head.values(of: "Privacy").contains(where: CallPrivacy.coversHistory)
        func covered(_ parties: [DivertingParty]) -> [DivertingParty] {
            parties.map { DivertingParty($0.uri, $0.reason, isPrivate: $0.isPrivate || hidesAll) }
        }
        let history = HistoryInfo(of: request)
        let diversions = DiversionEntry.all("Diversion", of: request.head).map(DivertingParty.init(diversion:))
        let cause = request.uri.divertingCause
        let told = history.parties.isEmpty ? diversions : history.parties
        let reason = cause ?? told.first?.reason ?? .unknown
        self.reason = reason
        parties = covered(told)
        target = request.uri.parameters["target"].flatMap(SIPURI.init(target:))
            .map { DivertingParty($0, reason, isPrivate: hidesAll) }
        hints = covered(history.changes + [DivertingParty(request.head.to.uri, .unknown)])
            .filter { $0.number != request.uri.number }
        isDiverted =
            request.uri.parameters.contains("target") || cause != nil || history.tellsDiversion
            || !request.head.values(of: "Diversion").isEmpty
    }
}

extension DivertingParty {
    fileprivate init(diversion entry: DiversionEntry) {
        let privacy = entry.parameters["privacy"]?.lowercased() ?? "off"
        self.init(
            entry.uri, entry.parameters["reason"].map(DivertingReason.init(diversion:)) ?? .unknown,
            isPrivate: ["full", "uri"].contains(privacy))
    }
}

extension SIPURI {
    /// The unescaped value of a `target` parameter: a URI, or from simpler senders only its user part.
    fileprivate init?(target text: String) {
        let isURI = ["sip:", "sips:", "tel:"].contains { text.lowercased().hasPrefix($0) }
        guard let uri = try? SIPURI(parsing: isURI ? text : "sip:\(text)") else { return nil }
        // `sip:101` parses as a host.
        self = uri.scheme.isSIP && uri.user == nil ? SIPURI(user: uri.host, host: uri.host) : uri
    }
}
