// What the gatekeeper says about a request.

public import Mailboxes
public import SIP

public enum Admission: Sendable, Hashable {
    /// A phone of this account, proved by digest or, where that is the policy, by its registration.
    case phone(Extension)
    /// A trusted peer, the organisation that its request belongs to, and the extension of it that the peer vouches for
    /// by P-Asserted-Identity (RFC 3325), as a proxy does for the phones that have proved themselves there.
    case peer(TrustedPeer, domain: String, account: Extension?)
    /// Answer 401 with these headers (RFC 3261 §22.2).
    case challenge([HeaderField])
    case reject(status: Int, headers: [HeaderField])
}
