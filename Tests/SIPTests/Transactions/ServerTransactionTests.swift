// The server transactions as transcripts: what goes in at which time, and what comes out.

import Testing

@testable import SIP

private let trying: [UInt8] = [100]
private let ringing: [UInt8] = [180]
private let success: [UInt8] = [200]
private let busy: [UInt8] = [48, 6]

struct ServerInviteTransactionTests {
    @Test("G1: an INVITE that comes again gets the last provisional response again")
    func repeatsProvisional() {
        var transaction = ServerInviteTransaction(reliable: false)
        #expect(transaction.handle(.request, now: .zero) == [])
        #expect(transaction.handle(.respond(status: 100, trying), now: .zero) == [.send(trying)])
        #expect(transaction.handle(.request, now: .seconds(1)) == [.send(trying)])
        #expect(transaction.handle(.respond(status: 180, ringing), now: .seconds(2)) == [.send(ringing)])
        #expect(transaction.handle(.request, now: .seconds(3)) == [.send(ringing)])
        #expect(transaction.deadline == nil)
    }

    @Test("G1: a refusal is repeated at T1, doubling to T2, until 64*T1 have passed (timers G and H)")
    func repeatsRefusal() {
        var transaction = ServerInviteTransaction(reliable: false)
        #expect(transaction.handle(.respond(status: 486, busy), now: .zero) == [.send(busy)])
        var sent: [Duration] = []
        while let deadline = transaction.deadline {
            let actions = transaction.handle(.time, now: deadline)
            if actions == [.terminate] {
                #expect(deadline == .seconds(32))
                break
            }
            #expect(actions == [.send(busy)])
            sent.append(deadline)
        }
        let expected = [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
        #expect(sent == expected.map { .seconds($0) })
        #expect(transaction.state == .terminated)
    }

    @Test("G1: the ACK of a refusal ends its repetition; more ACKs are absorbed for T4 (timer I)")
    func absorbsACK() {
        var transaction = ServerInviteTransaction(reliable: false)
        _ = transaction.handle(.respond(status: 486, busy), now: .zero)
        #expect(transaction.handle(.request, now: .milliseconds(100)) == [.send(busy)])
        #expect(transaction.handle(.ack, now: .milliseconds(200)) == [])
        #expect(transaction.state == .confirmed)
        #expect(transaction.handle(.ack, now: .seconds(1)) == [])
        #expect(transaction.handle(.request, now: .seconds(2)) == [])
        #expect(transaction.deadline == .milliseconds(5_200))
        #expect(transaction.handle(.time, now: .milliseconds(5_200)) == [.terminate])
    }

    @Test("G1: over TCP a refusal is sent once and its ACK ends the transaction")
    func reliableRefusal() {
        var transaction = ServerInviteTransaction(reliable: true)
        _ = transaction.handle(.respond(status: 486, busy), now: .zero)
        #expect(transaction.deadline == .seconds(32))
        #expect(transaction.handle(.ack, now: .seconds(1)) == [.terminate])
    }

    @Test("G1: after a 2xx the INVITE is absorbed, the dialog's repetitions and the ACK pass (RFC 6026)")
    func acceptedState() {
        var transaction = ServerInviteTransaction(reliable: false)
        #expect(transaction.handle(.respond(status: 200, success), now: .zero) == [.send(success)])
        #expect(transaction.state == .accepted)
        #expect(transaction.handle(.request, now: .seconds(1)) == [])
        #expect(transaction.handle(.respond(status: 200, success), now: .seconds(1)) == [.send(success)])
        #expect(transaction.handle(.respond(status: 486, busy), now: .seconds(1)) == [])
        #expect(transaction.handle(.ack, now: .seconds(2)) == [.passACK])
        #expect(transaction.handle(.time, now: .seconds(31)) == [])
        #expect(transaction.handle(.time, now: .seconds(32)) == [.terminate])
    }

    @Test("G1: a second final response is ignored")
    func secondFinal() {
        var transaction = ServerInviteTransaction(reliable: false)
        _ = transaction.handle(.respond(status: 486, busy), now: .zero)
        #expect(transaction.handle(.respond(status: 200, success), now: .zero) == [])
        #expect(transaction.handle(.ack, now: .zero) == [])
        #expect(transaction.handle(.respond(status: 200, success), now: .zero) == [])
    }

    @Test("G1: a wake-up that comes late sends once, not once for every interval missed")
    func lateWakeUp() {
        var transaction = ServerInviteTransaction(reliable: false)
        _ = transaction.handle(.respond(status: 486, busy), now: .zero)
        #expect(transaction.handle(.time, now: .seconds(9)) == [.send(busy)])
        #expect(transaction.handle(.time, now: .seconds(9)) == [])
    }
}

struct ServerTransactionTests {
    @Test("G1: a request that comes again before its answer is dropped, after it gets the same answer, for 64*T1")
    func repeatsAnswer() {
        var transaction = ServerTransaction(reliable: false, now: .zero)
        #expect(transaction.handle(.request, now: .milliseconds(500)) == [])
        #expect(transaction.handle(.respond(status: 200, success), now: .seconds(1)) == [.send(success)])
        #expect(transaction.handle(.request, now: .seconds(2)) == [.send(success)])
        #expect(transaction.handle(.respond(status: 486, busy), now: .seconds(2)) == [])
        #expect(transaction.handle(.request, now: .seconds(3)) == [.send(success)])
        #expect(transaction.deadline == .seconds(33))
        #expect(transaction.handle(.time, now: .seconds(33)) == [.terminate])
        #expect(transaction.handle(.request, now: .seconds(34)) == [])
    }

    @Test("G1: over TCP the answer ends the transaction (timer J is zero)")
    func reliable() {
        var transaction = ServerTransaction(reliable: true, now: .zero)
        #expect(transaction.handle(.respond(status: 200, success), now: .zero) == [.send(success), .terminate])
        #expect(transaction.deadline == nil)
    }

    @Test("G1: a request that nobody answers asks for its 500 after 30 s, once")
    func unanswered() {
        var transaction = ServerTransaction(reliable: false, now: .seconds(5))
        #expect(transaction.handle(.time, now: .seconds(34)) == [])
        #expect(transaction.handle(.time, now: .seconds(35)) == [.unanswered])
        #expect(transaction.handle(.time, now: .seconds(36)) == [])
        #expect(transaction.handle(.respond(status: 500, busy), now: .seconds(36)) == [.send(busy)])
    }
}
