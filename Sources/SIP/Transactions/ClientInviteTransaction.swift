// The client side of an INVITE (RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2).

struct ClientInviteTransaction: Hashable, Sendable {
    enum State: Hashable, Sendable { case calling, proceeding, completed, accepted, terminated }

    enum Event {
        /// - Parameter ack: the ACK of this response if it is 300 or more (§17.1.1.3); it stays in this transaction.
        case response(status: Int, ack: [UInt8])
        case transportFailed
        case time
    }

    typealias Action = ClientTransaction.Action

    private(set) var state = State.calling
    private let reliable: Bool
    private var request: [UInt8]
    private var ack: [UInt8] = []
    private var retransmission: Retransmission?
    private var end: Duration?

    init(request: [UInt8], reliable: Bool, now: Duration) {
        self.request = request
        self.reliable = reliable
        retransmission = reliable ? nil : Retransmission(from: now, longest: nil)  // timer A
        end = now + TransactionTiming.whole  // timer B
    }

    /// What is to be done first.
    var start: [Action] { [.send(request)] }

    /// When `.time` is to be handled next.
    var deadline: Duration? { earlier(retransmission?.due, end) }

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch (state, event) {
        case (.calling, .response(..<200, _)), (.proceeding, .response(..<200, _)):
            state = .proceeding
            retransmission = nil
            end = nil
            return [.pass]
        case (.calling, .response(200...299, _)), (.proceeding, .response(200...299, _)):
            settle(in: .accepted, until: now + TransactionTiming.whole)  // timer M
            return [.pass]
        case (.calling, .response(_, let ack)), (.proceeding, .response(_, let ack)):
            guard !reliable else { return [.send(ack), .pass] + terminate() }
            settle(in: .completed, until: now + TransactionTiming.timerD)
            self.ack = ack
            return [.send(ack), .pass]
        case (.accepted, .response(200...299, _)):
            return [.pass]
        case (.completed, .response(300..., _)):
            return [.send(ack)]
        case (.calling, .transportFailed), (.proceeding, .transportFailed), (.completed, .transportFailed):
            return [.failed] + terminate()
        case (_, .time):
            return timePassed(now)
        case (.completed, _), (.accepted, _), (.terminated, _):
            return []
        }
    }

    private mutating func settle(in state: State, until end: Duration) {
        self.state = state
        self.end = end
        request = []
        retransmission = nil
    }

    private mutating func timePassed(_ now: Duration) -> [Action] {
        if let end, now >= end {
            return (state == .calling ? [.failed] : []) + terminate()
        }
        return retransmission?.isDue(now) == true ? [.send(request)] : []
    }

    private mutating func terminate() -> [Action] {
        state = .terminated
        retransmission = nil
        end = nil
        return [.terminate]
    }
}
