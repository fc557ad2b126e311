// Time that passes only from one thing to the next: whatever waits in the simulation waits here, and Tasks run here, too,
// one after the other in the order in which they became ready. So nothing depends on threads or on a real clock.

import Glibc

@testable import SIP

// Everything in this program happens on its one thread.
final class VirtualTime: @unchecked Sendable {
    typealias Token = TimerQueue<() -> Void>.Token

    private enum Work {
        case job(UnownedJob)
        case closure(() -> Void)
    }

    private(set) var now = Duration.zero
    private var timers = TimerQueue<() -> Void>()
    private var ready: [Work] = []

    // MARK: Waiting

    func after(_ delay: Duration, _ action: @escaping () -> Void) {
        var token: Token?
        set(&token, to: now + delay, action)
    }

    /// Moves a deadline; nil takes it back. Whoever is called has to forget his token.
    func set(_ token: inout Token?, to deadline: Duration?, _ action: @escaping () -> Void) {
        timers.set(&token, to: deadline.map { max($0, now).wholeNanoseconds }, owner: action)
    }

    func soon(_ action: @escaping () -> Void) { ready.append(.closure(action)) }

    /// Until so many seconds have passed or the Task is cancelled.
    func sleep(_ seconds: Double) async {
        let nap = Nap()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume() }
                nap.continuation = continuation
                set(&nap.token, to: now + .seconds(seconds)) {
                    nap.token = nil
                    nap.end()
                }
            }
        } onCancel: {
            set(&nap.token, to: nil) {}
            nap.end()
        }
    }

    private final class Nap: @unchecked Sendable {
        var continuation: CheckedContinuation<Void, Never>?
        var token: Token?

        func end() {
            continuation?.resume()
            continuation = nil
        }
    }

    // MARK: Passing

    /// Does what is to be done until `end`.
    func pass(until end: Duration) {
        settle()
        while let next = timers.next, next <= end {
            now = max(now, next)
            timers.popDue(now)?()
            settle()
        }
        now = end
    }

    func pass(_ step: Duration) { pass(until: now + step) }

    private func settle() {
        while !ready.isEmpty {
            let works = ready
            ready = []
            for work in works {
                switch work {
                case .closure(let closure): closure()
                case .job(let job): job.runSynchronously(on: Self.nobody)
                }
            }
        }
    }

    // MARK: Tasks

    /// The executor of what is on no actor.
    private static let nobody = unsafeBitCast((0, 0), to: UnownedSerialExecutor.self)

    /// From now on Tasks of this process run here: the runtime asks this hook where a job is to go.
    func takeTasks() {
        typealias Original = @convention(thin) (UnownedJob) -> Void
        typealias Hook = @convention(thin) (UnownedJob, Original) -> Void
        guard let hook = dlsym(dlopen(nil, RTLD_LAZY), "swift_task_enqueueGlobal_hook") else {
            fatalError("this Swift runtime has no hook for Tasks")
        }
        Self.taker = self
        hook.assumingMemoryBound(to: Hook?.self).pointee = { job, _ in VirtualTime.taker?.ready.append(.job(job)) }
    }

    // Set once, before the first Task.
    nonisolated(unsafe) private static var taker: VirtualTime?
}

extension Duration {
    /// Whole ones; a division would round.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }

    /// Rounded up: event loops know nothing shorter, and would ring for ever just before the time.
    fileprivate var wholeNanoseconds: Duration {
        let (seconds, attoseconds) = components
        return .seconds(seconds) + .nanoseconds((attoseconds + 999_999_999) / 1_000_000_000)
    }
}
