// The interpreter: holds every transaction, dialog and connection of an endpoint and performs what the machines
// ask for. It is confined to one event loop; its extensions take one subject each.

internal import Logging
internal import NIOCore

final class EndpointCore {
    let configuration: SIPEndpointConfiguration
    let logger: Logger
    let random: RandomSource
    private let loop: any EventLoop
    private let clock: @Sendable () -> Duration

    var counters = SIPStatistics()
    var listeners: [Listener] = []
    var secureListeners: [SecureListener] = []
    /// Of connections from now on.
    var credentials: TLSCredentials?
    var sources: [HostPort: DatagramSource] = [:]
    var connections: [Flow: Connection] = [:]
    var connectionsByAddress: [String: Int] = [:]
    /// Where a peer takes requests, to the connection that it has made.
    var aliases: [Flow: Flow] = [:]
    /// How many of the connections are ours, and the number of the last one.
    var openedConnections = 0
    var lastConnection = 0
    var serverTransactions: [ServerTransactionKey: ServerRecord] = [:]
    var clientTransactions: [ClientTransactionKey: ClientRecord] = [:]
    /// The live transaction of each request outside a dialog.
    var merged: [MergeKey: ServerTransactionKey] = [:]
    var calls: [DialogID: CallRecord] = [:]
    /// Calls that we make, by Call-ID, until their INVITE is done with.
    var outgoing: [String: OutgoingRecord] = [:]
    var subscriptions: [DialogID: SubscriptionRecord] = [:]

    /// Both nil before the start and after the stop: then nothing is taken or sent.
    private(set) var user: (any SIPUser)?
    private(set) var door: CoreReference?
    /// The Retry-After for new work since `drain`.
    private(set) var drainRetryAfter: Int?

    private(set) var timers = TimerQueue<TimerOwner>()
    private var alarm: (at: Duration, task: Scheduled<Void>)?

    init(
        configuration: SIPEndpointConfiguration, logger: Logger, loop: any EventLoop,
        now: @escaping @Sendable () -> Duration, random: RandomSource = .system
    ) {
        self.configuration = configuration
        self.logger = logger
        self.random = random
        self.loop = loop
        clock = now
        credentials = configuration.credentials
    }

    var now: Duration { clock() }
    var limits: SIPLimits { configuration.limits }

    var statistics: SIPStatistics {
        var statistics = counters
        statistics.openConnections = connections.count
        statistics.serverTransactions = serverTransactions.count
        statistics.clientTransactions = clientTransactions.count
        statistics.calls = calls.count
        statistics.subscriptions = subscriptions.count
        return statistics
    }

    // MARK: Life

    /// - Returns: false when it has been started before.
    func begin(_ user: any SIPUser, door: CoreReference) -> Bool {
        guard self.user == nil else { return false }
        self.user = user
        self.door = door
        // What was taken up before has its times.
        setAlarm()
        return true
    }

    func drain(retryAfter: Int) { drainRetryAfter = retryAfter }

    /// Ends everything at once; what there is to say is said without waiting for answers.
    /// - Returns: the sockets that are closing.
    func stop() -> [any Channel] {
        var channels = connections.values.compactMap(\.channel) + listeners.flatMap { [$0.datagrams, $0.connections] }
        channels += secureListeners.map(\.connections)
        user = nil
        for id in Array(outgoing.keys) { handle(.stop, inOutgoing: id) }
        for id in Array(calls.keys) { handle(.stop, inCall: id) }
        for id in Array(subscriptions.keys) { handle(.stop, inSubscription: id) }
        for record in clientTransactions.values {
            if case .request(let continuation)? = record.owner { continuation.resume(returning: nil) }
        }
        clientTransactions = [:]
        serverTransactions = [:]
        merged = [:]
        for flow in Array(connections.keys) { close(flow) }
        channels += closeSources()
        for listener in listeners { listener.close() }
        for listener in secureListeners { listener.connections.close(promise: nil) }
        (listeners, secureListeners) = ([], [])
        alarm?.task.cancel()
        alarm = nil
        timers = TimerQueue()
        door = nil
        return channels
    }

    // MARK: Time

    /// Moves a deadline; nil takes it back.
    func setTimer(_ token: inout TimerToken?, to deadline: Duration?, owner: TimerOwner) {
        timers.set(&token, to: deadline, owner: owner)
        setAlarm()
    }

    /// Lets every machine know whose deadline is reached.
    func wake() {
        let now = now
        while let owner = timers.popDue(now) {
            switch owner {
            case .server(let key):
                serverTransactions[key]?.timer = nil
                drive(key, .time)
            case .client(let key):
                clientTransactions[key]?.timer = nil
                drive(key, .time)
            case .call(let id):
                calls[id]?.timer = nil
                handle(.time, inCall: id)
            case .outgoing(let id):
                outgoing[id]?.timer = nil
                handle(.time, inOutgoing: id)
            case .subscription(let id):
                subscriptions[id]?.timer = nil
                handle(.time, inSubscription: id)
            case .connection(let flow):
                connections[flow]?.timer = nil
                dropConnection(flow)
            }
        }
        setAlarm()
    }

    /// An alarm that rings too early (the deadline was taken back) costs less than one that is set anew each time.
    private func setAlarm() {
        guard let next = timers.next, let door, alarm.map({ next < $0.at }) ?? true else { return }
        alarm?.task.cancel()
        let delay = max(next - now, .zero).components
        let task = loop.scheduleTask(in: .seconds(delay.seconds) + .nanoseconds(delay.attoseconds / 1_000_000_000)) {
            door.enter { core in
                core.alarm = nil
                core.wake()
            }
        }
        alarm = (next, task)
    }
}
