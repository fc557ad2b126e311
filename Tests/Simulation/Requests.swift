// What the requests of the far side have in common: bodies and proofs.

@testable import SIP

extension MessageHead {
    mutating func carry(_ text: String, _ type: String = "application/sdp") {
        other.append(HeaderField("Content-Type", type))
        body = Array(text.utf8)
    }
}

extension SIPRequest {
    /// Answers the challenge in a 401.
    mutating func prove(_ account: PhoneAccount, _ response: SIPResponse, _ clientNonce: String) {
        guard let text = response.head["WWW-Authenticate"], let challenge = try? DigestChallenge(parsing: text) else {
            return
        }
        let value = challenge.authorization(
            username: account.number, password: account.password, method: method, uri: uri.description,
            clientNonce: clientNonce)
        head.other.removeAll { $0.name == "Authorization" }
        head.other.append(HeaderField("Authorization", value))
    }
}
