// G2: a key is pressed once, whatever the network does to its packets.

import Testing

@testable import Media

@Suite("G2: keys by RFC 4733")
struct TelephoneEventTests {
    /// Feeds (key, timestamp, duration, end) and returns what was pressed.
    private func pressed(_ packets: [(Character, UInt32, UInt16, Bool)], source: UInt32 = 1) -> String {
        var events = TelephoneEvents()
        var keys = ""
        for (key, timestamp, duration, end) in packets {
            let payload = eventBytes(key, duration: duration, end: end)
            keys += events.keys(payload, timestamp: timestamp, source: source)
        }
        return keys
    }

    @Test func aPressWithThreeEndsCountsOnce() {
        #expect(
            pressed(
                [("5", 100, 160, false), ("5", 100, 320, false)] + Array(repeating: ("5", 100, 480, true), count: 3))
                == "5")
    }

    @Test func allEndsLostStillCountsOnceAndAtOnce() {
        #expect(pressed([("#", 100, 160, false), ("#", 100, 320, false)]) == "#")
    }

    @Test func theBeginningLostStillCountsOnce() {
        #expect(pressed([("7", 100, 480, true), ("7", 100, 480, true)]) == "7")
    }

    @Test func endsOfAnEarlierKeyThatComeLateAreNothingNew() {
        #expect(
            pressed([("1", 100, 160, false), ("2", 900, 160, false), ("1", 100, 480, true), ("2", 900, 480, true)])
                == "12")
    }

    @Test func theSameKeyTwiceWithoutAGapIsTwoPresses() {
        #expect(
            pressed([
                ("4", 100, 400, false), ("4", 100, 800, true), ("4", 900, 400, false), ("4", 900, 800, true),
                ("4", 1_700, 400, false),
            ]) == "444")
    }

    @Test func theSameKeyTwiceIsTwoPressesThoughAllEndsAreLost() {
        #expect(pressed([("4", 100, 400, false), ("4", 100, 800, false), ("4", 900, 400, false)]) == "44")
    }

    @Test func aKeyHeldForTwentySecondsCountsOnce() {
        var packets: [(Character, UInt32, UInt16, Bool)] = []
        for segment in 0..<3 {
            let start = 100 + UInt32(segment) * 0xFFFF
            packets += stride(from: 160, through: 0xFFFF, by: 1_600).map { ("9", start, UInt16($0), false) }
        }
        packets.append(("9", 100 + 2 * 0xFFFF, 20_000, true))
        #expect(pressed(packets) == "9")
    }

    @Test func timestampsWrapAroundWithinAKey() {
        #expect(pressed([("1", .max - 10, 160, false), ("1", .max - 10, 480, true), ("2", 700, 160, false)]) == "12")
    }

    @Test func aSenderThatStartsOverIsHeard() {
        #expect(pressed([("1", 4_000_000, 160, true), ("2", 160, 160, true)]) == "12")
        var events = TelephoneEvents()
        let first = events.keys(eventBytes("1", duration: 160), timestamp: 500, source: 1)
        let second = events.keys(eventBytes("1", duration: 160), timestamp: 500, source: 2)
        #expect(first + second == "11")
    }

    /// Keys from recordings, as SIPp plays them: one SSRC, and each key with the timestamp of its own recording.
    @Test(arguments: ["100", "32", "#*", "4815", "987654321", "1122"])
    func keysPlayedFromRecordingsAreAllCounted(typed: String) {
        var events = TelephoneEvents()
        var heard = ""
        var time: Int64 = 0
        for key in typed {
            let timestamp = UInt32(key.wholeNumberValue ?? (key == "#" ? 13 : 12)) * 7_000
            for duration in stride(from: UInt16(0), through: 2_240, by: 320) {
                heard += events.keys(eventBytes(key, duration: duration), timestamp: timestamp, at: time)
                time += 20
            }
            for _ in 0..<3 {
                heard += events.keys(eventBytes(key, duration: 2_240, end: true), timestamp: timestamp, at: time)
            }
            time += 120
        }
        #expect(heard == typed)
    }

    @Test func aPressThatArrivesAfterTheNextOneIsNotLost() {
        #expect(pressed([("2", 2_000, 160, false), ("1", 100, 480, true), ("2", 2_000, 480, true)]) == "21")
    }

    @Test func severalEventsInOnePacketAreAllCounted() {
        var events = TelephoneEvents()
        let both = events.keys(eventBytes("1", duration: 800, end: true) + eventBytes("2", duration: 160), timestamp: 0)
        let again = events.keys(eventBytes("2", duration: 320), timestamp: 800)
        #expect(both == "12")
        #expect(again.isEmpty)
    }

    @Test(arguments: [[16, 10, 0, 160], [255, 10, 0, 160], [1, 10, 0], []] as [[UInt8]])
    func whatIsNoKeyAndWhatIsCutShortIsNothing(payload: [UInt8]) {
        var events = TelephoneEvents()
        let keys = events.keys(payload, timestamp: 0)
        #expect(keys.isEmpty)
    }
}

@Suite("G2: one press by two ways")
struct KeyPressTests {
    /// Which of (key, way, milliseconds) count as new presses.
    private func counted(_ presses: [(Character, KeyOrigin, Int64)]) -> [Bool] {
        var machine = KeyPresses()
        return presses.map { machine.counts($0.0, by: $0.1, at: milliseconds($0.2)) }
    }

    @Test func infoAfterTheEventIsTheSamePress() {
        #expect(counted([("1", .event, 0), ("1", .signalling, 150)]) == [true, false])
        #expect(counted([("1", .signalling, 0), ("1", .tone, 150)]) == [true, false])
    }

    @Test func twoFastPressesByBothWaysAreTwo() {
        let presses: [(Character, KeyOrigin, Int64)] = [
            ("1", .event, 0), ("1", .signalling, 150), ("1", .event, 250), ("1", .signalling, 400),
        ]
        #expect(counted(presses) == [true, false, true, false])
    }

    @Test func twoFastPressesByOneWayAreTwo() {
        #expect(counted([("8", .signalling, 0), ("8", .signalling, 80)]) == [true, true])
    }

    @Test func laterAndOtherKeysAreOtherPresses() {
        #expect(counted([("1", .event, 0), ("2", .signalling, 10), ("1", .signalling, 1_000)]) == [true, true, true])
    }

    @Test func onlyKeysOfATelephoneAreKeys() {
        #expect(KeyPresses.normalised("a") == "A")
        #expect(KeyPresses.normalised("#") == "#")
        #expect(KeyPresses.normalised("x") == nil)
        #expect(KeyPresses.normalised("ß") == nil)
    }
}
