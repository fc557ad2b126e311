// Where branches, tags and nonces have their random numbers from: the system, and nobody can guess them; or a seed, so
// that a simulation can be run again.

public struct RandomSource: RandomNumberGenerator, Sendable {
    public static let system = RandomSource {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    private let draw: @Sendable () -> UInt64

    public init(_ draw: @escaping @Sendable () -> UInt64) { self.draw = draw }

    public func next() -> UInt64 { draw() }

    /// 64 random bits as text.
    public func token() -> String { String(next(), radix: 36) }
}
