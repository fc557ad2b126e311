// Datagrams to the RTP and RTCP sockets of a session that plays, records and listens for keys. Pieces of the input are
// parted by 0x1E; the first byte of each says for which socket it is, and by which source it comes.

internal import COrtp
import Foundation
import Glibc

final class SessionFuzz {
    nonisolated(unsafe) static let shared = SessionFuzz()  // The fuzzer has one thread.

    private let inbox = DatagramInbox()
    private let senders: [Int32]
    private let ports: PortRange

    init() {
        guard let range = try? PortRange(30_000...39_999) else { fatalError("no ports") }
        ports = range
        senders = (0..<2).map { _ in socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) }
    }

    func run(_ input: [UInt8]) {
        guard let sockets = try? ports.open(on: "127.0.0.1") else { fatalError("no ports") }
        let (_, continuation) = EventOutlet.makeStream()
        guard let core = SessionCore(sockets, outlet: EventOutlet(continuation), rtpTimeout: .seconds(30)) else {
            fatalError("no session")
        }
        var now = MediaTime(nanoseconds: 1_000_000_000)
        let codec = Codec.allCases[Int(input.first ?? 0) % Codec.allCases.count]
        let withEvents = (input.first ?? 0) & 0x80 != 0
        core.start(
            StreamParameters(
                codec: codec, payloadType: codec.staticPayloadType, telephoneEvent: withEvents ? 101 : nil,
                remoteAddress: "127.0.0.1", remotePort: 9, remoteControlPort: 9, detectsInbandDigits: true),
            at: now, inbox: inbox)
        core.record(
            RecordingRequest(maximumBytes: 100_000, silence: .seconds(5), stoppedBy: ["#"], endsOnTones: true),
            at: now, inbox: inbox)
        var round = 0
        for piece in input.dropFirst().split(separator: 0x1E, maxSplits: 60) {
            guard let kind = piece.first else { continue }
            send(Array(piece.dropFirst()), to: sockets.port + UInt16(kind & 1), by: senders[Int(kind >> 1 & 1)])
            round += Int(kind >> 4) + 1
            now = MediaTime(nanoseconds: now.nanoseconds + Int64(kind >> 4) * 20_000_000 + 20_000_000)
            core.receiveControl(at: now, inbox: inbox)
            core.tick(round: round, at: now, inbox: inbox)
        }
        core.close(at: now, inbox: inbox)
        continuation.finish()
    }

    private func send(_ bytes: [UInt8], to port: UInt16, by sender: Int32) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                _ = sendto(sender, bytes, bytes.count, 0, target, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
