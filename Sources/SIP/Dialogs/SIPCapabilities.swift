// What this endpoint does and says of itself (RFC 3261 §11.2, §20).

enum SIPCapabilities {
    static let methods: [Method] = [
        .invite, .ack, .bye, .cancel, .options, .info, .update, .prack, .notify, .subscribe, .register,
    ]
    /// Methods of standards that are not done here: 405, where a method nobody knows gets 501.
    static let knownMethods: Set<Method> = Set(
        methods + [.refer, Method(rawValue: "MESSAGE"), Method(rawValue: "PUBLISH")])

    static let allow = HeaderField("Allow", methods.map(\.rawValue).joined(separator: ", "))
    /// Option tags (RFC 3262, RFC 3327, RFC 4028).
    static let extensions: Set<String> = ["100rel", "path", "timer"]
    static let supported = HeaderField("Supported", extensions.sorted().joined(separator: ", "))
    /// Of our INVITEs: 100rel is for those that we answer.
    static let timer = HeaderField("Supported", "timer")
    static let acceptsSDP = HeaderField("Accept", "application/sdp")
    static let acceptsIdentity = HeaderField("Accept-Encoding", "identity")
    static let acceptsDigits = HeaderField("Accept", "application/dtmf-relay, application/dtmf")

    /// What our INVITE asks for (RFC 4028 §7.1). Seconds.
    static func sessionTimer(_ interval: Int, minimum: Int) -> [HeaderField] {
        [HeaderField("Session-Expires", String(interval)), HeaderField("Min-SE", String(minimum))]
    }

    static func retryAfter(_ seconds: Int) -> HeaderField { HeaderField("Retry-After", String(seconds)) }
}

extension SIPRequest {
    /// Type and subtype in lower case without parameters; nil when there is no body or it has no type.
    var contentType: String? {
        guard !head.body.isEmpty, let value = head["content-type"] else { return nil }
        return value.prefix { $0 != ";" }.split(separator: " ").joined().lowercased()
    }

    /// 415 for a body that can only be skipped (RFC 3261 §8.2.3), nil when it is SDP or there is none.
    func refusalOfBody(accept: HeaderField) -> SIPResponse? {
        guard !head.body.isEmpty else { return nil }
        let types = accept.value.split(separator: ",").map { $0.drop { $0 == " " } }
        let encoding = head["content-encoding"]?.lowercased()
        guard encoding == nil || encoding == "identity" else {
            return response(415, adding: [SIPCapabilities.acceptsIdentity])
        }
        return types.contains { $0 == contentType ?? "" } ? nil : response(415, adding: [accept])
    }

    /// 406 when its sender takes no SDP (RFC 3261 §20.1): without Accept it does.
    var refusalOfAnswer: SIPResponse? {
        guard head["accept"] != nil else { return nil }
        let types = head.tokens(of: "accept").map { $0.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" } }
        let takesSDP = types.contains { ["application/sdp", "application/*", "*/*"].contains($0) }
        return takesSDP ? nil : response(406, adding: [SIPCapabilities.acceptsSDP])
    }

    func response(_ status: Int, _ reason: String? = nil, toTag: String? = nil, adding headers: [HeaderField])
        -> SIPResponse
    {
        var response = response(status, reason, toTag: toTag)
        response.head.other += headers
        return response
    }
}
