// Where slow computing (hashing a PIN) is done: a few threads of its own, each with a short queue, so that it
// blocks neither the cooperative pool nor grows without bound when somebody floods it.

import Dispatch
import Synchronization

final class SlowLanes: Sendable {
    private let lanes: [DispatchQueue]
    private let depths: Mutex<[Int]>
    /// Waiting and running, per lane. At 50 ms each the last one waits under a second.
    private let maximumDepth: Int

    init(count: Int = 2, maximumDepth: Int = 16) {
        lanes = (0..<count).map { DispatchQueue(label: "lamplighter.slow.\($0)") }
        depths = Mutex(Array(repeating: 0, count: count))
        self.maximumDepth = maximumDepth
    }

    /// Waiting and running in all lanes.
    var depth: Int { depths.withLock { $0.reduce(0, +) } }

    /// - Throws: `.overloaded` at once when every lane is full.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let lane = depths.withLock { depths -> Int? in
            guard let lane = depths.indices.min(by: { depths[$0] < depths[$1] }), depths[lane] < maximumDepth else {
                return nil
            }
            depths[lane] += 1
            return lane
        }
        guard let lane else { throw .overloaded }
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            lanes[lane].async {
                let result = Result { () throws(StoreError) in try work() }
                self.depths.withLock { $0[lane] -= 1 }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
