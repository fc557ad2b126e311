// What has to be kept of a subscription so that it outlives the process that granted it: both ends of its dialog and the
// way to its subscriber. Where it is kept, and how long it still has to live, is the user's business.

public struct KeptSubscription: Hashable, Sendable, Codable {
    public let id: DialogID
    /// From and To of our requests, and our Contact, as in a header.
    let local: String
    let remote: String
    let contact: String
    /// The subscriber's Contact URI.
    let target: String
    let routes: [String]
    /// The CSeq number of our last request, and of the subscriber's.
    let localSequence: UInt32
    let remoteSequence: UInt32?
    /// The Event header, with its parameters.
    let event: String
    /// The way that the last SUBSCRIBE came.
    public let flow: Flow
    /// The flow is a proxy's.
    public let isProxied: Bool
    let isSymmetric: Bool

    /// The subscriber's Contact; nil when it cannot be read.
    public var remoteTarget: SIPURI? { try? SIPURI(parsing: target) }
}
