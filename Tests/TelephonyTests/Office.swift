// What the tests of live calls stand on: a switchboard behind a SIP endpoint on a free port of loopback, which runs
// one flow with every call, and telephones made of two sockets each.

import CallControl
import Dispatch
import Glibc
import Logging
import Media
import SIP
import Synchronization
import Testing

@testable import Telephony

struct NothingCame: Error {}

/// A UDP socket on loopback at a port that the system chose. Waits on a queue of its own, not on a Task's thread.
final class Wire: Sendable {
    let port: UInt16
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "wire")

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw NothingCame() }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8], to port: UInt16) {
        var address = Self.loopback(port)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The next datagram; fails after 5 s without one.
    func next() async throws -> [UInt8] {
        let (descriptor, queue) = (descriptor, queue)
        let bytes = await withCheckedContinuation { continuation in
            queue.async {
                var bytes = [UInt8](repeating: 0, count: 65_536)
                let count = recv(descriptor, &bytes, bytes.count, 0)
                continuation.resume(returning: count > 0 ? Array(bytes[..<count]) : [])
            }
        }
        guard !bytes.isEmpty else { throw NothingCame() }
        return bytes
    }

    /// Drops what has come.
    func forget() {
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT)) >= 0 {}
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

/// A telephone in one call.
struct Telephone {
    let sip: Wire
    let rtp: Wire
    private let server: HostPort
    private var callID = "call-\(UInt64.random(in: .min ... .max))"
    private var local = NameAddress(uri: SIPURI(user: "100", host: "example.org"), parameters: [.init("tag", "phone")])
    private var remote = NameAddress(uri: SIPURI(user: "200", host: "example.org"))
    private var sequence: UInt32 = 0
    private var packets: UInt16 = 0
    private var seen: Set<[UInt8]> = []
    /// Where the other side hears.
    private(set) var remotePort: UInt16 = 0

    init(to server: HostPort, sip: Wire? = nil) throws {
        self.server = server
        self.sip = try sip ?? Wire()
        rtp = try Wire()
    }

    var contact: SIPURI { SIPURI(user: "100", host: "127.0.0.1", port: sip.port) }

    func description(_ direction: String = "sendrecv") -> [UInt8] {
        let lines = [
            "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
            // Its reports come here too: the next port may be another test's.
            "m=audio \(rtp.port) RTP/AVP 0 101", "a=rtcp:\(rtp.port)", "a=rtpmap:101 telephone-event/8000",
            "a=\(direction)", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    // MARK: Signalling

    @discardableResult
    mutating func send(
        _ method: SIP.Method, _ headers: [HeaderField] = [], type: String = "application/sdp", body: [UInt8] = []
    ) -> SIPRequest {
        if method != .ack, method != .cancel { sequence += 1 }
        var head = MessageHead(from: local, to: remote, callID: callID, cseq: CSeq(sequence, method))
        let branch = method == .cancel ? "INVITE-\(sequence)" : "\(method)-\(sequence)"
        head.vias = [
            Via(
                transport: "UDP", host: "127.0.0.1", port: sip.port,
                parameters: [.init("branch", "z9hG4bK-\(callID)-\(branch)"), .init("rport")])
        ]
        head.contacts = [.address(NameAddress(uri: contact))]
        head.other = headers
        if !body.isEmpty { head.other.append(HeaderField("Content-Type", type)) }
        head.body = body
        let request = SIPRequest(method, uri: SIPURI(user: "200", host: "example.org"), head: head)
        sip.send(request.encoded(), to: server.port)
        return request
    }

    /// The next message that is not a repetition: a busy machine makes for many.
    private mutating func message() async throws -> ParsedMessage {
        while true {
            let bytes = try await sip.next()
            if seen.insert(bytes).inserted { return MessageParser.parse(bytes) }
        }
    }

    /// The next response above 100. What it says of media and of the other side's tag is taken up.
    mutating func response() async throws -> SIPResponse {
        while true {
            guard case .response(let response) = try await message() else { throw NothingCame() }
            guard response.status > 100 else { continue }
            if response.head.cseq.method == .invite { remote.tag = response.head.to.tag }
            learn(response.head.body)
            return response
        }
    }

    mutating func request() async throws -> SIPRequest {
        guard case .request(let request) = try await message() else { throw NothingCame() }
        return request
    }

    /// The next INVITE, whose call is this telephone's from now on.
    mutating func invited() async throws -> SIPRequest {
        let invite = try await request()
        #expect(invite.method == .invite)
        (callID, remote) = (invite.head.callID, invite.head.from)
        local = invite.head.to
        local.tag = "far"
        learn(invite.head.body)
        return invite
    }

    func answer(_ request: SIPRequest, _ status: Int, body: [UInt8] = []) {
        var response = request.response(status, toTag: local.tag)
        response.head.contacts = [.address(NameAddress(uri: contact))]
        if !body.isEmpty { response.head.other = [HeaderField("Content-Type", "application/sdp")] }
        response.head.body = body
        sip.send(response.encoded(), to: server.port)
    }

    /// Calls and is answered.
    mutating func call(_ headers: [HeaderField] = []) async throws {
        send(.invite, headers, body: description())
        #expect(try await response().status == 200)
        send(.ack)
    }

    private mutating func learn(_ body: [UInt8]) {
        guard let port = (try? SessionDescription(parsing: body))?.media.first?.port else { return }
        remotePort = port
    }

    // MARK: Sound

    /// 20 ms of one byte.
    mutating func say(_ byte: UInt8) { sendRTP(type: 0, [UInt8](repeating: byte, count: 160)) }

    /// A whole telephone event (RFC 4733).
    mutating func press(_ event: UInt8) { sendRTP(type: 101, [event, 0x8A, 3, 0x20]) }

    private mutating func sendRTP(type: UInt8, _ payload: [UInt8]) {
        packets += 1
        let time = UInt32(packets) * 160
        let header: [UInt8] = [
            0x80, type, UInt8(packets >> 8), UInt8(packets & 0xFF), UInt8(time >> 24), UInt8(time >> 16 & 0xFF),
            UInt8(time >> 8 & 0xFF), UInt8(time & 0xFF), 1, 2, 3, 4,
        ]
        rtp.send(header + payload, to: remotePort)
    }

    /// Waits for a packet that fits.
    func hears(_ fits: ([UInt8]) -> Bool) async throws {
        for _ in 0..<400 {
            let packet = try await rtp.next()
            if packet.count == 172, fits(Array(packet[12...])) { return }
        }
        throw NothingCame()
    }

    /// Talks until the other telephone hears it, beginning with what it hears now: on a busy machine seconds of sound
    /// may be waiting there that nobody has listened to.
    mutating func isHeard(by other: Telephone, saying byte: UInt8) async throws {
        other.rtp.forget()
        for _ in 0..<200 {
            say(byte)
            let packet = try await other.rtp.next()
            if packet.count == 172, packet[12...].allSatisfy({ $0 == byte }) { return }
        }
        throw NothingCame()
    }
}

/// Loud and nowhere silent: one byte for as long as is wanted.
struct Drone: RecordedAudio {
    var encoding: AudioEncoding { .pcmu }
    var byteCount: Int
    var byte: UInt8
    func bytes(in range: Range<Int>) async throws -> [UInt8] { [UInt8](repeating: byte, count: range.count) }
}

/// What a flow wrote down, in order.
final class Diary: Sendable {
    private let entries: AsyncStream<String>
    private let pen: AsyncStream<String>.Continuation
    init() { (entries, pen) = AsyncStream.makeStream() }
    func note(_ entry: String) { pen.yield(entry) }
    func next() async throws -> String {
        var iterator = entries.makeAsyncIterator()
        return try #require(await iterator.next(isolation: nil))
    }
}

final class Office: SIPUser {
    typealias Script = @Sendable (any IncomingCall, Diary) async throws -> Void

    let diary = Diary()
    let switchboard: Switchboard
    private let account: String?
    private let script: Script

    private init(_ switchboard: Switchboard, account: String?, script: @escaping Script) {
        self.switchboard = switchboard
        self.account = account
        self.script = script
    }

    func received(_ request: IncomingRequest) {}
    func received(_ subscription: IncomingSubscribe) {}
    func received(_ call: IncomingInvite) {
        let head = call.request.head
        let invitation = Invitation(
            callID: head.callID, dialled: call.request.uri.user ?? "", domain: "example.org", callerNumber: "100",
            account: account, isAccountProven: account != nil, source: "test")
        Task {
            await switchboard.connect(call, as: invitation) { [diary, script] incoming in
                do {
                    try await script(incoming, diary)
                    diary.note("done")
                } catch {
                    diary.note("\((error as? CallEnded)?.reason as Any? ?? error)")
                }
            }
        }
    }

    /// - Parameters:
    ///   - account: the extension that calls; nil for a trunk.
    ///   - far: the telephone that every number is routed to.
    static func open(
        account: String? = "100", far: Wire? = nil, mediaTimeout: Duration = .seconds(30), script: @escaping Script,
        test: (Office, HostPort) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let media = try MediaEngine(
            MediaConfiguration(ports: 43_000...43_999, workers: 1, rtpTimeout: mediaTimeout), logger: logger)
        let endpoint = SIPEndpoint(
            configuration: SIPEndpointConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), logger: logger)
        let port = far?.port
        let equipment = Equipment(
            media: media, prompts: PromptLibrary(), endpoint: endpoint,
            route: { number, _ in
                guard let port, let flow = await endpoint.flow(to: HostPort(host: "127.0.0.1", port: port)) else {
                    return nil
                }
                return Route(target: SIPURI(user: number, host: "127.0.0.1", port: port), flow: flow)
            })
        let office = Office(Switchboard(equipment: equipment, logger: logger), account: account, script: script)
        let address = try #require(await endpoint.start(office).first)
        do {
            try await test(office, address)
        } catch {
            await endpoint.stop()
            media.close()
            throw error
        }
        await endpoint.stop()
        media.close()
    }
}
