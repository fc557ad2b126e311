// The two clocks of the machine that this room reads: the wall clock for what people are told, the monotonic
// one, which the recorder cuts its chunks by, for the commits.

import Glibc

enum SystemTime {
    @Sendable static func secondsSince1970() -> Double {
        seconds(of: CLOCK_REALTIME)
    }

    static func monotonicSeconds() -> Double {
        seconds(of: CLOCK_MONOTONIC)
    }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Seconds from `now` to the next moment that lies `phase` after a whole second; never zero.
    static func delay(from now: Double, toPhase phase: Double) -> Double {
        let elapsed = now - phase
        return elapsed.rounded(.down) + 1 - elapsed
    }
}
