// The digest secrets of a SIP account: H(user:realm:password) for both algorithms (RFC 7616 §3.4.2, RFC 8760).
// The realm is the domain. The password itself is forgotten after this.

import Crypto

struct AccountSecrets: Sendable {
    let md5: String
    let sha256: String

    init(user: String, realm: String, password: String) {
        let secret = Array("\(user):\(realm):\(password)".utf8)
        md5 = Self.hex(Insecure.MD5.hash(data: secret))
        sha256 = Self.hex(SHA256.hash(data: secret))
    }

    private static func hex(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
