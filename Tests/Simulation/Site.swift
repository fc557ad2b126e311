// One run of the server, from its start to its end or its sudden death: the real endpoint and the real phones room, whose
// sockets, clock, chance and store are the simulation's.

import Logging
import NIOCore
import NIOEmbedded

@testable import Phones
@testable import SIP

final class Site {
    let endpoint: SIPEndpoint
    let phones: Phones
    private let desk: Desk
    private let world: World
    private let outlet: DatagramOutlet
    private let store: PhoneStoreOfSite

    init(_ world: World) {
        self.world = world
        store = PhoneStoreOfSite(world.store)
        let (time, logger) = (world.time, Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() }))
        endpoint = SIPEndpoint(
            configuration: SIPEndpointConfiguration(listen: [world.server]), logger: logger,
            loop: SimulatedEventLoop(time), random: world.productChance, now: { time.now })
        phones = Phones(
            store: store, settings: world.settings, logger: logger, random: world.productChance,
            now: { World.epoch + time.now / .seconds(1) }, sleep: { await time.sleep($0) })
        desk = Desk(world, phones, endpoint)
        outlet = DatagramOutlet(world.network, world.server)
    }

    func start() {
        let datagrams = EmbeddedChannel(handler: outlet)
        let listener = Listener(address: world.server, datagrams: datagrams, connections: EmbeddedChannel())
        let (phones, endpoint, world) = (phones, endpoint, world)
        endpoint.core.enter { core in
            guard core.begin(desk, door: endpoint.core) else { return }
            core.listeners.append(listener)
        }
        Task {
            // A store that is busy now is asked again, as a service manager would start the program again.
            while (try? await phones.load(into: endpoint)) == nil {}
            await phones.start(endpoint)
            world.network.attach(world.server) { datagram in
                let flow = Flow(transport: .udp, local: world.server, remote: datagram.from)
                endpoint.core.enter { $0.receive(datagram: ByteBuffer(bytes: datagram.bytes), over: flow) }
            }
        }
    }

    /// Tells phones and callers that it goes, as at SIGTERM.
    func stop() {
        let (phones, endpoint, world, outlet) = (phones, endpoint, world, outlet)
        Task {
            endpoint.drain(retryAfter: 5)
            await phones.shutDown(within: .seconds(5))
            await endpoint.stop()
            outlet.isOpen = false
            world.network.attach(world.server, nil)
        }
    }

    /// As by SIGKILL: not a word gets out any more, and nothing is written.
    func kill() {
        outlet.isOpen = false
        store.isAlive = false
        world.network.attach(world.server, nil)
        let (phones, endpoint) = (phones, endpoint)
        Task {
            await phones.shutDown(within: .zero)
            await endpoint.stop()
        }
    }

    func call(_ plan: CallPlan) { desk.place(plan) }

    /// What is left of calls, subscriptions and registrations when all should be over.
    func leftovers() async -> [String] {
        let core = endpoint.core.enter { core in
            [
                "server transactions": core.serverTransactions.count,
                "client transactions": core.clientTransactions.count,
                "merge keys": core.merged.count, "calls": core.calls.count, "outgoing calls": core.outgoing.count,
                "subscriptions": core.subscriptions.count, "timers": core.timers.count,
            ]
        }
        let planner = await phones.lamps.planner
        let lamps = await [
            "lamp contacts": planner.contacts.count, "lamp subscriptions": planner.subscriptions.count,
            "contacts by account": planner.contactsOfAccount.count,
            "subscriptions by account": planner.subscriptionsOfAccount.count, "watchers": planner.watchers.count,
            "readings": planner.readings.count, "backlog": planner.backlog.count,
            "subscription handles": phones.lamps.handles.count,
        ]
        let registrations = await [
            "bindings": phones.registrations.registrar.bindings.count,
            "waiting registrations": phones.registrations.waiting.count,
        ]
        let kept = ["kept subscriptions": (try? await store.subscriptions().count) ?? -1]
        return [core, lamps, registrations, kept].flatMap(\.self).filter { $0.value != 0 }
            .map { "\($0.value) \($0.key) are left" }.sorted()
    }
}

/// The socket: hands what is written to the network.
final class DatagramOutlet: ChannelOutboundHandler, @unchecked Sendable {
    typealias OutboundIn = AddressedEnvelope<ByteBuffer>
    // Everything in this program happens on its one thread.
    var isOpen = true
    private let network: Network
    private let address: HostPort

    init(_ network: Network, _ address: HostPort) {
        self.network = network
        self.address = address
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let envelope = unwrapOutboundIn(data)
        promise?.succeed()
        guard isOpen, let remote = HostPort(envelope.remoteAddress) else { return }
        let bytes = Array(envelope.data.readableBytesView)
        network.send(Datagram(bytes: bytes, from: address, message: MessageParser.parse(bytes)), to: remote)
    }
}
