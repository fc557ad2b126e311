// Counters of an endpoint since its start, and gauges of what it holds now.

public struct SIPStatistics: Sendable, Hashable {
    /// Requests that came in, retransmissions included.
    public var requests = 0
    /// Requests answered from their transaction without being run again.
    public var retransmissions = 0
    public var responses = 0
    /// Responses and ACKs that matched nothing.
    public var strays = 0
    /// Messages that could not be parsed, answered or not.
    public var malformed = 0
    /// New requests refused with 503 because of a limit or a drain.
    public var shed = 0
    /// Messages that could not be handed to the network.
    public var unsent = 0
    public var connectionsAccepted = 0
    public var connectionsOpened = 0
    /// Connections closed at once because of a limit.
    public var connectionsRefused = 0
    /// Connections closed because they were slow, idle, did not read, did not speak SIP or could not be opened.
    public var connectionsDropped = 0

    public var openConnections = 0
    public var serverTransactions = 0
    public var clientTransactions = 0
    public var calls = 0
    public var subscriptions = 0

    public init() {}
}
