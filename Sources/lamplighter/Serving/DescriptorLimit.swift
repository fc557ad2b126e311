// A call takes two sockets for its media and a TCP connection one, but a program gets 1,024 descriptors unless it asks
// for more. So it asks; and where it may not have enough, connections that anybody can open leave room for calls.

import Glibc

enum DescriptorLimit {
    /// Lets this process have as many descriptors as it may.
    /// - Returns: how many that is.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_max : before)
    }

    /// The connections to allow: what is wanted where that leaves enough for all calls, else a quarter of everything.
    /// - Parameter opened: how many connections we may open ourselves besides.
    static func connections(wanted: Int, opened: Int, calls: Int, available: Int) -> Int {
        let ownFiles = 200
        return available >= wanted + opened + 2 * calls + ownFiles ? wanted : min(wanted, max(16, available / 4))
    }
}
