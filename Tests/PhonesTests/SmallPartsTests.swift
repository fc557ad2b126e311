// Address ranges and deadlines.

import Testing

@testable import Phones

@Suite("G4 address ranges")
struct AddressRangeTests {
    @Test(
        "An address is in its network and in no other",
        arguments: [
            ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.17", "192.0.2.17", true), ("192.0.2.17", "192.0.2.18", false),
            ("10.32.0.0/11", "10.63.255.255", true), ("10.32.0.0/11", "10.64.0.0", false),
            ("10.33.7.9/11", "10.60.0.1", true), ("0.0.0.0/0", "203.0.113.5", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("fe80::1", "fe80::1%eth0", true), ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("192.0.2.0/24", "pbx.example.org", false), ("192.0.2.0/24", "", false),
        ])
    func membership(range: String, host: String, isInside: Bool) throws {
        #expect(try AddressRange(parsing: range).contains(host) == isInside)
    }

    @Test(
        "What is not a range is refused",
        arguments: [
            "", "192.0.2", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/+8", "::/129", "pbx", "1/2/3",
        ])
    func malformed(text: String) {
        #expect(throws: PhonesError.invalidAddressRange(text)) { try AddressRange(parsing: text) }
    }
}

@Suite("Deadlines")
struct DeadlinesTests {
    @Test("Keys come up in the order of their times, moved ones where they are now, cancelled ones not at all")
    func order() {
        var deadlines = Deadlines<Int>()
        var generator = SystemRandomNumberGenerator()
        var expected: [Int: Double] = [:]
        for _ in 0..<5_000 {
            let key = Int.random(in: 0..<300, using: &generator)
            if Bool.random(using: &generator) || Bool.random(using: &generator) {
                let time = Double.random(in: 0..<1000, using: &generator)
                deadlines.set(key, at: time)
                expected[key] = time
            } else {
                deadlines.cancel(key)
                expected[key] = nil
            }
            #expect(deadlines.next == expected.values.min())
        }
        let half = expected.filter { $0.value <= 500 }.sorted { $0.value < $1.value }.map(\.key)
        var popped: [Int] = []
        while let key = deadlines.popDue(now: 500) { popped.append(key) }
        #expect(popped == half)
        #expect(deadlines.next ?? .infinity > 500)
    }
}
