// What the gatekeeper says about a request.

public import Mailboxes
public import SIP

public enum Admission: Sendable, Hashable {
    /// A phone of this account, proved by digest or, where that is the policy, by its registration.
    case phone(Extension)
    /// A trusted peer, and the organisation that its request belongs to.
    case peer(TrustedPeer, domain: String)
    /// Answer 401 with these headers (RFC 3261 §22.2).
    case challenge([HeaderField])
    case reject(status: Int, headers: [HeaderField])
}
