// Headers that list addresses and that no machine of this room reads: whom a trusted peer vouches for, and the way back
// to a phone that registers through proxies.

extension MessageHead {
    /// Whom the sender says the request is from (RFC 3325 §9.1). To be believed of trusted peers only; a malformed
    /// value is passed over.
    public var assertedIdentities: [NameAddress] {
        values(of: "P-Asserted-Identity").flatMap { value in
            (try? Contact.list(parsing: value))?.compactMap(\.address) ?? []
        }
    }

    /// The proxies between the sender of a REGISTER and its registrar, the registrar's own neighbour first: the Route of
    /// requests to that phone (RFC 3327 §5.3).
    public func path() throws(MessageError) -> [NameAddress] {
        var path: [NameAddress] = []
        for value in values(of: "Path") {
            for case .address(let proxy) in try Contact.list(parsing: value) { path.append(proxy) }
        }
        guard path.allSatisfy(\.uri.scheme.isSIP) else { throw MessageError("A proxy without a SIP URI in Path") }
        return path
    }

    /// Whether the caller's number is to be told to nobody (RFC 3323 §4.2, RFC 3325 §9.3).
    public var withholdsIdentity: Bool {
        values(of: "Privacy").flatMap { $0.split(separator: ";") }.contains { value in
            ["id", "user"].contains(value.filter { $0 != " " }.lowercased())
        }
    }
}
