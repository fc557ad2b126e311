// SRTP and SRTCP (RFC 3711) by libsrtp: packets are encrypted and authenticated in place, on the media thread that owns
// the session. What was seen before, or is not authentic, is refused (§3.3.2 there), so nobody without the key gets
// in, whatever address he writes.

internal import CSRTP

/// The keys of a session, as signalling has settled them. Says nothing of itself but that it is there.
public struct StreamProtection: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// Octets of the tag of an RTP packet (RFC 4568 §6.2); RTCP has 80 bits always.
    public enum Tag: Sendable, Hashable { case bits80, bits32 }

    public var tag: Tag
    /// Master key and salt, 30 octets each.
    public var sendingKey: [UInt8]
    public var receivingKey: [UInt8]

    public init(tag: Tag, sendingKey: [UInt8], receivingKey: [UInt8]) {
        self.tag = tag
        self.sendingKey = sendingKey
        self.receivingKey = receivingKey
    }

    public var description: String { "(protected)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// One direction of a protected session. Belongs to the thread that runs the session.
final class PacketProtection {
    /// What a packet may grow by.
    static let trailer = Int(SRTP_MAX_TRAILER_LEN) + 4
    /// How many synchronization sources are kept account of, for replay; a peer that has had more is not heard.
    private static let sources = 16

    private let context: srtp_t
    private var known: [UInt32] = []

    /// nil when the key has not 30 octets.
    init?(key: [UInt8], tag: StreamProtection.Tag, sends: Bool) {
        PacketProtection.initialiseLibrary
        guard key.count == 30 else { return nil }
        var policy = srtp_policy_t()
        switch tag {
        case .bits80: srtp_crypto_policy_set_rtp_default(&policy.rtp)
        case .bits32: srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp)
        }
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp)
        policy.ssrc.type = sends ? ssrc_any_outbound : ssrc_any_inbound
        policy.window_size = 128
        var key = key
        var made: srtp_t?
        let status = key.withUnsafeMutableBufferPointer { key in
            policy.key = key.baseAddress
            return srtp_create(&made, &policy)
        }
        guard status == srtp_err_status_ok, let made else { return nil }
        context = made
        known.reserveCapacity(Self.sources)
    }

    deinit {
        srtp_dealloc(context)
    }

    /// Encrypts a packet in place; there must be room for `trailer` more. Returns its new length, nil when it must not
    /// be sent.
    func protect(_ packet: UnsafeMutablePointer<UInt8>, count: Int, isControl: Bool) -> Int? {
        var length = Int32(count)
        let status =
            isControl ? srtp_protect_rtcp(context, packet, &length) : srtp_protect(context, packet, &length)
        return status == srtp_err_status_ok ? Int(length) : nil
    }

    /// Decrypts an RTP packet in place. Returns its new length; nil for one that is forged or was there before, and then
    /// it is as it was.
    func unprotect(_ packet: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        guard let header = RTPHeader(Span(_unsafeElements: UnsafeBufferPointer(packet))) else { return nil }
        let isKnown = known.contains(header.source)
        guard isKnown || known.count < Self.sources else { return nil }
        var length = Int32(packet.count)
        guard srtp_unprotect(context, packet.baseAddress, &length) == srtp_err_status_ok else { return nil }
        if !isKnown { known.append(header.source) }
        return Int(length)
    }

    /// Decrypts an RTCP packet in place, likewise.
    func unprotectControl(_ packet: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        guard packet.count >= 8, packet[0] >> 6 == 2 else { return nil }
        let source = Span(_unsafeElements: UnsafeBufferPointer(packet)).bigEndian32(at: 4)
        let isKnown = known.contains(source)
        guard isKnown || known.count < Self.sources else { return nil }
        var length = Int32(packet.count)
        guard srtp_unprotect_rtcp(context, packet.baseAddress, &length) == srtp_err_status_ok else { return nil }
        if !isKnown { known.append(source) }
        return Int(length)
    }

    private static let initialiseLibrary: Void = { _ = srtp_init() }()
}

/// What protects a session, both ways, through changes of its keys.
struct Guardian {
    /// How long packets that were on their way when the key changed are still understood, in milliseconds.
    static let farewell: Int64 = 1_000

    private var protection: StreamProtection?
    private(set) var sending: PacketProtection?
    private var receiving: PacketProtection?
    private var previous: PacketProtection?
    private var farewellUntil = MediaTime(nanoseconds: 0)

    /// Whether there are keys and they are of no use: then nothing may be sent.
    var isBroken: Bool { protection != nil && (sending == nil || receiving == nil) }

    /// A key that stays goes on where it was: its count of packets must not begin again.
    mutating func change(to new: StreamProtection?, at now: MediaTime) {
        guard new != protection else { return }
        if new?.tag != protection?.tag || new?.sendingKey != protection?.sendingKey {
            sending = new.flatMap { PacketProtection(key: $0.sendingKey, tag: $0.tag, sends: true) }
        }
        if new?.tag != protection?.tag || new?.receivingKey != protection?.receivingKey {
            previous = receiving
            farewellUntil = now + Self.farewell
            receiving = new.flatMap { PacketProtection(key: $0.receivingKey, tag: $0.tag, sends: false) }
        }
        protection = new
    }

    /// The packet as it was before it was encrypted; nil when it is refused.
    mutating func open(_ packet: UnsafeMutableBufferPointer<UInt8>, at now: MediaTime) -> UnsafeBufferPointer<UInt8>? {
        guard protection != nil else { return UnsafeBufferPointer(packet) }
        let length = receiving?.unprotect(packet) ?? former(at: now)?.unprotect(packet)
        return length.map { UnsafeBufferPointer(rebasing: packet[..<$0]) }
    }

    mutating func openControl(
        _ packet: UnsafeMutableBufferPointer<UInt8>, at now: MediaTime
    ) -> UnsafeBufferPointer<UInt8>? {
        guard protection != nil else { return UnsafeBufferPointer(packet) }
        let length = receiving?.unprotectControl(packet) ?? former(at: now)?.unprotectControl(packet)
        return length.map { UnsafeBufferPointer(rebasing: packet[..<$0]) }
    }

    private mutating func former(at now: MediaTime) -> PacketProtection? {
        if previous != nil, now >= farewellUntil { previous = nil }
        return previous
    }
}
