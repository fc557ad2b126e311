// The hash functions of digest authentication (RFC 7616, RFC 8760) and the sums made with them.

internal import Crypto

public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable, Codable {
    case md5 = "MD5"
    case sha256 = "SHA-256"

    /// As in a header, without regard to case. The `-sess` variants are not offered and not taken.
    init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue.equalsIgnoringCase(name) }) else { return nil }
        self = found
    }

    /// H(user:realm:password) in lower-case hexadecimal: what a store keeps instead of the password. It is worth as
    /// much as the password within its realm, so it is a secret too.
    public func secret(username: String, realm: String, password: String) -> String {
        hash("\(username):\(realm):\(password)")
    }

    func hash(_ text: String) -> String {
        switch self {
        case .md5: hexadecimal(Insecure.MD5.hash(data: Array(text.utf8)))
        case .sha256: hexadecimal(SHA256.hash(data: Array(text.utf8)))
        }
    }

    /// The `response` of RFC 7616 §3.4.1, and that of RFC 2069 without qop.
    func response(
        secret: String, nonce: String, count: String?, clientNonce: String?, qop: String?, method: Method, uri: String
    ) -> String {
        let second = hash("\(method.rawValue):\(uri)")
        guard let qop else { return hash("\(secret):\(nonce):\(second)") }
        return hash("\(secret):\(nonce):\(count ?? ""):\(clientNonce ?? ""):\(qop):\(second)")
    }
}

/// Lower-case hexadecimal digits, as digests are written.
func hexadecimal(_ octets: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
