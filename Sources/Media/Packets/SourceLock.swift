// Symmetric RTP (RFC 4961): which address a call's audio is taken from and sent to. Phones behind NAT send from
// another address than they signal, so the first source that sends valid RTP is believed; after that nobody else
// can put audio into the call or turn it away. Only the signalled address can, whenever it is heard at last: whoever
// was first was a stranger then, such as the peer of the call before that had our port, and still sends to it.

struct SourceLock {
    /// How long after a change of the signalled address packets of the old source, which are still on their way
    /// or never will move, are heard without being believed, in milliseconds.
    static let farewell: Int64 = 1_000

    private(set) var signalled: NetworkAddress?
    private var locked: NetworkAddress?
    private var previous: NetworkAddress?
    private var farewellUntil = MediaTime(nanoseconds: 0)

    /// Where to send to: whoever was heard, the signalled address before that.
    var destination: NetworkAddress? { locked ?? signalled }
    var isLocked: Bool { locked != nil }

    func isLocked(to source: NetworkAddress) -> Bool { locked == source }

    /// What offer and answer say. Another address than before starts the search anew (RFC 3264 §8.3.1).
    mutating func signal(_ address: NetworkAddress?, at now: MediaTime) {
        let usable = address.flatMap { $0.isUnspecified || $0.port == 0 ? nil : $0 }
        guard usable != signalled, let usable else { return }
        signalled = usable
        if let locked {
            previous = locked == usable ? nil : locked
            farewellUntil = now + Self.farewell
        }
        locked = nil
    }

    /// Whether a valid packet from `source` belongs to the call.
    mutating func accepts(_ source: NetworkAddress, at now: MediaTime) -> Bool {
        if source == locked { return true }
        if locked != nil {
            guard source == signalled else { return false }
        } else if source == previous, now < farewellUntil {
            return true
        }
        locked = source
        previous = nil
        return true
    }
}
