// What a client sends in Authorization or Proxy-Authorization (RFC 7616 §3.4), read but not yet believed.

public struct DigestCredentials: Hashable, Sendable {
    public var username: String
    public var realm: String
    public var nonce: String
    /// The Request-URI as the client wrote it, which is what it hashed.
    public var uri: String
    public var response: String
    /// MD5 where the client names none.
    public var algorithm: DigestAlgorithm
    /// `auth`, or nil for the way of RFC 2069.
    public var qop: String?
    /// The text of the nonce count, which is what the client hashed.
    public var nc: String?
    public var cnonce: String?
    public var opaque: String?

    /// Throws `otherScheme` for what is not Digest and `unsupported` for `auth-int`, `-sess` and unknown algorithms.
    public init(parsing text: String) throws(DigestError) {
        let fields = try DigestFields(parsing: text)
        username = try fields.required("username")
        realm = try fields.required("realm")
        nonce = try fields.required("nonce")
        uri = try fields.required("uri")
        response = try fields.required("response").lowercased()
        opaque = fields["opaque"]
        guard let algorithm = DigestAlgorithm(named: fields["algorithm"] ?? "MD5") else { throw .unsupported }
        self.algorithm = algorithm
        guard let qop = fields["qop"], !qop.isEmpty else { return }
        guard qop.equalsIgnoringCase("auth") else { throw .unsupported }
        self.qop = qop
        nc = try fields.required("nc")
        cnonce = try fields.required("cnonce")
    }

    /// All readable digest credentials of a request; a client may send several, one for each realm it knows.
    /// - Parameter header: `Authorization` or `Proxy-Authorization`.
    public static func all(in head: MessageHead, header: String = "Authorization") -> [DigestCredentials] {
        head.values(of: header).prefix(8).compactMap { try? DigestCredentials(parsing: $0) }
    }
}
