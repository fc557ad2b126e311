// The digest secrets of a SIP account: H(user:realm:password) for both algorithms (RFC 7616 §3.4.2, RFC 8760).
// The realm is the domain; some phones' user name is the number, others' the whole address. The password itself
// is forgotten after this.

import Crypto

struct AccountSecrets: Sendable {
    let md5: String
    let sha256: String
    let addressMD5: String
    let addressSHA256: String

    init(user: String, realm: String, password: String) {
        let number = Array("\(user):\(realm):\(password)".utf8)
        let address = Array("\(user)@\(realm):\(realm):\(password)".utf8)
        md5 = Self.hex(Insecure.MD5.hash(data: number))
        sha256 = Self.hex(SHA256.hash(data: number))
        addressMD5 = Self.hex(Insecure.MD5.hash(data: address))
        addressSHA256 = Self.hex(SHA256.hash(data: address))
    }

    private static func hex(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
