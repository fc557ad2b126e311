// Which threads go first on a machine that has too much to do.

internal import Glibc

/// As nice values (setpriority(2)); what has none here has 0.
public enum ThreadPriority: Int32, Sendable {
    /// The media clocks: voice cannot wait. Not by SCHED_RR: on a machine that is too small for its calls their media
    /// would leave nothing for the signalling that ends them.
    case voice = -11
    /// The SIP loop, which knows what to send away: what waits in its sockets instead is sent again by everybody, and is
    /// more to do.
    case signalling = -5

    /// Gives it to the calling thread where the system allows that (root, or RLIMIT_NICE); without, the thread stays as it
    /// is. Threads that the runtime starts from this one, to hand an event to a Task, do not have it (sched(7)).
    public func takeEffect() {
        var none = sched_param()
        _ = sched_setscheduler(0, SCHED_OTHER | Self.resetOnFork, &none)
        _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, rawValue)
    }

    /// SCHED_RESET_ON_FORK, which Swift does not find in sched.h.
    private static let resetOnFork: Int32 = 0x4000_0000
}
