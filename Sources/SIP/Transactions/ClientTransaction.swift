// The client side of a request other than INVITE and ACK (RFC 3261 §17.1.2).

struct ClientTransaction: Hashable, Sendable {
    enum State: Hashable, Sendable { case trying, proceeding, completed, terminated }

    enum Event {
        case response(status: Int)
        case transportFailed
        case time
    }

    enum Action: Hashable {
        case send([UInt8])
        /// The response is the user's.
        case pass
        /// There will be no final response.
        case failed
        case terminate
    }

    private(set) var state = State.trying
    private let reliable: Bool
    private var request: [UInt8]
    private var retransmission: Retransmission?
    private var end: Duration?

    init(request: [UInt8], reliable: Bool, now: Duration) {
        self.request = request
        self.reliable = reliable
        retransmission = reliable ? nil : Retransmission(from: now)  // timer E
        end = now + TransactionTiming.whole  // timer F
    }

    /// What is to be done first.
    var start: [Action] { [.send(request)] }

    /// When `.time` is to be handled next.
    var deadline: Duration? { earlier(retransmission?.due, end) }

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch (state, event) {
        case (.trying, .response(..<200)), (.proceeding, .response(..<200)):
            state = .proceeding
            retransmission?.slowDown()
            return [.pass]
        case (.trying, .response), (.proceeding, .response):
            retransmission = nil
            request = []
            guard !reliable else { return [.pass] + terminate() }  // timer K is zero
            state = .completed
            end = now + TransactionTiming.t4  // timer K
            return [.pass]
        case (.trying, .transportFailed), (.proceeding, .transportFailed):
            return [.failed] + terminate()
        case (_, .time):
            return timePassed(now)
        case (.completed, _), (.terminated, _):
            return []
        }
    }

    private mutating func timePassed(_ now: Duration) -> [Action] {
        if let end, now >= end {
            return (state == .completed ? [] : [.failed]) + terminate()
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
