// The event loop that the endpoint runs on: SwiftNIO's protocol over virtual time.

import Dispatch
import NIOCore

final class SimulatedEventLoop: EventLoop {
    private let time: VirtualTime

    init(_ time: VirtualTime) { self.time = time }

    var inEventLoop: Bool { true }
    var now: NIODeadline { .uptimeNanoseconds(UInt64(time.now.nanoseconds)) }

    func execute(_ task: @escaping @Sendable () -> Void) { time.soon(task) }

    func submit<Result>(_ task: @escaping @Sendable () throws -> Result) -> EventLoopFuture<Result> {
        let promise = makePromise(of: Result.self)
        time.soon { promise.assumeIsolated().completeWith(Swift.Result { try task() }) }
        return promise.futureResult
    }

    func scheduleTask<Result>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> Result
    ) -> Scheduled<Result> {
        let promise = makePromise(of: Result.self)
        let waiting = Waiting()
        let time = time
        time.set(&waiting.token, to: .nanoseconds(deadline.uptimeNanoseconds)) {
            waiting.token = nil
            promise.assumeIsolated().completeWith(Swift.Result { try task() })
        }
        return Scheduled(promise: promise) { time.set(&waiting.token, to: nil) {} }
    }

    func scheduleTask<Result>(
        in delay: TimeAmount, _ task: @escaping @Sendable () throws -> Result
    ) -> Scheduled<Result> { scheduleTask(deadline: now + delay, task) }

    // As above: one thread.
    private final class Waiting: @unchecked Sendable { var token: VirtualTime.Token? }

    // MARK: As a group of one

    func next() -> any EventLoop { self }
    func any() -> any EventLoop { self }
    func makeIterator() -> EventLoopIterator { EventLoopIterator([self]) }
    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(nil) }
    }
}
