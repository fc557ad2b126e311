// G3: SRTP. The other side is libsrtp too, as a telephone has it: what is encrypted is understood there, what is forged,
// repeated or in clear is not heard, and keys change while a call goes on.

import Testing

@testable import Media

private let one = (1...30).map { UInt8($0) }
private let other = (101...130).map { UInt8($0) }

extension PacketProtection {
    fileprivate func sealed(_ packet: [UInt8], isControl: Bool = false) throws -> [UInt8] {
        var bytes = packet + [UInt8](repeating: 0, count: Self.trailer)
        let count = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { protect($0, count: packet.count, isControl: isControl) }
        }
        return Array(bytes[..<(try #require(count))])
    }

    fileprivate func opened(_ packet: [UInt8], isControl: Bool = false) -> [UInt8]? {
        var bytes = packet
        let count = bytes.withUnsafeMutableBufferPointer { isControl ? unprotectControl($0) : unprotect($0) }
        return count.map { Array(bytes[..<$0]) }
    }
}

extension Guardian {
    fileprivate mutating func hears(_ packet: [UInt8], at time: Int64) -> Bool {
        var bytes = packet
        return bytes.withUnsafeMutableBufferPointer { open($0, at: milliseconds(time)) != nil }
    }
}

@Suite("G3: what a key does")
struct ProtectionTests {
    private func packet(_ sequence: UInt16, source: UInt32 = 7) -> [UInt8] {
        rtpBytes(sequence: sequence, timestamp: UInt32(sequence) * 160, source: source, speech(160))
    }

    private func ends(_ tag: StreamProtection.Tag = .bits80) throws -> (PacketProtection, PacketProtection) {
        (
            try #require(PacketProtection(key: one, tag: tag, sends: true)),
            try #require(PacketProtection(key: one, tag: tag, sends: false))
        )
    }

    @Test(arguments: [(StreamProtection.Tag.bits80, 10), (.bits32, 4)])
    func whatIsEncryptedIsLongerByTheTagAndComesOutAsItWas(tag: StreamProtection.Tag, length: Int) throws {
        let (sender, receiver) = try ends(tag)
        let sealed = try sender.sealed(packet(1))
        #expect(sealed.count == packet(1).count + length)
        #expect(sealed[..<12] == packet(1)[..<12] && sealed[12..<172] != packet(1)[12...])
        #expect(receiver.opened(sealed) == packet(1))
        let report: [UInt8] = [0x80, 201, 0, 1, 0, 0, 0, 9]
        let control = try sender.sealed(report, isControl: true)
        #expect(control.count == report.count + 4 + 10)
        #expect(receiver.opened(control, isControl: true) == report)
        #expect(receiver.opened(control, isControl: true) == nil, "a repetition")
    }

    @Test func whatWasThereBeforeIsChangedOrInClearIsRefused() throws {
        let (sender, receiver) = try ends()
        let sealed = try (1...300).map { try sender.sealed(packet(UInt16($0))) }
        #expect(receiver.opened(sealed[0]) != nil)
        #expect(receiver.opened(sealed[0]) == nil, "a repetition")
        for place in [1, 13, 100, sealed[1].count - 1] {
            var changed = sealed[1]
            changed[place] ^= 1
            #expect(receiver.opened(changed) == nil)
        }
        #expect(receiver.opened(packet(2)) == nil)
        #expect(receiver.opened(sealed[1]) != nil)
        #expect(receiver.opened(sealed[299]) != nil)
        #expect(receiver.opened(sealed[250]) != nil, "late, and not seen yet")
        #expect(receiver.opened(sealed[100]) == nil, "too late to say whether it was seen")
        let stranger = try #require(PacketProtection(key: other, tag: .bits80, sends: true))
        #expect(receiver.opened(try stranger.sealed(packet(301))) == nil)
    }

    @Test func theSequenceNumbersMayBeginAnew() throws {
        let (sender, receiver) = try ends()
        for sequence in [65_534, 65_535, 0, 1] as [UInt16] {
            #expect(receiver.opened(try sender.sealed(packet(sequence))) == packet(sequence))
        }
    }

    @Test func aPeerThatIsAlwaysSomebodyElseIsNotHeardForEver() throws {
        let (sender, receiver) = try ends()
        let heard = try (1...40).count { receiver.opened(try sender.sealed(packet(1, source: UInt32($0)))) != nil }
        #expect(heard == 16)
    }

    @Test func aKeyOfAnotherLengthIsNone() {
        #expect(PacketProtection(key: Array(one.dropLast()), tag: .bits80, sends: true) == nil)
        var guardian = Guardian()
        guardian.change(to: StreamProtection(tag: .bits80, sendingKey: [], receivingKey: []), at: milliseconds(0))
        #expect(guardian.isBroken)
        let heard1 = guardian.hears(packet(1), at: 0)
        #expect(!heard1)
    }

    @Test func keysAreNotWritten() {
        let protection = StreamProtection(tag: .bits80, sendingKey: one, receivingKey: other)
        var dumped = ""
        dump(protection, to: &dumped)
        for text in ["\(protection)", String(reflecting: protection), dumped] { #expect(!text.contains("101")) }
    }

    @Test func whatWasOnItsWayWhenTheKeyChangedIsHeardForASecond() throws {
        let (old, _) = try ends()
        let new = try #require(PacketProtection(key: other, tag: .bits80, sends: true))
        var guardian = Guardian()
        guardian.change(to: StreamProtection(tag: .bits80, sendingKey: one, receivingKey: one), at: milliseconds(0))
        let heard2 = try guardian.hears(old.sealed(packet(1)), at: 20)
        #expect(heard2)
        guardian.change(to: StreamProtection(tag: .bits80, sendingKey: one, receivingKey: other), at: milliseconds(40))
        let heard3 = try guardian.hears(old.sealed(packet(2)), at: 50)
        #expect(heard3)
        let heard4 = try guardian.hears(new.sealed(packet(3)), at: 60)
        #expect(heard4)
        let heard5 = try guardian.hears(old.sealed(packet(4)), at: 1_040)
        #expect(!heard5)
        let heard6 = try guardian.hears(new.sealed(packet(5)), at: 1_060)
        #expect(heard6)
    }

    @Test func aKeyThatStaysKeepsItsCount() throws {
        var guardian = Guardian()
        let keys = StreamProtection(tag: .bits80, sendingKey: one, receivingKey: other)
        guardian.change(to: keys, at: milliseconds(0))
        let before = guardian.sending
        var changed = keys
        changed.receivingKey = one
        guardian.change(to: changed, at: milliseconds(20))
        #expect(guardian.sending === before)
        changed.tag = .bits32
        guardian.change(to: changed, at: milliseconds(40))
        #expect(guardian.sending !== before)
    }
}

@Suite("G3: SRTP on real sockets", .serialized, .timeLimit(.minutes(1)))
struct ProtectedSessionTests {
    @Test(arguments: [StreamProtection.Tag.bits80, .bits32])
    func bothWaysAreEncryptedAndNobodyElseIsHeard(tag: StreamProtection.Tag) async throws {
        var call = try TestCall()
        defer { call.engine.close() }
        var parameters = StreamParameters.to(call.phone)
        parameters.protection = StreamProtection(tag: tag, sendingKey: one, receivingKey: other)
        call.session.start(parameters)
        call.session.record(RecordingRequest(maximumBytes: 100_000, silence: .seconds(10)))
        call.session.play(PlaybackID(1), [AudioBuffer(speech(800))])
        try await call.events.fence(call.session)
        let ear = try #require(PacketProtection(key: one, tag: tag, sends: false))
        let mouth = try #require(PacketProtection(key: other, tag: tag, sends: true))
        var heard: [UInt8] = []
        while heard.count < 800 {
            let datagram = try call.phone.datagram()
            guard let packet = ear.opened(datagram) else {
                #expect(datagram.count == 172, "before the keys came")
                continue
            }
            let payload = Array(packet[12...])
            if !heard.isEmpty || payload != silence(160) { heard += payload }
        }
        #expect(heard == speech(800))

        let said = speech(480, seed: 4).pieces(of: 160)
        let stranger = try TestPhone()
        for (index, piece) in said.enumerated() {
            let packet = rtpBytes(sequence: UInt16(index), timestamp: UInt32(index * 160), piece)
            stranger.send(
                rtpBytes(sequence: UInt16(index), timestamp: UInt32(index * 160), speech(160, seed: 9)),
                to: call.session.localPort)
            let sealed = try mouth.sealed(packet)
            call.send(rtpBytes(sequence: UInt16(index), timestamp: UInt32(index * 160), speech(160, seed: 8)))
            call.send(sealed)
            call.send(sealed)
        }
        call.session.stopRecording()
        #expect(try await call.events.recording().audio.withoutLeadingSilence() == said.flatMap { $0 })
    }
}
