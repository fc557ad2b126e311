// The way from any thread to the endpoint's state, which only its event loop may touch.

internal import NIOCore

struct CoreReference: Sendable {
    let loop: any EventLoop
    private let core: NIOLoopBoundBox<EndpointCore>

    init(_ core: sending EndpointCore, on loop: any EventLoop) {
        self.loop = loop
        self.core = .makeBoxSendingValue(core, eventLoop: loop)
    }

    /// In the order of the calls; never at once, even on the loop.
    func run(_ body: @escaping @Sendable (EndpointCore) -> Void) {
        loop.execute { [core] in body(core.value) }
    }

    func call<Result: Sendable>(_ body: @escaping @Sendable (EndpointCore) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            loop.execute { [core] in continuation.resume(returning: body(core.value)) }
        }
    }

    /// At once; only on the loop.
    func enter<Result>(_ body: (EndpointCore) throws -> Result) rethrows -> Result { try body(core.value) }
}
