// What most tests of sessions begin with: an engine, and one session that a telephone talks to.

import Logging

@testable import Media

func testEngine(rtpTimeout: Duration = .seconds(30), sessions: Int = 8) throws -> MediaEngine {
    var logger = Logger(label: "test")
    logger.logLevel = .error
    return try MediaEngine(
        MediaConfiguration(ports: 42_000...42_199, workers: 2, rtpTimeout: rtpTimeout, maximumSessions: sessions),
        logger: logger)
}

/// Whoever makes one without an engine closes its `engine`.
struct TestCall {
    let engine: MediaEngine
    let phone: TestPhone
    let session: MediaSession
    var events: EventReader
    /// Of the next packet that `talk` sends.
    private var packet = 0

    init(
        on engine: MediaEngine? = nil, codec: Codec = .pcmu, events: UInt8? = 101, control: UInt16 = 9,
        rtpTimeout: Duration = .seconds(30)
    ) throws {
        self.engine = try engine ?? testEngine(rtpTimeout: rtpTimeout)
        phone = try TestPhone()
        session = try self.engine.open(on: "127.0.0.1")
        self.events = EventReader(session)
        session.start(.to(phone, control: control, codec: codec, events: events))
    }

    func send(_ bytes: [UInt8]) {
        phone.send(bytes, to: session.localPort)
    }

    /// Sends audio in packets of 20 ms, one after the other.
    mutating func talk(_ audio: [UInt8], type: UInt8 = 0) {
        for piece in audio.pieces(of: 160) {
            send(rtpBytes(type: type, sequence: UInt16(packet), timestamp: UInt32(packet * 160), piece))
            packet += 1
        }
    }

    /// Sends a key as a telephone event, after all that was sent before, and waits until it is told: so the session has
    /// heard what came before.
    mutating func press(_ key: Character) async throws {
        send(
            rtpBytes(
                type: 101, sequence: UInt16(packet), timestamp: UInt32(packet * 160), eventBytes(key, duration: 160)))
        packet += 1
        try await events.key(key)
    }
}
