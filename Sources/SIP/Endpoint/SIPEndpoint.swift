// The SIP endpoint: UDP and TCP on each listen address, with all its state on one event loop. This is the
// thread-safe door; `EndpointCore` behind it does the work.

public import Logging
internal import NIOCore
internal import NIOPosix
internal import ThreadPriority

public final class SIPEndpoint: Sendable {
    private let configuration: SIPEndpointConfiguration
    let core: CoreReference

    /// Nothing is opened before `start`.
    public convenience init(configuration: SIPEndpointConfiguration, logger: Logger) {
        self.init(configuration: configuration, logger: logger) { .nanoseconds(NIODeadline.now().uptimeNanoseconds) }
    }

    /// - Parameters:
    ///   - loop: nil: one of the shared group, which is never shut down, so that a handle that outlives the endpoint is
    ///     answered and not stranded.
    ///   - now: monotonic time since any moment; tests move it by hand and call `wake`.
    init(
        configuration: SIPEndpointConfiguration, logger: Logger, loop: (any EventLoop)? = nil,
        random: RandomSource = .system, now: @escaping @Sendable () -> Duration
    ) {
        let loop = loop ?? MultiThreadedEventLoopGroup.singleton.next()
        let core = EndpointCore(configuration: configuration, logger: logger, loop: loop, now: now, random: random)
        self.configuration = configuration
        self.core = CoreReference(core, on: loop)
    }

    /// Listens, and tells `user` of requests from then on.
    /// - Returns: the actual addresses of `listen`, then those of `listenSecurely`, in the order of the configuration.
    /// - Throws: `SIPEndpointError` when an address cannot be listened on; then nothing is.
    public func start(_ user: any SIPUser) async throws(SIPEndpointError) -> [HostPort] {
        guard await core.call({ [core] in $0.begin(user, door: core) }) else { throw .alreadyStarted }
        core.loop.execute { ThreadPriority.signalling.takeEffect() }
        var addresses: [HostPort] = []
        do throws(SIPEndpointError) {
            for wanted in configuration.listen {
                let listener = try await Listener.open(wanted, configuration.limits, loop: core.loop, door: core)
                await core.call { $0.listeners.append(listener) }
                addresses.append(listener.address)
            }
            for wanted in configuration.listenSecurely {
                let listener = try await SecureListener.open(wanted, configuration.limits, loop: core.loop, door: core)
                await core.call { $0.secureListeners.append(listener) }
                addresses.append(listener.address)
            }
        } catch {
            await stop()
            throw error
        }
        return addresses
    }

    /// Takes up a subscription of an earlier run, best before `start`: it can be told and is refreshed from then on as if
    /// there had been no restart (RFC 6665 §4.2.2).
    /// - Parameters:
    ///   - left: until it runs out.
    ///   - age: how long ago it was kept. NOTIFY goes on with a CSeq number above all that can have been used meanwhile,
    ///     at 1,000 a second.
    /// - Returns: nil when it cannot be read, has run out, is there already, or is one too many.
    public func restore(
        _ kept: KeptSubscription, left: Duration, age: Duration
    ) async -> NotifierSubscription? {
        let skipped = UInt32(clamping: 1_000 * (max(age, .zero).components.seconds + 2))
        guard left > .zero, let restored = await core.call({ $0.restore(kept, left: left, skipping: skipped) }) else {
            return nil
        }
        return NotifierSubscription(
            id: kept.id, events: restored.events.stream, isReachable: restored.isReachable, core: core)
    }

    /// Proves itself by `credentials` on connections that come after this has returned; those that are open go on.
    public func use(_ credentials: TLSCredentials) async {
        await core.call { $0.credentials = credentials }
    }

    /// Ends calls (BYE) and subscriptions (NOTIFY terminated) without waiting for answers, and closes everything.
    public func stop() async {
        for channel in await core.call({ $0.stop() }) { try? await channel.closeFuture.get() }
    }

    /// From now on new INVITE, SUBSCRIBE, REGISTER and OPTIONS get 503 with Retry-After; dialogs go on.
    /// - Parameter retryAfter: seconds.
    public func drain(retryAfter: Int) {
        core.run { $0.drain(retryAfter: retryAfter) }
    }

    /// Sends an out-of-dialog request over `flow` and waits for its final response (RFC 3261 §17.1.2). Via and
    /// User-Agent are added here. Not for INVITE. Where `flow` is a connection that is gone, another one is opened to
    /// where the request's target is, or a datagram sent there if the target does not ask for a connection; but only
    /// to the host that the flow comes from.
    /// - Returns: nil when there was none within 32 s, or there is no way to send it.
    public func request(_ request: SIPRequest, over flow: Flow) async -> SIPResponse? {
        await withCheckedContinuation { continuation in
            core.run { $0.start(request, over: flow, owner: .request(continuation)) }
        }
    }

    /// Calls somebody over `flow` (RFC 3261 §13.2), or another way as for `request`; what becomes of it is told by the call.
    public func invite(_ invitation: OutgoingInvite, over flow: Flow) async -> OutgoingCall {
        let (callID, progress) = await core.call { $0.invite(invitation, over: flow) }
        return OutgoingCall(progress: progress.stream, callID: callID, core: core)
    }

    /// The way to a numeric address that nothing has come from yet, from the first listener of its family. A
    /// connection is opened when something is sent.
    /// - Returns: nil when there is no such listener.
    public func flow(to remote: HostPort, by transport: Transport = .udp) async -> Flow? {
        await core.call { $0.flow(to: remote, by: transport) }
    }

    /// Our Contact as peers of `flow` are to use it.
    public func contact(user: String?, for flow: Flow) -> NameAddress {
        configuration.contact(user: user, for: flow)
    }

    /// The address at which peers of `flow` are to find our media.
    public func mediaHost(for flow: Flow) -> String { configuration.advertised(flow).host }

    public var statistics: SIPStatistics {
        get async { await core.call { $0.statistics } }
    }

    /// For tests that move the time by hand: what is due by now is done when this returns.
    func wake() async { await core.call { $0.wake() } }
}

/// Why an endpoint did not start.
public enum SIPEndpointError: Error, Sendable, Equatable {
    /// The address cannot be listened on by UDP and TCP, for instance because it is in use.
    case cannotListen(HostPort, reason: String)
    case alreadyStarted
    /// A file of the TLS settings is missing or wrong.
    case credentials(file: String, reason: String)
}

extension SIPEndpointError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .alreadyStarted: "the endpoint has been started before"
        case .credentials(let file, let reason): "\(file): \(reason)"
        }
    }
}
