// The signalling of one address on the far side: its transactions, driven by the machines of RFC 3261 §17, and to whom
// what comes in belongs. Every call and subscription there is known by its Call-ID.

@testable import SIP

final class UserAgent {
    typealias Taker = (SIPRequest, ServerTransactionKey) -> Void

    private final class Client {
        let record: ClientRecord
        let told: (SIPResponse?) -> Void
        var token: VirtualTime.Token?
        /// The final responses that it was given; there may be one only, but for the 2xx of a forked INVITE.
        var finals: Set<String> = []

        init(_ record: ClientRecord, _ told: @escaping (SIPResponse?) -> Void) {
            self.record = record
            self.told = told
        }
    }

    private final class Server {
        let record: ServerRecord
        var token: VirtualTime.Token?
        init(_ record: ServerRecord) { self.record = record }
    }

    let address: HostPort
    let world: World
    /// Whom requests of a Call-ID are for, ACKs of a 2xx included.
    var takers: [String: Taker] = [:]
    /// Takes the others.
    var stranger: Taker = { _, _ in }
    /// Calls that are over when it is switched off, by Call-ID.
    var calls: [String: () -> Void] = [:]
    /// Calls whose network is gone, by Call-ID.
    var deaf: Set<String> = []
    private(set) var isOn = true
    private var clients: [ClientTransactionKey: Client] = [:]
    private var servers: [ServerTransactionKey: Server] = [:]
    private var flow: Flow { Flow(transport: .udp, local: address, remote: world.server) }

    init(_ address: HostPort, _ world: World) {
        self.address = address
        self.world = world
        world.network.attach(address) { [self] in receive($0) }
    }

    /// What is not over.
    var leftovers: [String] {
        clients.keys.map { "waits for the answer to \($0)" } + servers.keys.map { "has not answered \($0)" }
            + takers.keys.map { "listens to \($0)" } + calls.keys.map { "is in \($0)" }
    }

    func contact(_ user: String?) -> NameAddress {
        NameAddress(uri: SIPURI(user: user, host: address.host, port: address.port))
    }

    /// Falls silent and forgets everything.
    func switchOff() {
        isOn = false
        world.network.attach(address, nil)
        for call in calls.values { call() }
        calls = [:]
        for key in Array(clients.keys) { forget(key) }
        for server in servers.values { world.time.set(&server.token, to: nil) {} }
        servers = [:]
        takers = [:]
    }

    // MARK: Asking

    /// - Parameter told: is given every response that counts; nil: there will be none.
    /// - Returns: the request as it was sent.
    @discardableResult
    func send(_ request: SIPRequest, told: @escaping (SIPResponse?) -> Void) -> SIPRequest {
        var request = request
        if request.method != .cancel { request.head.vias = [via()] }
        guard isOn, let key = ClientTransactionKey(request) else { return request }
        let client = Client(ClientRecord(request, flow: flow, owner: nil, now: world.time.now), told)
        clients[key] = client
        perform(client.record.start, key, client, nil)
        return request
    }

    /// An ACK of a 2xx: no transaction, always the same bytes.
    func acknowledge(_ request: SIPRequest) -> [UInt8] {
        var request = request
        request.head.vias = [via()]
        let bytes = request.encoded()
        sendBytes(bytes)
        return bytes
    }

    func sendBytes(_ bytes: [UInt8]) {
        guard isOn else { return }
        world.network.send(Datagram(bytes: bytes, from: address, message: nil), to: world.server)
    }

    /// Waits for no answer to this request any more.
    func forget(_ request: SIPRequest) { if let key = ClientTransactionKey(request) { forget(key) } }

    private func forget(_ key: ClientTransactionKey) {
        guard let client = clients.removeValue(forKey: key) else { return }
        world.time.set(&client.token, to: nil) {}
    }

    private func via() -> Via {
        Via(
            transport: "UDP", host: address.host, port: address.port,
            parameters: [.init("branch", "z9hG4bK" + world.token()), .init("rport")])
    }

    private func drive(_ key: ClientTransactionKey, _ event: ClientTransaction.Event, _ response: SIPResponse? = nil) {
        guard let client = clients[key] else { return }
        if let response, response.status >= 200 {
            // Of a refusal nothing is kept: who asks again while the server begins to stop gets another one.
            let verdict = [401, 403, 503].contains(response.status) ? "refused" : "\(response.status)"
            client.finals.insert("\(verdict) \(response.head.to.tag ?? "")")
            if client.finals.count > 1 {
                world.complain("\(response.head.callID): answered more than once: \(client.finals.sorted())")
            }
        }
        perform(client.record.handle(event, response, now: world.time.now), key, client, response)
    }

    private func perform(
        _ actions: [ClientTransaction.Action], _ key: ClientTransactionKey, _ client: Client, _ response: SIPResponse?
    ) {
        for action in actions {
            switch action {
            case .send(let bytes): sendBytes(bytes)
            case .pass: client.told(response)
            case .failed: client.told(nil)
            case .terminate: clients[key] = nil
            }
        }
        let deadline = clients[key] === client ? client.record.deadline : nil
        world.time.set(&client.token, to: deadline) { [self] in
            client.token = nil
            drive(key, .time)
        }
    }

    // MARK: Answering

    func respond(_ response: SIPResponse, to key: ServerTransactionKey) {
        drive(key, .respond(status: response.status, response.encoded()))
    }

    private func drive(_ key: ServerTransactionKey, _ event: ServerTransactionEvent, ack: SIPRequest? = nil) {
        guard let server = servers[key] else { return }
        for action in server.record.handle(event, now: world.time.now) {
            switch action {
            case .send(let bytes): sendBytes(bytes)
            case .passACK: if let ack { take(ack, key) }
            case .unanswered: world.complain("\(address) has left a request without an answer")
            case .terminate: servers[key] = nil
            }
        }
        let deadline = servers[key] === server ? server.record.deadline : nil
        world.time.set(&server.token, to: deadline) { [self] in
            server.token = nil
            drive(key, .time)
        }
    }

    // MARK: What comes in

    private func receive(_ datagram: Datagram) {
        switch datagram.message {
        case .request(let request):
            guard let key = ServerTransactionKey(request) else { return }
            receive(request, key)
        case .response(let response):
            guard let branch = response.head.vias.first?.branch else { return }
            drive(
                ClientTransactionKey(branch: branch, method: response.head.cseq.method),
                .response(status: response.status), response)
        case .refused, nil:
            world.complain("the server has sent what nobody can read")
        }
    }

    private func receive(_ request: SIPRequest, _ key: ServerTransactionKey) {
        guard !deaf.contains(request.head.callID) else { return }
        if servers[key] != nil {
            return drive(key, request.method == .ack ? .ack : .request, ack: request)
        }
        if request.method != .ack {
            servers[key] = Server(ServerRecord(request, flow: flow, dialog: nil, now: world.time.now))
            drive(key, .time)
        }
        take(request, key)
    }

    private func take(_ request: SIPRequest, _ key: ServerTransactionKey) {
        (takers[request.head.callID] ?? stranger)(request, key)
    }
}
