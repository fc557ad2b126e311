// G1, G2, A4: the other machines: whom audio is taken from, what is a packet, and what is played.

import Testing

@testable import Media

@Suite("G1: symmetric RTP")
struct SourceLockTests {
    private let signalled = NetworkAddress("192.0.2.1", port: 4_000)
    private let behindNAT = NetworkAddress("198.51.100.7", port: 61_000)
    private let stranger = NetworkAddress("203.0.113.9", port: 9)

    @Test func untilSomethingIsHeardTheSignalledAddressIsSentTo() throws {
        var lock = SourceLock()
        lock.signal(signalled, at: milliseconds(0))
        #expect(lock.destination == signalled)
        #expect(!lock.isLocked)
    }

    @Test func theFirstSourceIsBelievedAndNobodyAfterIt() throws {
        var lock = SourceLock()
        lock.signal(signalled, at: milliseconds(0))
        let phone = try #require(behindNAT)
        let other = try #require(stranger)
        let first = lock.accepts(phone, at: milliseconds(10))
        let intruder = lock.accepts(other, at: milliseconds(20))
        let again = lock.accepts(phone, at: milliseconds(510))
        #expect([first, intruder, again] == [true, false, true])
        #expect(lock.destination == behindNAT)
    }

    @Test(arguments: [30, 5_000]) func theSignalledAddressWinsWheneverItIsHeard(late: Int64) throws {
        var lock = SourceLock()
        lock.signal(signalled, at: milliseconds(0))
        let other = try #require(stranger)
        let home = try #require(signalled)
        let faster = lock.accepts(other, at: milliseconds(10))
        let right = lock.accepts(home, at: milliseconds(late))
        let then = lock.accepts(other, at: milliseconds(late + 20))
        #expect([faster, right, then] == [true, true, false])
        #expect(lock.destination == signalled)
    }

    @Test func aNewSignalledAddressStartsTheSearchAnewAndTheSameDoesNot() throws {
        var lock = SourceLock()
        let old = try #require(behindNAT)
        let new = try #require(NetworkAddress("192.0.2.1", port: 5_000))
        lock.signal(signalled, at: milliseconds(0))
        _ = lock.accepts(old, at: milliseconds(10))
        lock.signal(signalled, at: milliseconds(1_000))
        #expect(lock.destination == behindNAT)
        lock.signal(new, at: milliseconds(2_000))
        #expect(lock.destination == new)
        let onItsWay = lock.accepts(old, at: milliseconds(2_010))
        #expect(onItsWay)
        #expect(lock.destination == new)
        let moved = lock.accepts(new, at: milliseconds(2_100))
        let gone = lock.accepts(old, at: milliseconds(2_120))
        #expect([moved, gone] == [true, false])
    }

    @Test func aPeerThatStaysWhereItWasIsFoundAgain() throws {
        var lock = SourceLock()
        let phone = try #require(behindNAT)
        lock.signal(signalled, at: milliseconds(0))
        _ = lock.accepts(phone, at: milliseconds(10))
        lock.signal(NetworkAddress("192.0.2.1", port: 5_000), at: milliseconds(2_000))
        let later = lock.accepts(phone, at: milliseconds(3_100))
        #expect(later)
        #expect(lock.destination == phone)
    }

    @Test func noAddressAndTheHoldOfOldAreNotSentTo() {
        var lock = SourceLock()
        lock.signal(NetworkAddress("0.0.0.0", port: 4_000), at: milliseconds(0))
        #expect(lock.destination == nil)
        lock.signal(NetworkAddress("phone.example.org", port: 4_000), at: milliseconds(0))
        #expect(lock.destination == nil)
        lock.signal(signalled, at: milliseconds(0))
        lock.signal(NetworkAddress("::", port: 4_000), at: milliseconds(10))
        #expect(lock.destination == signalled)
    }

    @Test func anIPv4PeerIsTheSameOnASocketForBothFamilies() {
        #expect(NetworkAddress("192.0.2.1", port: 4_000) == NetworkAddress("::ffff:192.0.2.1", port: 4_000))
        #expect(NetworkAddress("2001:db8::1", port: 4_000) != NetworkAddress("2001:db8::2", port: 4_000))
    }
}

@Suite("G1: hostile packets")
struct PacketTests {
    @Test func aPacketIsRead() throws {
        let bytes = rtpBytes(type: 101, marker: true, sequence: 65_535, timestamp: .max, source: 7, [1, 2, 3])
        let header = try #require(parsed(bytes))
        #expect(header.payloadType == 101)
        #expect(header.marker)
        #expect(header.sequence == 65_535)
        #expect(header.timestamp == .max)
        #expect(header.source == 7)
        #expect(header.payload == 12..<15)
    }

    @Test func extensionsContributorsAndPaddingAreNotAudio() throws {
        var bytes = rtpBytes(sequence: 1, timestamp: 2, [])
        bytes[0] = 0x80 | 0x20 | 0x10 | 2
        bytes += [UInt8](repeating: 9, count: 8) + [0xBE, 0xDE, 0, 1, 5, 5, 5, 5] + [1, 2, 3] + [0, 0, 3]
        let header = try #require(parsed(bytes))
        #expect(Array(bytes[header.payload]) == [1, 2, 3])
    }

    @Test func whatDoesNotAddUpIsRefused() {
        let good = rtpBytes(sequence: 1, timestamp: 2, [7, 7, 7, 200])
        func changed(_ change: (inout [UInt8]) -> Void) -> RTPHeader? {
            var bytes = good
            change(&bytes)
            return parsed(bytes)
        }
        #expect(changed { _ in } != nil)
        #expect(changed { $0[0] = 0x40 } == nil)
        #expect(changed { $0 = Array($0[..<11]) } == nil)
        #expect(changed { $0 = [] } == nil)
        #expect(changed { $0[0] |= 0x0F } == nil)
        #expect(changed { $0[0] |= 0x20 } == nil)
        #expect(changed { $0[0] |= 0x10 } == nil)
    }

    @Test func onlyWholeReportsAreShownToTheLibrary() {
        let receiverReport: [UInt8] = [0x81, 201, 0, 7] + [UInt8](repeating: 1, count: 28)
        #expect(reportLength(of: receiverReport + [1, 2, 3]) == 32)
        #expect(reportLength(of: Array(receiverReport[..<30])) == nil)
        #expect(reportLength(of: [0x82] + receiverReport[1...]) == nil)
        #expect(reportLength(of: [0x81, 204, 0, 1, 0, 0, 0, 0]) == nil)
        #expect(reportLength(of: [0x80, 200, 0, 1, 0, 0, 0, 0]) == nil)
        #expect(reportLength(of: [0x80, 201, 0, 1, 0, 0, 0, 0]) == 8)
        #expect(reportLength(of: [0x80, 201]) == nil)
    }
}

@Suite("A4: playback")
struct PlayerTests {
    private func play(_ player: inout Player, frames: Int) -> [UInt8] {
        var heard: [UInt8] = []
        for _ in 0..<frames {
            var frame = [UInt8](repeating: 0, count: 160)
            let count = frame.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.map { player.fill($0, count: 160) } ?? 0
            }
            heard += frame[..<count]
        }
        return heard
    }

    @Test func buffersOfAllSizesAreJoinedFromWhereItIsAsked() {
        let audio = speech(1_000)
        let buffers = [audio[..<1], audio[1..<1], audio[1..<500], audio[500...]].map { AudioBuffer(Array($0)) }
        for offset in [0, 1, 250, 500, 999, 1_000] {
            var player = Player(PlaybackID(1), buffers, from: offset, ends: true, stoppedBy: [])
            let heard = play(&player, frames: 7)
            #expect(heard == Array(audio[offset...]))
            #expect(player.hasEnded)
            #expect(player.bytesPlayed == 1_000 - offset)
        }
    }

    @Test func nothingToPlayHasEnded() {
        #expect(Player(PlaybackID(1), [], from: 0, ends: true, stoppedBy: []).hasEnded)
        #expect(Player(PlaybackID(1), [AudioBuffer([1])], from: 9, ends: true, stoppedBy: []).hasEnded)
        #expect(!Player(PlaybackID(1), [], from: 0, ends: false, stoppedBy: []).hasEnded)
    }

    @Test func itAsksForMoreOnceBeforeItRunsOut() {
        var player = Player(PlaybackID(1), [AudioBuffer(speech(Player.low + 160))], from: 0, ends: false, stoppedBy: [])
        let atFirst = player.runsLow()
        let head = play(&player, frames: 2)
        let low = player.runsLow()
        let stillLow = player.runsLow()
        player.append([AudioBuffer(speech(80, seed: 2))], ends: false)
        let lowAgain = player.runsLow()
        player.append([], ends: true)
        let atTheEnd = player.runsLow()
        #expect([atFirst, low, stillLow, lowAgain, atTheEnd] == [false, true, false, true, false])
        let rest = play(&player, frames: 200)
        #expect(head + rest == speech(Player.low + 160) + speech(80, seed: 2))
        #expect(player.hasEnded)
    }
}

@Suite("G2: codecs")
struct CodecTests {
    @Test(arguments: [Codec.pcmu, .pcma]) func everyByteSurvivesDecodingAndEncoding(codec: Codec) {
        let all = (0...255).map { UInt8($0) }
        let again = codec.encode(codec.decode(all))
        let changed = all.indices.filter { all[$0] != again[$0] }
        // µ-law has two bytes for zero (0x7F and 0xFF).
        #expect(changed == (codec == .pcmu ? [0x7F] : []))
        #expect(codec.decode([codec.silence]).allSatisfy { abs($0) <= 8 })
    }

    @Test func transcodingKeepsTheSoundAndSilenceStaysSilence() {
        #expect(Codec.transcode([0xFF], from: .pcmu, to: .pcma) == [0xD5])
        let quiet = Codec.pcmu.decode(Codec.transcode([0xD5], from: .pcma, to: .pcmu))
        #expect(quiet.allSatisfy { abs($0) <= 8 })
        let bytes = speech(1_000)
        #expect(Codec.transcode(bytes, from: .pcma, to: .pcma) == bytes)
        let there = Codec.pcma.decode(Codec.transcode(bytes, from: .pcmu, to: .pcma))
        for (one, other) in zip(Codec.pcmu.decode(bytes), there) {
            #expect(abs(Int(one) - Int(other)) <= 16 + abs(Int(one)) / 16)
        }
    }
}
