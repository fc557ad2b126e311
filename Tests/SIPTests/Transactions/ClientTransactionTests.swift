// The client transactions as transcripts with a clock moved by hand.

import Testing

@testable import SIP

private let request: [UInt8] = [1]
private let ack: [UInt8] = [2]

/// Lets a machine run on its own deadlines until it has none.
private func run<Action>(
    _ deadline: () -> Duration?, _ handle: (Duration) -> [Action]
) -> [(time: Duration, actions: [Action])] {
    var transcript: [(Duration, [Action])] = []
    while let due = deadline(), transcript.count < 100 { transcript.append((due, handle(due))) }
    return transcript
}

struct ClientTransactionTests {
    @Test("F2: a NOTIFY without answer is repeated at T1 doubling to T2 and given up after 64*T1 (timers E and F)")
    func timesOut() {
        var transaction = ClientTransaction(request: request, reliable: false, now: .zero)
        #expect(transaction.start == [.send(request)])
        let transcript = run({ transaction.deadline }, { transaction.handle(.time, now: $0) })
        let expected = [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5, 32]
        #expect(transcript.map(\.time) == expected.map { .seconds($0) })
        #expect(transcript.dropLast().allSatisfy { $0.actions == [.send(request)] })
        #expect(transcript.last?.actions == [.failed, .terminate])
    }

    @Test(
        "G1: a provisional response slows the repetition to T2, a final one ends it and is absorbed for T4"
    )
    func answered() {
        var transaction = ClientTransaction(request: request, reliable: false, now: .zero)
        #expect(transaction.handle(.response(status: 100), now: .milliseconds(100)) == [.pass])
        #expect(transaction.handle(.time, now: .milliseconds(500)) == [.send(request)])
        #expect(transaction.deadline == .milliseconds(4_500))
        #expect(transaction.handle(.response(status: 200), now: .seconds(1)) == [.pass])
        #expect(transaction.handle(.response(status: 200), now: .seconds(2)) == [])
        #expect(transaction.deadline == .seconds(6))
        #expect(transaction.handle(.time, now: .seconds(6)) == [.terminate])
    }

    @Test("G1: over TCP nothing is repeated and the final response ends the transaction")
    func reliable() {
        var transaction = ClientTransaction(request: request, reliable: true, now: .zero)
        #expect(transaction.deadline == .seconds(32))
        #expect(transaction.handle(.response(status: 481), now: .seconds(1)) == [.pass, .terminate])
    }

    @Test("G1: a transport error fails the request at once")
    func transportFails() {
        var transaction = ClientTransaction(request: request, reliable: true, now: .zero)
        #expect(transaction.handle(.transportFailed, now: .seconds(1)) == [.failed, .terminate])
        #expect(transaction.handle(.response(status: 200), now: .seconds(1)) == [])
    }
}

struct ClientInviteTransactionTests {
    @Test(
        "G1: an INVITE without answer is repeated at T1 doubling without limit, given up after 64*T1 (timers A and B)")
    func timesOut() {
        var transaction = ClientInviteTransaction(request: request, reliable: false, now: .zero)
        #expect(transaction.start == [.send(request)])
        let transcript = run({ transaction.deadline }, { transaction.handle(.time, now: $0) })
        #expect(transcript.map(\.time) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 32].map { .seconds($0) })
        #expect(transcript.last?.actions == [.failed, .terminate])
    }

    @Test("G1: a provisional response ends the repetition and the time limit")
    func proceeding() {
        var transaction = ClientInviteTransaction(request: request, reliable: false, now: .zero)
        #expect(transaction.handle(.response(status: 180, ack: ack), now: .zero) == [.pass])
        #expect(transaction.deadline == nil)
    }

    @Test("G1: a refusal is acknowledged by the transaction, each time it comes (timer D)")
    func acknowledgesRefusal() {
        var transaction = ClientInviteTransaction(request: request, reliable: false, now: .zero)
        #expect(transaction.handle(.response(status: 486, ack: ack), now: .zero) == [.send(ack), .pass])
        #expect(transaction.handle(.response(status: 486, ack: ack), now: .seconds(1)) == [.send(ack)])
        #expect(transaction.handle(.time, now: .seconds(32)) == [.terminate])
    }

    @Test("G1: every 2xx is the user's, who acknowledges it, for 64*T1 (RFC 6026 timer M)")
    func acceptedState() {
        var transaction = ClientInviteTransaction(request: request, reliable: false, now: .zero)
        #expect(transaction.handle(.response(status: 200, ack: ack), now: .zero) == [.pass])
        #expect(transaction.handle(.response(status: 200, ack: ack), now: .seconds(4)) == [.pass])
        #expect(transaction.handle(.response(status: 486, ack: ack), now: .seconds(4)) == [])
        #expect(transaction.handle(.time, now: .seconds(32)) == [.terminate])
    }
}
