// A telephone's RTP sockets for tests: it sends what it is told and waits, with a time-out, for what it is sent.

import Glibc
import Testing

@testable import Media

/// One UDP socket on loopback, at a port that the system chose.
final class TestPhone {
    struct Received {
        var header: RTPHeader
        var payload: [UInt8]
    }

    let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        try #require(bound)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8], to port: UInt16) {
        var address = Self.loopback(port)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = sendto(descriptor, bytes, bytes.count, 0, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// The next datagram; fails the test after 5 s without one.
    func datagram() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2_048)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        try #require(count >= 0, "nothing arrived")
        return Array(bytes[..<count])
    }

    func packet() throws -> Received {
        let bytes = try datagram()
        let header = try #require(parsed(bytes))
        return Received(header: header, payload: Array(bytes[header.payload]))
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

extension StreamParameters {
    static func to(
        _ phone: TestPhone, control: UInt16 = 9, codec: Codec = .pcmu, events: UInt8? = 101, sends: Bool = true,
        receives: Bool = true
    ) -> StreamParameters {
        StreamParameters(
            codec: codec, payloadType: codec.staticPayloadType, telephoneEvent: events, remoteAddress: "127.0.0.1",
            remotePort: phone.port, remoteControlPort: control, sends: sends, receives: receives,
            detectsInbandDigits: events == nil)
    }
}

/// Reads events one after the other.
struct EventReader {
    private var iterator: AsyncStream<MediaEvent>.Iterator
    /// What came before a key that was waited for.
    private var passed: [MediaEvent] = []

    init(_ session: MediaSession) {
        iterator = session.events.makeAsyncIterator()
    }

    mutating func next() async throws -> MediaEvent {
        passed.isEmpty ? try await fresh() : passed.removeFirst()
    }

    private mutating func fresh() async throws -> MediaEvent {
        try #require(await iterator.next(isolation: nil), "the session has no more events")
    }

    /// Waits for a key; what comes before it is still there afterwards.
    mutating func key(_ key: Character) async throws {
        while case let event = try await fresh(), event != .digit(key) { passed.append(event) }
    }

    /// Waits until everything that was asked of the session before has been taken up by its thread.
    mutating func fence(_ session: MediaSession) async throws {
        session.press("D")
        try await key("D")
    }

    /// Everything that is recorded until the recording ends.
    mutating func recording() async throws -> (audio: [UInt8], summary: RecordingSummary) {
        var audio: [UInt8] = []
        while true {
            switch try await next() {
            case .recorded(let bytes): audio += bytes
            case .recordingEnded(let summary): return (audio, summary)
            default: continue
            }
        }
    }
}
