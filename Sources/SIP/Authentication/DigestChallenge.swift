// The client side of digest authentication (RFC 7616 §3.3): what a server asked for, and the answer to it.

public struct DigestChallenge: Hashable, Sendable {
    public var realm: String
    public var nonce: String
    public var algorithm: DigestAlgorithm
    /// Whether the server takes `qop=auth`; otherwise the way of RFC 2069 is left.
    public var offersQop: Bool
    public var stale: Bool
    public var opaque: String?

    /// Throws `unsupported` where the server wants an algorithm or a protection that is not ours.
    public init(parsing text: String) throws(DigestError) {
        let fields = try DigestFields(parsing: text)
        realm = try fields.required("realm")
        nonce = try fields.required("nonce")
        opaque = fields["opaque"]
        stale = fields["stale"]?.equalsIgnoringCase("true") ?? false
        guard let algorithm = DigestAlgorithm(named: fields["algorithm"] ?? "MD5") else { throw .unsupported }
        self.algorithm = algorithm
        let options = (fields["qop"] ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
        offersQop = options.contains { $0.equalsIgnoringCase("auth") }
        guard offersQop || options.isEmpty else { throw .unsupported }
    }

    /// The value of an Authorization header.
    /// - Parameters:
    ///   - uri: the Request-URI as it is written in the request.
    ///   - clientNonce: fresh and unpredictable.
    ///   - count: 1 for the first request with this nonce, one more for each that follows.
    public func authorization(
        username: String, password: String, method: Method, uri: String, clientNonce: String, count: UInt32 = 1
    ) -> String {
        let digits = String(count, radix: 16)
        let padded = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        let response = algorithm.response(
            secret: algorithm.secret(username: username, realm: realm, password: password), nonce: nonce,
            count: padded, clientNonce: clientNonce, qop: offersQop ? "auth" : nil, method: method, uri: uri)
        var writer = MessageWriter(capacity: 512)
        writer.write("Digest username=")
        writer.write(quoted: username)
        for (name, value) in [("realm", realm), ("nonce", nonce), ("uri", uri), ("response", response)] {
            writer.write(", \(name)=")
            writer.write(quoted: value)
        }
        writer.write(", algorithm=\(algorithm.rawValue)")
        if offersQop {
            writer.write(", qop=auth, nc=\(padded), cnonce=")
            writer.write(quoted: clientNonce)
        }
        if let opaque {
            writer.write(", opaque=")
            writer.write(quoted: opaque)
        }
        return writer.text
    }
}
