// The descriptors that the program may have, and how many of them connections get.

import Glibc
import Testing

@testable import lamplighter

@Suite("Descriptors")
struct DescriptorLimitTests {
    @Test("G1: the program takes all descriptors that it may have, not the 1,024 that it is given")
    func raised() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max - 1
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(DescriptorLimit.raise() == Int(clamping: limit.rlim_max))
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(limit.rlim_cur == limit.rlim_max)
    }

    @Test(
        "G1: where there are too few, a flood of connections leaves three quarters to calls",
        arguments: [
            (20_000, 10_000), (15_200, 10_000), (15_199, 3_799), (1_024, 256), (40, 16),
        ])
    func shared(available: Int, connections: Int) {
        #expect(
            DescriptorLimit.connections(wanted: 10_000, opened: 1_000, calls: 2_000, available: available)
                == connections)
    }
}
