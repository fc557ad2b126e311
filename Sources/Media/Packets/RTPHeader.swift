// Reads the fixed part of RTP packets (RFC 3550 §5.1), and says which part of an RTCP packet is fit to be shown
// to oRTP (RFC 3550 §6.4). Every byte is hostile: what does not add up is refused, never repaired.

struct RTPHeader: Equatable {
    var payloadType: UInt8
    var marker: Bool
    var sequence: UInt16
    var timestamp: UInt32
    var source: UInt32
    /// Where the payload lies in the packet, without padding.
    var payload: Range<Int>

    init?(_ packet: Span<UInt8>) {
        guard packet.count >= 12, packet[0] >> 6 == 2 else { return nil }
        var start = 12 + Int(packet[0] & 0x0F) * 4
        if packet[0] & 0x10 != 0 {
            guard packet.count >= start + 4 else { return nil }
            start += 4 + Int(packet.bigEndian16(at: start + 2)) * 4
        }
        var end = packet.count
        if packet[0] & 0x20 != 0 {
            let padding = Int(packet[end - 1])
            guard padding > 0 else { return nil }
            end -= padding
        }
        guard start <= end else { return nil }
        payloadType = packet[1] & 0x7F
        marker = packet[1] & 0x80 != 0
        sequence = packet.bigEndian16(at: 2)
        timestamp = packet.bigEndian32(at: 4)
        source = packet.bigEndian32(at: 8)
        payload = start..<end
    }
}

/// The length of the sender or receiver report that an RTCP packet begins with; nil when it begins with none or
/// when its lengths do not add up. What follows the report is not looked at: nothing in it is of use here.
func leadingReportLength(_ packet: Span<UInt8>) -> Int? {
    guard packet.count >= 8, packet[0] >> 6 == 2, packet[0] & 0x20 == 0 else { return nil }
    let blocks = Int(packet[0] & 0x1F)
    let length = (Int(packet.bigEndian16(at: 2)) + 1) * 4
    let needed: Int
    switch packet[1] {
    case 200: needed = 28 + blocks * 24
    case 201: needed = 8 + blocks * 24
    default: return nil
    }
    return needed <= length && length <= packet.count ? needed : nil
}

extension Span<UInt8> {
    func bigEndian16(at index: Int) -> UInt16 {
        UInt16(self[index]) << 8 | UInt16(self[index + 1])
    }

    func bigEndian32(at index: Int) -> UInt32 {
        UInt32(bigEndian16(at: index)) << 16 | UInt32(bigEndian16(at: index + 2))
    }
}
