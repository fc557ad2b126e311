// The program: simulates what a seed says, prints what was wrong, and the seed to see it again.
//   LAMPLIGHTER_SEED     the seed; else a new one
//   LAMPLIGHTER_CALLS, LAMPLIGHTER_CHANGES, LAMPLIGHTER_PHONES, LAMPLIGHTER_SECONDS     how much happens
//   LAMPLIGHTER_TRACE    prints every message
// Sets are in another order in each process unless SWIFT_DETERMINISTIC_HASHING is set; then it starts itself again.

import Glibc

@main
enum Simulation {
    static func main() throws {
        if setting("SWIFT_DETERMINISTIC_HASHING") == nil {
            setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
            execv("/proc/self/exe", CommandLine.unsafeArgv)
            fatalError("cannot start itself again")
        }
        let seed = setting("LAMPLIGHTER_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        print("LAMPLIGHTER_SEED=\(seed)")
        var size = World.Size()
        size.calls = number("CALLS") ?? size.calls
        size.changes = number("CHANGES") ?? size.changes
        size.phones = number("PHONES") ?? size.phones
        size.span = number("SECONDS").map { .seconds($0) } ?? size.span
        let world = try World(seed: seed, size, isTraced: setting("LAMPLIGHTER_TRACE") != nil)
        world.run()
        let cpu = Double(clock()) / Double(CLOCKS_PER_SEC)
        print(
            "\(size.calls) calls, \(world.established) answered, \(world.referrals) passed on by REFER; \(size.changes) lamp changes, \(size.phones) phones; "
                + "\(world.network.sent) messages in \(world.time.now / .seconds(1)) s; "
                + "\((cpu * 10).rounded() / 10) s of processor time")
        print("transcript \(world.network.digest)")
        for complaint in world.complaints.prefix(50) { print("WRONG \(complaint)") }
        if !world.complaints.isEmpty {
            print("\(world.complaints.count) things are wrong; to see it again: LAMPLIGHTER_SEED=\(seed)")
            exit(1)
        }
    }

    private static func setting(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    private static func number(_ name: String) -> Int? { setting("LAMPLIGHTER_\(name)").flatMap { Int($0) } }
}
