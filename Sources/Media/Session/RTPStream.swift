// One oRTP session over sockets that are ours. oRTP numbers and sends our packets and does RTCP (RFC 3550): it is
// told of every packet that was accepted, for its statistics and reports, and its own sockets, scheduler, jitter
// buffer and telephone events stay unused. It asks for reports through its transport hooks, which hand over what was
// read already and otherwise say that there is nothing.

internal import COrtp
internal import Glibc

/// Belongs to one media session and to the thread that runs it.
final class RTPStream {
    /// What the C hooks work on. They run only inside calls that `RTPStream` makes on its own thread.
    fileprivate struct Port {
        var descriptor: Int32 = -1
        var destination = sockaddr_storage()
        var destinationLength: socklen_t = 0
        var input: UnsafePointer<UInt8>?
        var inputLength = 0
        var failures = 0
        /// Of a protected session.
        var protection: PacketProtection?
        var isControl = false
    }

    private let session: UnsafeMutablePointer<RtpSession>
    private let ports: UnsafeMutablePointer<Port>
    private let sockets: SocketPair
    private var asked: UInt32 = 0

    /// Largest packet that oRTP takes.
    static let packetLimit = 1_500

    init?(_ sockets: SocketPair) {
        RTPStream.initialiseLibrary
        guard let session = rtp_session_new(Int32(RTP_SESSION_SENDRECV.rawValue)) else { return nil }
        self.session = session
        self.sockets = sockets
        ports = .allocate(capacity: 2)
        ports.initialize(repeating: Port(), count: 2)
        ports[0].descriptor = sockets.rtp
        ports[1].descriptor = sockets.rtcp
        ports[1].isControl = true
        configure()
        attach()
    }

    deinit {
        rtp_session_destroy(session)
        ports.deinitialize(count: 2)
        ports.deallocate()
    }

    /// How many packets the system did not take since this was last asked.
    func takeFailures() -> Int {
        defer {
            ports[0].failures = 0
            ports[1].failures = 0
        }
        return ports[0].failures + ports[1].failures
    }

    func setPayloadType(_ payloadType: UInt8) {
        rtp_session_set_payload_type(session, Int32(payloadType))
    }

    /// What RTP and RTCP are encrypted with from now on.
    func setProtection(_ protection: PacketProtection?) {
        ports[0].protection = protection
        ports[1].protection = protection
    }

    func setDestination(_ address: NetworkAddress?) {
        ports[0].destinationLength = address?.write(to: &ports[0].destination, family: sockets.family) ?? 0
    }

    func setControlDestination(_ address: NetworkAddress?) {
        ports[1].destinationLength = address?.write(to: &ports[1].destination, family: sockets.family) ?? 0
    }

    func send(_ payload: UnsafePointer<UInt8>, count: Int, timestamp: UInt32, marker: Bool) {
        guard ports[0].destinationLength > 0 else { return }
        guard let packet = rtp_session_create_packet(session, 12, payload, count) else { return }
        if marker { ortp_set_marker(packet) }
        rtp_session_sendm_with_ts(session, packet, timestamp)
    }

    /// Tells oRTP of a packet that was accepted.
    func receive(_ packet: UnsafeBufferPointer<UInt8>, at now: MediaTime) {
        ortp_account_for(session, packet.baseAddress, packet.count, now.samples)
    }

    /// Shows oRTP a report that was accepted.
    func receiveControl(_ packet: UnsafeBufferPointer<UInt8>, at now: MediaTime) {
        guard packet.count <= Self.packetLimit else { return }
        ports[1].input = packet.baseAddress
        ports[1].inputLength = packet.count
        takeTurn(at: now)
        ports[1].input = nil
    }

    /// Lets oRTP send the report that may be due; whenever something is sent it does so by itself.
    func takeTurn(at now: MediaTime) {
        // oRTP reads its sockets only when it is asked for another timestamp than before.
        asked = now.samples == asked ? asked &+ 1 : now.samples
        if let message = rtp_session_recvm_with_ts(session, asked) { freemsg(message) }
    }

    /// Tells the peer's RTCP that we leave (RFC 3550 §6.6).
    func sayGoodbye() {
        rtp_session_bye(session, nil)
    }

    /// The sockets are about to be closed: nothing is sent any more.
    func detach() {
        setDestination(nil)
        setControlDestination(nil)
    }

    private func configure() {
        rtp_session_set_scheduling_mode(session, 0)
        rtp_session_set_blocking_mode(session, 0)
        rtp_session_enable_jitter_buffer(session, 0)
        rtp_session_set_symmetric_rtp(session, 0)
        rtp_session_set_ssrc_changed_threshold(session, 0)
        rtp_session_set_recv_buf_size(session, Int32(Self.packetLimit))
        rtp_session_set_profile(session, Self.profile)
        let source = UInt32.random(in: .min ... .max)
        rtp_session_set_ssrc(session, source)
        rtp_session_set_seq_number(session, UInt16.random(in: .min ... .max))
        // RFC 7022 §4.2: a name that says nothing about us and is new for each session.
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        rtp_session_set_source_description(session, name, nil, nil, nil, nil, nil, nil)
        // Each takes 1 kB for some 20 bytes, which nothing is added to any more.
        Self.fit(&session.pointee.minimal_sdes)
        Self.fit(&session.pointee.full_sdes)
    }

    private static func fit(_ message: inout UnsafeMutablePointer<mblk_t>?) {
        guard let loose = message, let fitting = copymsg(loose) else { return }
        freemsg(loose)
        message = fitting
    }

    private func attach() {
        var meta: UnsafeMutablePointer<RtpTransport>?
        var controlMeta: UnsafeMutablePointer<RtpTransport>?
        rtp_session_get_transports(session, &meta, &controlMeta)
        meta_rtp_transport_set_endpoint(meta, makeTransport(ports))
        meta_rtp_transport_set_endpoint(controlMeta, makeTransport(ports + 1))
    }

    /// oRTP calls `t_destroy` when its session is destroyed; the memory is from `malloc` and given back there.
    private func makeTransport(_ port: UnsafeMutablePointer<Port>) -> UnsafeMutablePointer<RtpTransport>? {
        guard let memory = calloc(1, MemoryLayout<RtpTransport>.size) else { return nil }
        let transport = memory.assumingMemoryBound(to: RtpTransport.self)
        transport.pointee.data = UnsafeMutableRawPointer(port)
        transport.pointee.t_getsocket = { RTPStream.port($0)?.pointee.descriptor ?? -1 }
        transport.pointee.t_sendto = { transport, message, _, _, _ in RTPStream.transmit(transport, message) }
        transport.pointee.t_recvfrom = { transport, message, _, from, length in
            RTPStream.handOver(transport, message, from, length)
        }
        transport.pointee.t_close = { _ in }
        transport.pointee.t_destroy = { free($0) }
        return transport
    }

    private static func port(_ transport: UnsafeMutablePointer<RtpTransport>?) -> UnsafeMutablePointer<Port>? {
        transport?.pointee.data?.assumingMemoryBound(to: Port.self)
    }

    /// Always says that it was sent: oRTP writes to its log for every packet that was not.
    private static func transmit(
        _ transport: UnsafeMutablePointer<RtpTransport>?, _ message: UnsafeMutablePointer<mblk_t>?
    ) -> Int32 {
        guard let port = port(transport), let message else { return 0 }
        if message.pointee.b_cont != nil { msgpullup(message, -1) }
        let size = message.pointee.b_wptr - message.pointee.b_rptr
        guard port.pointee.destinationLength > 0 else { return Int32(size) }
        let isSent =
            port.pointee.protection == nil
            ? send(message.pointee.b_rptr, size, port) : sendProtected(message.pointee.b_rptr, size, port)
        if !isSent { port.pointee.failures += 1 }
        return Int32(size)
    }

    private static func send(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ port: UnsafeMutablePointer<Port>) -> Bool {
        withUnsafePointer(to: &port.pointee.destination) { destination in
            sendto(
                port.pointee.descriptor, bytes, count, Int32(MSG_NOSIGNAL),
                UnsafeRawPointer(destination).assumingMemoryBound(to: sockaddr.self), port.pointee.destinationLength)
        } >= 0
    }

    /// What cannot be encrypted is not sent.
    private static func sendProtected(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ port: UnsafeMutablePointer<Port>
    ) -> Bool {
        guard count <= packetLimit else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: packetLimit + PacketProtection.trailer) { copy in
            guard let start = copy.baseAddress else { return false }
            start.initialize(from: bytes, count: count)
            let isControl = port.pointee.isControl
            guard let size = port.pointee.protection?.protect(start, count: count, isControl: isControl) else {
                return false
            }
            return send(start, size, port)
        }
    }

    private static func handOver(
        _ transport: UnsafeMutablePointer<RtpTransport>?, _ message: UnsafeMutablePointer<mblk_t>?,
        _ from: UnsafeMutablePointer<sockaddr>?, _ fromLength: UnsafeMutablePointer<socklen_t>?
    ) -> Int32 {
        guard let port = port(transport), let message, let input = port.pointee.input else {
            errno = EWOULDBLOCK
            return -1
        }
        port.pointee.input = nil
        memcpy(message.pointee.b_wptr, input, port.pointee.inputLength)
        let length = port.pointee.destinationLength
        if let from, let fromLength, fromLength.pointee >= length {
            memcpy(from, &port.pointee.destination, Int(length))
            fromLength.pointee = length
        }
        return Int32(port.pointee.inputLength)
    }

    private static let initialiseLibrary: Void = {
        ortp_init()
        // Nothing is logged on media threads, least of all what a stranger sends.
        bctbx_set_log_level_mask("ortp", 0)
    }()

    /// What payload types mean to the oRTP of every session: 8 kHz, which is all that matters to it. That is G.722's clock
    /// too (RFC 3551 §4.5.2), and a telephone event's: to oRTP it is audio, which must reach the statistics and nothing
    /// else. `nonisolated(unsafe)`: nothing is written to it after this.
    private nonisolated(unsafe) static let profile: UnsafeMutablePointer<RtpProfile> = {
        RTPStream.initialiseLibrary
        guard let profile = rtp_profile_new("calls") else { fatalError("no memory for the profile of oRTP") }
        for payloadType in 0...127 as ClosedRange<Int32> {
            rtp_profile_set_payload(profile, payloadType, ortp_payload_pcmu())
        }
        return profile
    }()
}
